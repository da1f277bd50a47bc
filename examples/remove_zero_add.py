"""A pass from outside the tree: name this file and use the pass as any other.

infer-opt m.mlir --plugin examples/remove_zero_add.py --pass-pipeline='builtin.module(remove-zero-add)'
"""

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf


@rewrites(inf.AddOp)
def zero_is_neutral(add: inf.AddOp, rw: Rewriter) -> str | None:
    """x + 0 = x"""
    zero = rw.array(add.rhs)
    if zero is None or zero.any():
        return "the right side is not a constant zero"
    if add.lhs.type != add.result.type:
        return "the zero broadcasts the left side to a larger shape"
    rw.replace(add, add.lhs)


class RemoveZeroAdd(Pass):
    """Exporters leave additions of zero where a bias was folded away."""

    patterns = (zero_is_neutral,)
