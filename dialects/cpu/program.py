"""Level 4: a program is kernels and a `main` that launches them on parts of one arena.

    cpu.kernel @gemm_0(%task: index, %x: memref<?x84xf32>, %w: memref<1x84x16xf32>, %y: memref<?x10xf32>) {
      ... scf.for, arith on index, memref.dim, cpu.uk.* ...
    }
    func.func @main(%arena: memref<?xi8>, %weights: memref<?xi8>, %x: memref<?xi8>, %y: memref<?xi8>, %batch: index) {
      %0 = cpu.view %arena at %c4096 sizes (%batch) : memref<?xi8> to memref<?x84xf32>
      cpu.launch @gemm_0 tasks %tasks (%0, %1, %2) : memref<?x84xf32>, memref<1x84x16xf32>, memref<?x10xf32>
      func.return
    }

`main` (and `arena_size`, which returns an index) takes, in this order, the arena, the weights, the inputs, the outputs,
all as bytes (`memref<?xi8>`), and then one index for each symbolic dimension. Each input and output argument carries
`inference.name`, `inference.dtype` (an MLIR type) and `inference.dims`; each index argument carries `inference.symbol`.
`arena_size` takes the index arguments alone.

A kernel runs once for each task index below the number of tasks, in any order and on any thread.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    FlatSymbolRefAttrConstr,
    FunctionType,
    IndexType,
    MemRefType,
    StringAttr,
    SymbolRefAttr,
)
from xdsl.dialects.utils import parse_func_op_like, print_func_op_like
from xdsl.ir import Attribute, Operation, Region, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    attr_def,
    irdl_op_definition,
    operand_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import (
    IsolatedFromAbove,
    IsTerminator,
    NoMemoryEffect,
    SingleBlockImplicitTerminator,
    SymbolOpInterface,
    SymbolTable,
    SymbolUserOpInterface,
    ensure_terminator,
)
from xdsl.utils.exceptions import VerifyException


@irdl_op_definition
class DoneOp(IRDLOperation):
    """Ends a kernel."""

    name = "cpu.done"
    traits = traits_def(IsTerminator(), NoMemoryEffect())
    assembly_format = "attr-dict"


@irdl_op_definition
class KernelOp(IRDLOperation):
    """A function over memrefs and indices whose first argument is the task index."""

    name = "cpu.kernel"
    sym_name = attr_def(StringAttr)
    body = region_def("single_block")
    traits = traits_def(SymbolOpInterface(), IsolatedFromAbove(), SingleBlockImplicitTerminator(DoneOp))

    def __init__(self, name: str, body: Region):
        super().__init__(attributes={"sym_name": StringAttr(name)}, regions=[body])

    def verify_(self) -> None:
        types = [a.type for a in self.body.block.args]
        if not types or not isinstance(types[0], IndexType):
            raise VerifyException("the first argument of a kernel is the task, an index")
        for type in types[1:]:
            if not isinstance(type, IndexType) and not (isinstance(type, MemRefType) and has_known_strides(type)):
                raise VerifyException(f"kernel argument {type}: an index or a memref that is contiguous or has static strides")

    def print(self, printer: Printer) -> None:
        types = FunctionType.from_lists([a.type for a in self.body.block.args], [])
        print_func_op_like(printer, self.sym_name, types, self.body, self.attributes, reserved_attr_names=("sym_name",))

    @classmethod
    def parse(cls, parser: Parser) -> "KernelOp":
        name, _, _, region, extra, _, _ = parse_func_op_like(parser, reserved_attr_names=("sym_name",))[:7]
        op = cls(name, region)
        if extra is not None:
            op.attributes.update(extra.data)
        for trait in op.get_traits_of_type(SingleBlockImplicitTerminator):
            ensure_terminator(op, trait)
        return op


def has_known_strides(type: MemRefType) -> bool:
    """Whether the strides follow from the type and the sizes: static, or of a contiguous memref."""
    strides = type.get_strides()
    contiguous = type.layout.name == "none"
    return contiguous or (strides is not None and None not in strides and type.get_offset() is not None)


class _LaunchUsesKernel(SymbolUserOpInterface):
    def verify(self, op: Operation) -> None:
        assert isinstance(op, LaunchOp)
        kernel = SymbolTable.lookup_symbol(op, op.kernel)
        if not isinstance(kernel, KernelOp):
            raise VerifyException(f"there is no cpu.kernel @{op.kernel.root_reference.data}")
        expected = [a.type for a in kernel.body.block.args[1:]]
        given = [a.type for a in op.arguments]
        if given != expected:
            raise VerifyException(
                f"@{op.kernel.root_reference.data} takes ({', '.join(map(str, expected))}), given ({', '.join(map(str, given))})"
            )


@irdl_op_definition
class LaunchOp(IRDLOperation):
    """Runs a kernel for every task below `tasks`, spread over the threads; it is over when all are."""

    name = "cpu.launch"
    kernel = prop_def(FlatSymbolRefAttrConstr)
    tasks = operand_def(IndexType)
    arguments = var_operand_def()
    traits = traits_def(_LaunchUsesKernel())
    assembly_format = "$kernel `tasks` $tasks `(` $arguments `)` attr-dict `:` `(` type($arguments) `)`"

    def __init__(self, kernel: str, tasks: SSAValue | Operation, arguments: Sequence[SSAValue]):
        super().__init__(operands=[tasks, list(arguments)], properties={"kernel": SymbolRefAttr(kernel)})


@irdl_op_definition
class ViewOp(IRDLOperation):
    """Memory of another memref's buffer, from a byte offset on, under another type; `sizes` are its dynamic dimensions.

    The offset counts from the start of the buffer, before the offset in the source's layout.
    """

    name = "cpu.view"
    source = operand_def(MemRefType)
    offset = operand_def(IndexType)
    sizes = var_operand_def(IndexType)
    result = result_def(MemRefType)
    traits = traits_def(NoMemoryEffect())
    assembly_format = "$source `at` $offset `sizes` `(` $sizes `)` attr-dict `:` type($source) `to` type($result)"

    def __init__(self, source: SSAValue | Operation, offset: SSAValue | Operation, sizes: Sequence[SSAValue | Operation], type: Attribute):
        super().__init__(operands=[source, offset, list(sizes)], result_types=[type])

    def verify_(self) -> None:
        assert isinstance(self.result.type, MemRefType)
        dynamic = sum(d == DYNAMIC_INDEX for d in self.result.type.get_shape())
        if dynamic != len(self.sizes):
            raise VerifyException(f"{self.result.type} has {dynamic} dynamic dimensions, {len(self.sizes)} sizes are given")
