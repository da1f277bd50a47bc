"""Sparse conditional constant propagation: values that are constant on the paths that control can take become constants.

  %true = arith.constant true
  %a = arith.constant 1 : i32
  cf.cond_br %true, ^then, ^else
^then:
  cf.br ^end(%a : i32)
^else:
  cf.br ^end(%x : i32)
^end(%r: i32):
  return %r : i32
becomes
  %true = arith.constant true
  %a = arith.constant 1 : i32
  cf.cond_br %true, ^then, ^else
^then:
  cf.br ^end(%a : i32)
^else:
  cf.br ^end(%x : i32)
^end(%r: i32):
  return %a : i32
"""

from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.traits import IsolatedFromAbove
from xdsl.transforms.dead_code_elimination import would_be_trivially_dead

from inferir.core import Context, Pass
from inferir.passes.transforms.flow.constants import Constant, Constants


class Sccp(Pass):
    """Knows more than folding: a branch that is never taken gives no value, and private functions are seen through."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Find the constants inside `op`, then put them in place: once each, at the start of the function, in the order of their use."""
        constants = Constants(op, ctx)
        made: dict[tuple[Region, Constant], SSAValue] = {}
        self._last: dict[Region, Operation] = {}
        blocks: list[Block] = []
        for region in op.regions:
            blocks += reversed(region.blocks)
        while blocks:
            block = blocks.pop()
            for inner in list(block.ops):
                replaced = [self._replace(result, block, constants, made, ctx) for result in inner.results]
                if replaced and all(replaced) and would_be_trivially_dead(inner):
                    block.erase_op(inner)
                    continue
                for region in inner.regions:
                    blocks += reversed(region.blocks)
            for argument in block.args:
                self._replace(argument, block, constants, made, ctx)

    def _replace(
        self, value: SSAValue, block: Block, constants: Constants, made: dict[tuple[Region, Constant], SSAValue], ctx: Context
    ) -> bool:
        """Put a constant in place of a value that is one; whether it was."""
        constant = constants.of(value)
        region = _where_constants_go(block)
        if constant is None or region is None:
            return False
        known = made.get((region, constant))
        if known is None:
            op = constant.op(ctx)
            if op is None:
                return False
            op.location = value.owner.location if isinstance(value.owner, Operation) else op.location
            op.results[0].name_hint = value.name_hint
            self._insert(op, region)
            known = made[region, constant] = op.results[0]
        value.replace_all_uses_with(known)
        self.count("constants")
        return True

    def _insert(self, op: Operation, region: Region) -> None:
        """Put a constant behind those that were made before it."""
        block, last = region.blocks[0], self._last.get(region)
        self._last[region] = op
        if last is not None:
            block.insert_op_after(op, last)
        elif block.first_op is not None:
            block.insert_op_before(op, block.first_op)
        else:
            block.add_op(op)


def _where_constants_go(block: Block) -> Region | None:
    """The nearest region around a block of an op from which nothing outside is seen."""
    region = block.parent
    while region is not None and region.parent is not None:
        op = region.parent
        if op.parent is None or op.has_trait(IsolatedFromAbove, value_if_unregistered=False):
            return region
        region = op.parent.parent
    return region
