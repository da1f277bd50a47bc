"""The `desk` dialect: signals that know their sample rate, and the mixing of them."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from xdsl.dialects.builtin import IntAttr, TensorType, f32
from xdsl.ir import Attribute, Dialect, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import BaseAttr, VarConstraint, irdl_attr_definition, operand_def, result_def, traits_def
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.traits import Pure

from inferir.core import HasCanonicalizer, Op, Rewriter, define, integer, number, rewrites


@irdl_attr_definition
class SignalType(ParametrizedAttribute, TypeAttribute):
    """`!desk.signal<samples, rate>`: so many samples, so many of them a second."""

    name = "desk.signal"
    samples: IntAttr
    rate: IntAttr

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """`<48, 44100>`"""
        with parser.in_angle_brackets():
            samples = parser.parse_integer(allow_boolean=False)
            parser.parse_punctuation(",")
            return [IntAttr(samples), IntAttr(parser.parse_integer(allow_boolean=False))]

    def print_parameters(self, printer: Printer) -> None:
        """`<48, 44100>`"""
        printer.print_string(f"<{self.samples.data}, {self.rate.data}>")

    def verify(self) -> None:
        """Called whenever a type is made."""
        if self.samples.data < 1 or self.rate.data < 1:
            raise ValueError(f"a signal of {self.samples.data} samples at {self.rate.data} a second")


@define
class RecordOp(Op):
    """The signal whose samples are the elements of a vector.

    Example:
        %s = desk.record %x rate 48000 : (tensor<48xf32>) -> !desk.signal<48, 48000>
    """

    name = "desk.record"
    traits = traits_def(Pure())
    x = operand_def(TensorType)
    rate = integer(44100)
    result = result_def(SignalType)

    def infer_types(self) -> list[Attribute]:
        """The type of the result; where `infer_shape` does not do, as the result is no tensor."""
        shape = self.x.type.get_shape() if isinstance(self.x.type, TensorType) else ()
        if len(shape) != 1 or shape[0] < 1:
            self.error(f"it records a vector of known size, not {self.x.type}")
        return [SignalType(IntAttr(shape[0]), IntAttr(self.rate))]

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy: what a signal is in the reference executor is up to the dialect."""
        return x


@define
class PlayOp(Op):
    """The samples of a signal.

    Example:
        %x = desk.play %s : (!desk.signal<48, 44100>) -> tensor<48xf32>
    """

    name = "desk.play"
    traits = traits_def(Pure(), HasCanonicalizer(lambda: (play_of_record,)))
    signal = operand_def(SignalType)
    result = result_def(TensorType)

    def infer_types(self) -> list[Attribute]:
        """One float for each sample."""
        return [TensorType(f32, [signal_type(self.signal.type).samples.data])]

    def reference(self, signal: np.ndarray) -> np.ndarray:
        """numpy."""
        return signal


@define
class MixOp(Op):
    """dry + gain * wet, for two signals of the same length and rate.

    Example:
        %y = desk.mix %dry, %wet gain 0.25 : !desk.signal<48, 44100>
    """

    name = "desk.mix"
    traits = traits_def(Pure(), HasCanonicalizer(lambda: (mix_of_silence,)))
    dry = operand_def(SignalType)
    wet = operand_def(SignalType)
    gain = number(0.5)
    result = result_def(SignalType)

    def infer_types(self) -> list[Attribute]:
        """That of both."""
        dry, wet = signal_type(self.dry.type), signal_type(self.wet.type)
        if dry.rate != wet.rate:
            self.error(f"dry has {dry.rate.data} samples a second, wet {wet.rate.data}")
        if dry != wet:
            self.error(f"dry has {dry.samples.data} samples, wet {wet.samples.data}")
        return [dry]

    def check(self) -> None:
        """What else must hold."""
        if not -1 <= self.gain <= 1:
            self.error(f"gain is {self.gain}, must be from -1 to 1")

    def reference(self, dry: np.ndarray, wet: np.ndarray) -> np.ndarray:
        """numpy."""
        return dry + dry.dtype.type(self.gain) * wet


@define
class FlipOp(Op):
    """The signal with the opposite sign. Its text form is declared, as in MLIR's ODS; the constraint says that both types are one.

    Example:
        %y = desk.flip %x : !desk.signal<48, 44100>
    """

    name = "desk.flip"
    traits = traits_def(Pure(), HasCanonicalizer(lambda: (flip_of_flip,)))
    SAME: ClassVar = VarConstraint("SAME", BaseAttr(SignalType))
    signal = operand_def(SAME)
    result = result_def(SAME)
    assembly_format = "$signal attr-dict `:` type($result)"

    def infer_types(self) -> list[Attribute]:
        """The operand's."""
        return [self.signal.type]

    def reference(self, signal: np.ndarray) -> np.ndarray:
        """numpy."""
        return -signal


def signal_type(type: Attribute) -> SignalType:
    """The type as what the op's definition says it is."""
    assert isinstance(type, SignalType)
    return type


# What `canonicalize` does to the ops: the traits above name these patterns.


@rewrites(PlayOp)
def play_of_record(op: PlayOp, rw: Rewriter) -> str | None:
    """play(record(x)) = x"""
    record = op.signal.owner
    if not isinstance(record, RecordOp) or record.x.type != op.result.type:
        return "what it plays was not just recorded"
    rw.replace(op, record.x)


@rewrites(MixOp)
def mix_of_silence(op: MixOp, rw: Rewriter) -> str | None:
    """mix(dry, wet) without gain = dry"""
    if op.gain != 0:
        return "the gain is not zero"
    rw.replace(op, op.dry)


@rewrites(FlipOp)
def flip_of_flip(op: FlipOp, rw: Rewriter) -> str | None:
    """flip(flip(x)) = x"""
    inner = op.signal.owner
    if not isinstance(inner, FlipOp):
        return "what it flips is not flipped"
    rw.replace(op, inner.signal)


DESK = Dialect("desk", [RecordOp, PlayOp, MixOp, FlipOp], [SignalType])
