"""scf.execute_region of several blocks: xDSL prints it without the branches between them."""

from xdsl.dialects import scf
from xdsl.printer import Printer

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


def teach() -> None:
    """Print what reads back."""
    scf.ExecuteRegionOp.print = _with_branches
