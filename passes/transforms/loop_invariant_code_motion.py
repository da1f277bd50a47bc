"""Compute before a loop what is the same in every turn of it.

  %r = scf.for %i = %a to %b step %c iter_args(%v = %x) -> (f32) {
    %0 = arith.mulf %x, %x : f32
    %1 = arith.addf %v, %0 : f32
    scf.yield %1 : f32
  }
becomes
  %0 = arith.mulf %x, %x : f32
  %r = scf.for %i = %a to %b step %c iter_args(%v = %x) -> (f32) {
    %1 = arith.addf %v, %0 : f32
    scf.yield %1 : f32
  }
"""

from xdsl.dialects import affine, scf
from xdsl.ir import Operation, Region, SSAValue
from xdsl.traits import is_side_effect_free, is_speculatable

from inferir.core import Context, Pass
from inferir.core.walk import walk

LOOPS = (scf.ForOp, scf.WhileOp, scf.ParallelOp, affine.ForOp, affine.ParallelOp)


class LoopInvariantCodeMotion(Pass):
    """Work is done once. Only ops that do nothing but compute, and may be computed though the loop never turns, are moved."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Inner loops first, so that what leaves one may leave the next."""
        for loop in reversed([inner for inner in walk(op) if isinstance(inner, LOOPS)]):
            for region in loop.regions:
                self._hoist(loop, region)

    def _hoist(self, loop: Operation, region: Region) -> None:
        inside = {value for value in _defined_in(region)}
        for block in region.blocks:
            for op in list(block.ops):
                if op.next_op is None or not (is_side_effect_free(op) and is_speculatable(op)):
                    continue
                if any(v in inside for inner in walk(op) for v in inner.operands if v not in set(_defined_inside(op))):
                    continue
                around = loop.parent
                assert around is not None
                op.detach()
                around.insert_op_before(op, loop)
                inside -= {*op.results, *_defined_inside(op)}
                self.count("hoisted")


def _defined_in(region: Region) -> list[SSAValue]:
    """What a region and the regions inside it define."""
    out: list[SSAValue] = []
    for block in region.blocks:
        out += block.args
        for op in block.ops:
            out += op.results
            out += _defined_inside(op)
    return out


def _defined_inside(op: Operation) -> list[SSAValue]:
    return [value for region in op.regions for value in _defined_in(region)]
