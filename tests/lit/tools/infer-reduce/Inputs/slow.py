"""A pass that does not come to an end where it meets a relu."""

import time

from inferir.core import Pass
from inferir.dialects import inference as inf


class Slow(Pass):
    """Wait."""

    def run(self, op, ctx):
        """Wait for long."""
        if any(isinstance(inner, inf.ReluOp) for inner in op.walk()):
            time.sleep(60)
