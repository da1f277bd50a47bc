"""Rounding that the inference dialect has no op for."""

from __future__ import annotations

from xdsl.ir import SSAValue

from inferir.passes.framework.lowering.tools import Lowering


def round_half_away(lo: Lowering, x: SSAValue) -> SSAValue:
    """The nearest integer, halves away from zero, as C's round: floor(|x|), one more from the half on, with the sign of x."""
    size = lo.abs(x)
    whole = lo.floor(size)
    up = lo.compare(lo.sub(size, whole), lo.scalar(0.5, x), pred="ge")
    nearest = lo.select(up, lo.add(whole, lo.scalar(1, x)), whole)
    return lo.select(lo.compare(x, lo.scalar(0, x), pred="lt"), lo.neg(nearest), nearest)
