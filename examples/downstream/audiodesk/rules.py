"""What an operator of a model file means: Mix of com.audiodesk, with the attribute `gain`."""

from audiodesk.dialect import MixOp, PlayOp, RecordOp
from inferir.passes.framework.lowering import Lowering, lowering


@lowering("com.audiodesk", "Mix")
def mix(op, lo: Lowering):
    """y = play(mix(record(dry), record(wet)))"""
    dry, wet = lo.operands(2)
    return lo.emit(PlayOp, lo.emit(MixOp, lo.emit(RecordOp, dry), lo.emit(RecordOp, wet), gain=op.attrs["gain"].value.data))
