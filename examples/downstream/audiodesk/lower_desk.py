"""From signals to tensors.

  %0 = desk.mix %dry, %wet gain 0.25 : !desk.signal<48, 44100>
becomes
  %0 = inference.constant dense<0.25> : tensor<f32>
  %1 = inference.mul %wet, %0 : (tensor<48xf32>, tensor<f32>) -> tensor<48xf32>
  %2 = inference.add %dry, %1 : tensor<48xf32>
"""

from typing import Annotated

import numpy as np
from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Attribute, Operation

from audiodesk.dialect import FlipOp, MixOp, PlayOp, RecordOp, SignalType
from inferir.core import Context, ConversionTarget, Pass, Rewriter, TypeConverter, convert_fully, fold_casts, rewrites
from inferir.dialects import inference as inf


def samples(type: Attribute) -> Attribute | None:
    """A signal becomes a vector of its samples; other types stay."""
    return TensorType(f32, [type.samples.data]) if isinstance(type, SignalType) else None


TENSORS = TypeConverter(samples)


@rewrites(RecordOp, PlayOp)
def same_samples(op: RecordOp | PlayOp, rw: Rewriter) -> str | None:
    """record(x) = x, play(x) = x: the samples were there all the time"""
    TENSORS.replace(rw, op, [TENSORS.operands(rw, op.operands[0])])


@rewrites(MixOp)
def mix(op: MixOp, rw: Rewriter) -> str | None:
    """mix(dry, wet) = dry + gain * wet"""
    (dry,), (wet,) = TENSORS.operands(rw, op.dry), TENSORS.operands(rw, op.wet)
    louder = rw.insert(inf.MulOp.make(wet, rw.const(np.float32(op.gain))))
    TENSORS.replace(rw, op, [[rw.insert(inf.AddOp.make(dry, louder.result)).result]])


@rewrites(MixOp)
def leave_out(op: MixOp, rw: Rewriter) -> str | None:
    """mix(dry, wet) = dry, by the pass's option"""
    TENSORS.replace(rw, op, [TENSORS.operands(rw, op.dry)])


@rewrites(FlipOp)
def flip(op: FlipOp, rw: Rewriter) -> str | None:
    """flip(x) = -x"""
    TENSORS.replace(rw, op, [[rw.insert(inf.NegOp.make(*TENSORS.operands(rw, op.signal))).result]])


class LowerDesk(Pass):
    """Every target has tensors; none has signals."""

    bypass: Annotated[bool, "leave the wet signals out"] = False
    patterns = (same_samples, flip, *TENSORS.signatures())

    def run(self, op: Operation, ctx: Context) -> None:
        """Convert all of the dialect, and every function that takes, returns or passes on a signal; one error lists what could not be."""
        of_functions = {name: TENSORS.is_legal for name in ("func.func", "func.call", "func.return")}
        target = ConversionTarget(illegal_dialects=frozenset({"desk"}), legal_if=of_functions)
        convert_fully(op, (*self.patterns, leave_out if self.bypass else mix), target, ctx, self.log)
        fold_casts(op)
