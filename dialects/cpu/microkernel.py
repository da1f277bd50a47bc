"""Base of the microkernels `cpu.uk.*`: one op until the emitter, which holds the loop nest that lives in registers.

    cpu.uk.fma_tile (%x[%i, %c0], %w[%p, %c0, %c0], %b[%j]) to (%y[%i, %j]) with (%lo, %hi) rows 6 columns 64 {
    ^bb0(%acc: f32, %bias: f32):
      ...
    } : (memref<196x256xf32>, memref<4x256x64xf32>, memref<256xf32>) to (memref<196x256xf32>)

A reference `%x[...]` names the element where the microkernel starts; how it steps from there follows from its properties
and the strides of the memref. The first index may lie in the padding before a buffer as long as it is not read.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from xdsl.dialects.builtin import DenseArrayBase, IndexType, MemRefType, i32
from xdsl.ir import Attribute, Region, SSAValue
from xdsl.irdl import AttrSizedOperandSegments, region_def, var_operand_def
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

from inferir.core.assembly import SEGMENTS, parse_properties, print_properties
from inferir.core.op import Op


class Microkernel(Op):
    """Inputs and outputs are memrefs with a start index for each dimension; `sizes` are the indices named in `SIZES`.

    Subclasses declare properties, `SIZES`, and how many inputs come before those of the region (`OWN_INPUTS`).
    """

    SIZES: ClassVar[tuple[str, ...]] = ()
    OWN_INPUTS: ClassVar[int] = 1

    inputs = var_operand_def(MemRefType)
    outputs = var_operand_def(MemRefType)
    indices = var_operand_def(IndexType)
    sizes = var_operand_def(IndexType)
    region = region_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    @classmethod
    def of(
        cls,
        inputs: Sequence[tuple[SSAValue, Sequence[SSAValue]]],
        outputs: Sequence[tuple[SSAValue, Sequence[SSAValue]]],
        sizes: Sequence[SSAValue] = (),
        region: Region | None = None,
        **properties: Any,
    ) -> Self:
        """Build one from (memref, start indices) pairs."""
        indices = [i for _, start in (*inputs, *outputs) for i in start]
        return cls.make(
            [m for m, _ in inputs],
            [m for m, _ in outputs],
            indices,
            list(sizes),
            result_types=[],
            regions=[region if region is not None else Region()],
            **properties,
        )

    def references(self) -> tuple[list[tuple[SSAValue, list[SSAValue]]], list[tuple[SSAValue, list[SSAValue]]]]:
        """(inputs, outputs) with their start indices."""
        position, out = 0, []
        for memref in (*self.inputs, *self.outputs):
            assert isinstance(memref.type, MemRefType)
            rank = memref.type.get_num_dims()
            out.append((memref, list(self.indices[position : position + rank])))
            position += rank
        return out[: len(self.inputs)], out[len(self.inputs) :]

    def infer_types(self) -> list[Attribute]:
        return []

    def check(self) -> None:
        ranks = sum(m.type.get_num_dims() for m in (*self.inputs, *self.outputs) if isinstance(m.type, MemRefType))
        if ranks != len(self.indices):
            self.error(f"{len(self.indices)} start indices for memrefs of {ranks} dimensions in all")
        if len(self.sizes) != len(self.taken_sizes()):
            self.error(f"takes the sizes ({', '.join(self.taken_sizes())}), {len(self.sizes)} are given")
        if len(self.inputs) < self.OWN_INPUTS:
            self.error(f"takes at least {self.OWN_INPUTS} inputs, {len(self.inputs)} are given")
        if self.region.blocks and len(self.region.block.args) != self.region_arguments():
            self.error(f"the region takes {self.region_arguments()} arguments, it has {len(self.region.block.args)}")

    def taken_sizes(self) -> tuple[str, ...]:
        """The names of the sizes."""
        return self.SIZES

    def region_arguments(self) -> int:
        """How many arguments the region has: the value, and one for each further input."""
        return 1 + len(self.inputs) - self.OWN_INPUTS

    def print(self, printer: Printer) -> None:
        inputs, outputs = self.references()
        for word, references in (("", inputs), ("to ", outputs)):
            printer.print_string(f" {word}(")
            printer.print_list(references, lambda r: _print_reference(printer, r))
            printer.print_string(")")
        if self.sizes:
            printer.print_string(" with (")
            printer.print_list(self.sizes, printer.print_ssa_value)
            printer.print_string(")")
        print_properties(self, printer)
        if self.region.blocks:
            printer.print_string(" ")
            printer.print_region(self.region)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : (")
        printer.print_list([m.type for m in self.inputs], printer.print_attribute)
        printer.print_string(") to (")
        printer.print_list([m.type for m in self.outputs], printer.print_attribute)
        printer.print_string(")")

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        paren = parser.Delimiter.PAREN
        inputs = parser.parse_comma_separated_list(paren, lambda: _parse_reference(parser))
        parser.parse_keyword("to")
        outputs = parser.parse_comma_separated_list(paren, lambda: _parse_reference(parser))
        sizes: list[UnresolvedOperand] = []
        if parser.parse_optional_keyword("with") is not None:
            sizes = parser.parse_comma_separated_list(paren, parser.parse_unresolved_operand)
        properties: dict[str, Attribute] = {}
        parse_properties(cls, parser, properties)
        region = parser.parse_optional_region()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        types = parser.parse_comma_separated_list(paren, parser.parse_type)
        parser.parse_keyword("to")
        types += parser.parse_comma_separated_list(paren, parser.parse_type)
        references = [*inputs, *outputs]
        if len(types) != len(references):
            parser.raise_error(f"{len(references)} references, but {len(types)} types")
        memrefs = [parser.resolve_operand(m, t) for (m, _), t in zip(references, types, strict=True)]
        indices = [parser.resolve_operand(i, IndexType()) for _, start in references for i in start]
        bounds = [parser.resolve_operand(s, IndexType()) for s in sizes]
        properties[SEGMENTS] = DenseArrayBase.from_list(i32, [len(inputs), len(outputs), len(indices), len(bounds)])
        return cls.create(
            operands=[*memrefs, *indices, *bounds],
            properties=properties,
            attributes=attributes,
            regions=[region if region is not None else Region()],
        )


def _print_reference(printer: Printer, reference: tuple[SSAValue, Sequence[SSAValue]]) -> None:
    memref, start = reference
    printer.print_ssa_value(memref)
    printer.print_string("[")
    printer.print_list(start, printer.print_ssa_value)
    printer.print_string("]")


def _parse_reference(parser: Parser) -> tuple[UnresolvedOperand, list[UnresolvedOperand]]:
    memref = parser.parse_unresolved_operand()
    return memref, parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_unresolved_operand)
