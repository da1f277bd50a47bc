"""Passes that break the IR and mend it."""

from xdsl.dialects.builtin import TensorType, f32

from inferir.core import Pass
from inferir.dialects import inference as inf


def retype(op, shape):
    """Give every addition this result type."""
    for inner in op.walk():
        if isinstance(inner, inf.AddOp):
            inner.results[0]._type = TensorType(f32, shape)


class Spoil(Pass):
    """Leave a result type that does not fit."""

    def run(self, op, ctx):
        """Break it."""
        retype(op, [5])


class Mend(Pass):
    """Put the type right again."""

    def run(self, op, ctx):
        """Mend it."""
        retype(op, [4])
