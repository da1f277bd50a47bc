"""Programs that are native in parts: @main stays on tensors and calls the parts; what has no kernel stands between the calls.

    func.func @main(%x: tensor<?x4xf32> {..}) -> (tensor<2x?xi64> {..}) attributes {cpu.host} {
      %0 = cpu.call @native_0(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
      %1 = inference.non_zero %0 {cpu.fallback = "it has no kernel"} : (tensor<?x4xf32>) -> tensor<2x?xi64>
      func.return %1 : tensor<2x?xi64>
    }
    func.func @native_0(...)

The reference executor runs @main; the sizes that a native part depends on are those of the tensors it is given.
"""

from collections.abc import Iterator, Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import FlatSymbolRefAttrConstr, ModuleOp, SymbolRefAttr
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, traits_def, var_operand_def, var_result_def
from xdsl.traits import Pure, SymbolTable, SymbolUserOpInterface
from xdsl.utils.exceptions import VerifyException

from inferir.core.diagnostics import InferError
from inferir.dialects.cpu.control import IfOp

HOST = "cpu.host"
"""On a function: it stays on tensors, the reference executor runs it."""
FALLBACK = "cpu.fallback"
"""On an op: why it has no native code."""


class _CallsFunction(SymbolUserOpInterface):
    def verify(self, op: Operation) -> None:
        assert isinstance(op, CallOp)
        if not isinstance(SymbolTable.lookup_symbol(op, op.callee), func.FuncOp):
            raise VerifyException(f"there is no function @{op.callee.root_reference.data}")


@irdl_op_definition
class CallOp(IRDLOperation):
    """Runs a native function on tensors; it finds the places for its results itself."""

    name = "cpu.call"
    callee = prop_def(FlatSymbolRefAttrConstr)
    arguments = var_operand_def()
    outs = var_result_def()
    traits = traits_def(Pure(), _CallsFunction())
    assembly_format = "$callee `(` $arguments `)` attr-dict `:` functional-type($arguments, $outs)"

    def __init__(self, callee: str, arguments: Sequence[SSAValue], result_types: Sequence[Attribute]):
        super().__init__(operands=[list(arguments)], result_types=[list(result_types)], properties={"callee": SymbolRefAttr(callee)})


def native_functions(module: ModuleOp) -> Iterator[func.FuncOp]:
    """The functions of a module that become native code: all but one that runs on the host."""
    for op in module.body.ops:
        if isinstance(op, func.FuncOp) and HOST not in op.attributes:
            yield op


def branches_on_host(block: Block) -> list[Block]:
    """The branches of the Ifs of a block that the host decides: it goes through them op by op."""
    return [r.block for op in block.ops if isinstance(op, IfOp) and FALLBACK in op.attributes for r in op.regions]


def ops_on_host(block: Block) -> Iterator[Operation]:
    """The ops of a block without native code, those of a branch before its If."""
    for op in block.ops:
        if FALLBACK in op.attributes:
            for region in op.regions if isinstance(op, IfOp) else ():
                yield from ops_on_host(region.block)
            yield op


def arena_function(name: str) -> str:
    """The name of the function that gives the size of a native function's arena."""
    return "arena_size" if name == "main" else f"{name}_arena_size"


def native_programs(module: ModuleOp) -> list[tuple[func.FuncOp, func.FuncOp]]:
    """The native functions of a level 4 module, each with the one that gives the size of its arena. Raises InferError where that is missing."""
    functions = {f.sym_name.data: f for f in native_functions(module)}
    sizes = {arena_function(name) for name in functions}
    out = []
    for name, function in functions.items():
        if name not in sizes:
            if arena_function(name) not in functions:
                raise InferError(f"a level 4 module needs func.func @{arena_function(name)}", function.location)
            out.append((function, functions[arena_function(name)]))
    if not out and not any(isinstance(o, func.FuncOp) for o in module.body.ops):
        raise InferError("a level 4 module needs func.func @main", module.location)
    return out
