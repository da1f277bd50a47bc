"""A pass that warns, remarks, and puts a constant of three elements before everything."""

import numpy as np

from inferir.core import Pass, Rewriter
from inferir.core.lazy import lazy_array


class Opaque(Pass):
    """Say something."""

    def run(self, op, ctx):
        """Warn, remark, insert."""
        ctx.warn("warned", op.location)
        ctx.remark("remarked", op.location)
        first = next(inner for inner in op.walk() if inner.name == "inference.constant")
        Rewriter(first, ctx).const(lazy_array(np.array([1, 2, 3], np.float32), ctx))
