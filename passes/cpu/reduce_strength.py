"""Write the arithmetic of an epilogue in cheaper instructions that give the same bits.

  %0 = arith.sitofp %sum : i32 to f32
  %1 = arith.cmpf uno, %0, %0 : f32
  %2 = arith.select %1, %zero, %0 : f32
  %3 = arith.divf %2, %scale : f32
  %4 = math.roundeven %3 : f32
becomes, with r the reciprocal of the scale,
  %0 = arith.sitofp %sum : i32 to f32
  %1 = arith.mulf %0, %r : f32                  // the quotient, up to two units
  %2 = math.fma %1, -%scale, %0 : f32           // what is left
  %3 = math.fma %2, %r, %1 : f32                // ... up to one; then once more
  %4 = math.roundeven ...
"""

from __future__ import annotations

import math as numbers

import numpy as np
from xdsl.dialects import arith, math
from xdsl.dialects.builtin import Float32Type, FloatAttr, IntegerType, f32
from xdsl.ir import Block, Operation, SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects.cpu.scalar import constant_of


def limit(x: SSAValue, rw: Rewriter) -> float:
    """The largest size that a scalar of a region can have; infinite where it may be infinite or no number."""
    if isinstance(x.type, IntegerType):
        return 2.0**x.type.bitwidth
    op = x.owner
    if isinstance(op, Block):
        parent = op.parent_op()
        number = [a is x for a in op.args].index(True) - 1
        array = rw.array(parent.extras[number]) if isinstance(parent, cpu.Level3Op) and number >= 0 else None
        return numbers.inf if array is None or not np.isfinite(array).all() else float(np.abs(array).max(initial=0))
    if isinstance(op, arith.ConstantOp):
        return abs(float(constant_of(op)))
    if not isinstance(op, BOUNDED):
        return numbers.inf
    sizes = [limit(v, rw) for v in op.operands if not isinstance(op, arith.SelectOp) or v is not op.cond]
    match op:
        case arith.MulfOp():
            return numbers.inf if numbers.inf in sizes else sizes[0] * sizes[1]
        case arith.AddfOp() | arith.SubfOp():
            return sum(sizes)
        case math.RoundEvenOp():
            return sizes[0] + 1
        case _:
            return max(sizes)


BOUNDED = (
    arith.SIToFPOp,
    arith.UIToFPOp,
    arith.MulfOp,
    arith.AddfOp,
    arith.SubfOp,
    arith.SelectOp,
    arith.MaximumfOp,
    arith.MinimumfOp,
    math.RoundEvenOp,
)


@rewrites(arith.SelectOp)
def never_nan(op: arith.SelectOp, rw: Rewriter) -> str | None:
    """x is not NaN where x comes from integers and numbers of moderate size"""
    test = op.cond.owner
    if not isinstance(test, arith.CmpfOp) or test.lhs is not test.rhs or test.lhs is not op.rhs or test.predicate.value.data != UNORDERED:
        return "it does not ask for NaN"
    if not limit(op.rhs, rw) < LARGE:
        return "what it asks about may be infinite or NaN"
    rw.replace(op, op.rhs)
    rw.erase(test)
    return None


UNORDERED = 14
LARGE, SMALL = 2.0**100, 2.0**-60


@rewrites(arith.DivfOp)
def quotient_to_round(op: arith.DivfOp, rw: Rewriter) -> str | None:
    """round(x / c) = round(q + (x - q c) r), twice, from q = x r with r = 1 / c: the quotient is the nearest float to x / c.

    Source: Markstein 1990, "Computation of elementary functions on the IBM RISC System/6000 processor".
    """
    divisor = op.rhs.owner
    if not isinstance(op.result.type, Float32Type) or not isinstance(divisor, arith.ConstantOp):
        return "it does not divide a float of single precision by a number"
    c = np.float32(constant_of(divisor))
    if not SMALL < abs(c) < 1 / SMALL:
        return "the divisor is no number of moderate size"
    if not is_rounded(op):
        return "the quotient is not rounded to a whole number: the smallest would lose digits"
    if not limit(op.lhs, rw) < LARGE * SMALL:
        return "what it divides may be infinite or NaN"
    r, minus = (arith.ConstantOp(FloatAttr(float(v), f32)) for v in (np.float32(1) / c, -c))
    q = arith.MulfOp(op.lhs, r)
    steps: list[Operation] = [r, minus, q]
    for _ in range(2):
        rest = math.FmaOp(steps[-1].results[0], minus, op.lhs)
        steps += [rest, math.FmaOp(rest, r, steps[-1].results[0])]
    rw.replace(op, steps)
    return None


def is_rounded(op: Operation) -> bool:
    """Whether a value reaches nothing but roundings, by ways that keep the order of numbers."""
    return all(
        isinstance(use.operation, math.RoundEvenOp)
        or (isinstance(use.operation, arith.MaximumfOp | arith.MinimumfOp) and is_rounded(use.operation))
        for use in op.results[0].uses
    )


class ReduceStrength(Pass):
    """A division takes as long as a dozen multiplications; a test for NaN of what was an integer is for nothing."""

    patterns = (never_nan, quotient_to_round)
