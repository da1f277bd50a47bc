"""A rule for an operator that no framework of ours knows: FusedThing of com.acme, y = relu(k x).

infer-compile tests/models/data/custom_op.onnx --plugin examples/custom_op_rule.py -o fused.infer
infer-run fused.infer --input random
"""

from inferir.dialects import inference as inf
from inferir.passes.framework.lowering import Lowering, lowering


@lowering("com.acme", "FusedThing")
def fused_thing(op, lo: Lowering):
    """y = relu(k x)"""
    (x,) = lo.operands(1)
    k = lo.scalar(op.attrs["k"].value.data, x)
    return lo.emit(inf.ReluOp, lo.emit(inf.MulOp, x, k))
