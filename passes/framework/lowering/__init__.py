"""Rules from operators of a framework to the inference dialect.

    from inferir.dialects import inference as inf
    from inferir.passes.framework.lowering import Lowering, lowering

    @lowering("com.acme", "FusedThing")
    def fused_thing(op, lo: Lowering):
        \"\"\"y = relu(alpha * x)\"\"\"
        x, = lo.operands(1)
        return lo.emit(inf.ReluOp, lo.emit(inf.MulOp, x, lo.scalar(op.attrs["alpha"].value.data, x)))

A rule is for an operator of a domain (`onnx` is ai.onnx, `onnx.ml` is ai.onnx.ml, any other name a custom domain) from a version on,
until a newer rule takes over; a second rule for the same operator and version is an error. It returns the values that replace the operator's results, in order; `lo.decline` says why it cannot.
"""

from inferir.passes.framework.lowering.registry import Rule, find_rule, load_rules, lowering, rules
from inferir.passes.framework.lowering.tools import Declined, Lowering

__all__ = ["Declined", "Lowering", "Rule", "find_rule", "load_rules", "lowering", "rules"]
