"""Make all symbols private but those that are named.

  func.func @helper(%x: f32) -> f32 {
    return %x : f32
  }
becomes
  func.func private @helper(%x: f32) -> f32 {
    return %x : f32
  }
"""

from typing import Annotated

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation
from xdsl.traits import SymbolOpInterface

from inferir.core import Context, Pass


class SymbolPrivatize(Pass):
    """Before `symbol-dce`: what is not asked for may go."""

    exclude: Annotated[tuple[str, ...], "symbols that stay as they are"] = ()

    def run(self, op: Operation, ctx: Context) -> None:
        """Look at the symbols directly inside."""
        for inner in [o for r in op.regions for b in r.blocks for o in b.ops]:
            interface = inner.get_trait(SymbolOpInterface)
            name = interface.get_sym_attr_name(inner) if interface is not None else None
            if name is not None and name.data not in self.exclude:
                inner.properties["sym_visibility"] = StringAttr("private")
                self.count("private")
