"""Put the ops of graph regions into an order in which values are defined before they are used.

  %0 = builtin.unrealized_conversion_cast %1 : i32 to i64
  %1 = builtin.unrealized_conversion_cast %2 : i64 to i32
  %2 = arith.constant 1 : i64
becomes
  %2 = arith.constant 1 : i64
  %1 = builtin.unrealized_conversion_cast %2 : i64 to i32
  %0 = builtin.unrealized_conversion_cast %1 : i32 to i64
"""

from xdsl.ir import Block, Operation, OpResult

from inferir.core import Context, Pass
from inferir.core.dominance import is_graph_region
from inferir.core.walk import walk


class TopologicalSort(Pass):
    """A reader, and a pass that goes from top to bottom, meets what a value is before its uses. Ops in cycles keep their order."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Sort every block of every graph region inside."""
        for inner in list(walk(op)):
            for region in inner.regions:
                if is_graph_region(region):
                    for block in region.blocks:
                        sort_block(block)


def sort_block(block: Block) -> None:
    """Move ops down behind what they use; the order is otherwise kept."""
    waiting = list(block.ops)
    placed: set[Operation] = set()
    while waiting:
        ready, later = [], []
        for op in waiting:
            if all(source is op or source in placed for source in _sources(op, block)):
                placed.add(op)
                ready.append(op)
            else:
                later.append(op)
        if not ready:  # a cycle: its first op goes first
            ready, later = [later[0]], later[1:]
            placed.add(ready[0])
        for op in ready:
            op.detach()
            block.add_op(op)
        waiting = later


def _sources(op: Operation, block: Block) -> set[Operation]:
    """The ops of the block that define what `op`, or something inside it, uses."""
    found = set()
    for inner in walk(op):
        for operand in inner.operands:
            owner: Operation | None = operand.op if isinstance(operand, OpResult) else None
            while owner is not None and owner.parent is not block:
                owner = owner.parent_op()
            if owner is not None:
                found.add(owner)
    return found
