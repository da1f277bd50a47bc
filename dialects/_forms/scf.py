"""scf.execute_region of several blocks, which xDSL prints without the branches between them; when scf.for may be moved."""

from xdsl.dialects import scf
from xdsl.dialects.builtin import IntegerAttr
from xdsl.ir import Operation
from xdsl.printer import Printer
from xdsl.traits import ConstantLike, RecursivelySpeculatable

_print = scf.ExecuteRegionOp.print


def _with_branches(self: scf.ExecuteRegionOp, printer: Printer) -> None:
    """The terminators too where there is more than one block."""
    if self.outs or len(self.region.blocks) == 1:
        _print(self, printer)
        return
    printer.print_string(" ")
    printer.print_region(self.region, print_entry_block_args=False)
    if self.attributes:
        printer.print_attr_dict(self.attributes)


class EndsBySteppingOne(RecursivelySpeculatable):
    """Speculatable as its body is, where the step is 1: any other might never come to the end."""

    @classmethod
    def is_speculatable(cls, op: Operation) -> bool:
        """Look at the step, then inside."""
        step = ConstantLike.get_constant_value(op.operands[2])
        return isinstance(step, IntegerAttr) and step.value.data == 1 and super().is_speculatable(op)


def teach() -> None:
    """Print what reads back; let loops be moved."""
    scf.ForOp.traits.add_trait(EndsBySteppingOne())
    scf.ExecuteRegionOp.print = _with_branches
