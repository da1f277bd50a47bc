"""Erase private symbols that nothing refers to.

  func.func private @unused(%x: f32) -> f32 {
    return %x : f32
  }
  func.func private @used(%x: f32) -> f32 {
    return %x : f32
  }
  func.func @main(%x: f32) -> f32 {
    %0 = func.call @used(%x) : (f32) -> f32
    return %0 : f32
  }
becomes
  func.func private @used(%x: f32) -> f32 {
    return %x : f32
  }
  func.func @main(%x: f32) -> f32 {
    %0 = func.call @used(%x) : (f32) -> f32
    return %0 : f32
  }
"""

from xdsl.ir import Operation
from xdsl.traits import SymbolOpInterface, SymbolTable

from inferir.core import Context, Pass
from inferir.core.symbols import lookup, references_of, visibility_of
from inferir.core.walk import walk


class SymbolDce(Pass):
    """What only dead functions call is dead too: a symbol lives where a public one, or an op that is no symbol, leads to it."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Mark from the ops that stay, then erase what was not reached."""
        live: set[Operation] = set()
        queue = [inner for inner in walk(op) if not _is_candidate(inner)]
        done: set[Operation] = set()
        while queue:
            at = queue.pop()
            if at in done or _inside_candidate(at, live, op):
                continue
            done.add(at)
            for reference in references_of(at):
                for named in _named(at, reference):
                    if named not in live:
                        live.add(named)
                        queue += walk(named)
        for symbol in [inner for inner in walk(op) if _is_candidate(inner) and inner not in live]:
            if symbol.parent is not None:
                self.count("erased")
                symbol.detach()
                symbol.erase(safe_erase=False)


def _is_candidate(op: Operation) -> bool:
    """Whether an op is a symbol that may go."""
    return op.has_trait(SymbolOpInterface, value_if_unregistered=False) and op.parent is not None and visibility_of(op) != "public"


def _inside_candidate(op: Operation, live: set[Operation], root: Operation) -> bool:
    """Whether an op is in a symbol that nothing has reached yet."""
    while op is not root and (around := op.parent_op()) is not None:
        if _is_candidate(op) and op not in live:
            return True
        op = around
    return False


def _named(op: Operation, reference: object) -> list[Operation]:
    """The symbols on the path of a reference, looked up from each symbol table around the op."""
    found = []
    around: Operation | None = op
    while around is not None:
        if around.has_trait(SymbolTable, value_if_unregistered=False):
            named = lookup(around, reference)  # pyright: ignore[reportArgumentType]
            if named is not None:
                found.append(named)
                parent = named.parent_op()
                while parent is not None and parent is not around:
                    found.append(parent)
                    parent = parent.parent_op()
                return found
        around = around.parent_op()
    return found
