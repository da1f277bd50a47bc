"""Numbers of 8 bits and fewer that regions know as bits: small floats and integers of 2 or 4 bits, a byte each.

A small float of e exponent and m mantissa bits is decoded by moving its bits to a float's places and multiplying by the
difference of the biases, which is exact and right for subnormal numbers too. Encoding rounds to nearest, halves to even, by
adding to the bits, or for subnormal numbers by adding a float whose last bit has their unit's weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import ml_dtypes
import numpy as np
from xdsl.dialects import arith, math
from xdsl.dialects.builtin import IntegerType, Signedness, f32, i8, i32
from xdsl.ir import Attribute, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.types import element_of, element_type, numpy_dtype
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.cpu.scalar import scalar_type
from inferir.passes.cpu.inference_to_cpu.building import ELEMENTS, Scalars, replace


@dataclass(frozen=True)
class Format:
    """The bits of a small float, without those of the sign: their largest number, infinity and NaN."""

    exponent: int
    mantissa: int
    bias: int
    largest: int
    infinity: int | None
    nan: int | None
    """None where there is none; with `unsigned_zero`, NaN is what would be -0."""
    unsigned_zero: bool = False

    @property
    def bits(self) -> int:
        """Bits besides the sign."""
        return self.exponent + self.mantissa


FORMATS = {
    "float8_e4m3fn": Format(4, 3, 7, 0x7E, None, 0x7F),
    "float8_e4m3fnuz": Format(4, 3, 8, 0x7F, None, 0x80, True),
    "float8_e5m2": Format(5, 2, 15, 0x7B, 0x7C, 0x7E),
    "float8_e5m2fnuz": Format(5, 2, 16, 0x7F, None, 0x80, True),
    "float4_e2m1fn": Format(2, 1, 1, 0x7, None, None),
}
POWERS = "float8_e8m0fnu"
"""An exponent and nothing else; 255 is NaN."""
INTEGERS: frozenset[Attribute] = frozenset(IntegerType(w, sign) for w in (2, 4) for sign in (Signedness.SIGNLESS, Signedness.UNSIGNED))
SMALL_FLOATS: frozenset[Attribute] = frozenset(element_type(getattr(ml_dtypes, n)) for n in (*FORMATS, POWERS))


def decoded(s: Scalars, x: SSAValue, element: Attribute) -> SSAValue:
    """The number that bits stand for: an i8 for integers, an f32 for floats."""
    if isinstance(element, IntegerType):
        return _number_of(s, x, element)
    name = numpy_dtype(element).name
    wide = s.do(arith.ExtUIOp, x, i32)
    if name == POWERS:
        value = s.do(arith.ShLIOp, wide, _i32(s, 23))
        tiny = s.select(s.compare("eq", wide, _i32(s, 0)), _i32(s, 1 << 22), value)
        nan = s.compare("eq", wide, _i32(s, 255))
        return s.do(arith.BitcastOp, s.select(nan, _i32(s, 0x7FC00000), tiny), f32)
    kind = FORMATS[name]
    magnitude = s.do(arith.AndIOp, wide, _i32(s, (1 << kind.bits) - 1))
    moved = s.do(arith.BitcastOp, s.do(arith.ShLIOp, magnitude, _i32(s, 23 - kind.mantissa)), f32)
    value = s.mul(moved, s.constant(2.0 ** (127 - kind.bias), f32))
    if kind.infinity is not None:
        value = s.select(s.compare("eq", magnitude, _i32(s, kind.infinity)), s.constant(float("inf"), f32), value)
        value = s.select(s.compare("sgt", magnitude, _i32(s, kind.infinity)), s.constant(float("nan"), f32), value)
    elif kind.nan is not None:
        nan = s.compare("eq", wide if kind.unsigned_zero else magnitude, _i32(s, kind.nan))
        value = s.select(nan, s.constant(float("nan"), f32), value)
    sign = s.do(arith.ShLIOp, s.do(arith.ShRUIOp, wide, _i32(s, kind.bits)), _i32(s, 31))
    return s.do(math.CopySignOp, value, s.do(arith.BitcastOp, sign, f32))


def encoded(s: Scalars, x: SSAValue, element: Attribute, saturate: bool = True, round_mode: str = "up") -> SSAValue:
    """The bits that stand for a number (an i8, or an f32), an i8."""
    if isinstance(element, IntegerType):
        return s.do(arith.AndIOp, x, s.constant((1 << element.bitwidth) - 1, i8))
    name = numpy_dtype(element).name
    bits = s.do(arith.BitcastOp, x, i32)
    if name == POWERS:
        return s.do(arith.TruncIOp, _power(s, bits, round_mode), i8)
    kind = FORMATS[name]
    sign = s.do(arith.ShLIOp, s.do(arith.ShRUIOp, bits, _i32(s, 31)), _i32(s, kind.bits))
    size = s.do(math.AbsFOp, x)
    bits = s.do(arith.AndIOp, bits, _i32(s, 0x7FFFFFFF))
    unit = 23 - kind.mantissa
    odd = s.do(arith.AndIOp, s.do(arith.ShRUIOp, bits, _i32(s, unit)), _i32(s, 1))
    rounded = s.add(s.add(bits, odd), _i32(s, (1 << unit - 1) - 1))
    normal = s.sub(s.do(arith.ShRUIOp, rounded, _i32(s, unit)), _i32(s, (127 - kind.bias) << kind.mantissa))
    magic = 2.0 ** (1 - kind.bias - kind.mantissa + 23)
    added = s.do(arith.BitcastOp, s.add(size, s.constant(magic, f32)), i32)
    subnormal = s.sub(added, _i32(s, int(np.float32(magic).view(np.int32))))
    code = s.select(s.compare("olt", size, s.constant(2.0 ** (1 - kind.bias), f32)), subnormal, normal)
    beyond = kind.infinity if kind.infinity is not None else kind.nan
    limit = _i32(s, kind.largest if saturate or beyond is None else beyond)
    code = s.select(s.compare("sgt", code, _i32(s, kind.largest)), limit, code)
    if kind.nan is not None:
        code = s.select(s.compare("uno", x, x), _i32(s, kind.nan), code)
    whole = s.do(arith.OrIOp, code, sign)
    if kind.nan is None:  # as ml_dtypes has it: a zero of the other sign
        whole = s.select(s.compare("uno", x, x), s.do(arith.XOrIOp, sign, _i32(s, 1 << kind.bits)), whole)
    if kind.unsigned_zero:
        whole = s.select(s.compare("eq", code, _i32(s, 0)), code, whole)
    return s.do(arith.TruncIOp, whole, i8)


def _power(s: Scalars, bits: SSAValue, mode: str) -> SSAValue:
    """The exponent of a float's bits, rounded as the mode says."""
    exponent = s.do(arith.AndIOp, s.do(arith.ShRUIOp, bits, _i32(s, 23)), _i32(s, 255))
    mantissa = s.do(arith.AndIOp, bits, _i32(s, 0x7FFFFF))
    zero, one = _i32(s, 0), _i32(s, 1)
    half = s.compare("sge", mantissa, _i32(s, 0x400000))
    more = {"up": lambda: s.compare("sgt", mantissa, zero), "nearest": lambda: half, "down": lambda: s.true(False)}[mode]()
    rounded = s.add(exponent, s.select(more, one, zero))
    if mode != "up":
        none = s.do(arith.AndIOp, s.compare("eq", exponent, zero), s.do(arith.XOrIOp, half, s.true(True)))
        rounded = s.select(none, zero, rounded)
    rounded = s.do(arith.MinSIOp, rounded, _i32(s, 254))
    return s.select(s.compare("eq", exponent, _i32(s, 255)), _i32(s, 255), rounded)


def _number_of(s: Scalars, x: SSAValue, element: IntegerType) -> SSAValue:
    spare = s.constant(8 - element.bitwidth, i8)
    unsigned = element.signedness.data == Signedness.UNSIGNED
    return s.do(arith.ShRUIOp if unsigned else arith.ShRSIOp, s.do(arith.ShLIOp, x, spare), spare)


def _i32(s: Scalars, value: int) -> SSAValue:
    return s.constant(value, i32)


@rewrites(inf.CastOp, benefit=2)
def narrow_cast(op: inf.CastOp, rw: Rewriter) -> str | None:
    """Decoded, converted, encoded."""
    source, target = element_of(op.x), element_of(op.result)
    known = ELEMENTS | INTEGERS | SMALL_FLOATS
    if source not in known or target not in known:
        return f"no kernel converts {source} to {target}"
    if source in ELEMENTS and target in ELEMENTS:
        return "both types are known to regions"
    s = Scalars([scalar_type(source)])
    value, kind = s.args[0], source
    if source not in ELEMENTS:
        value, kind = decoded(s, value, source), f32 if source in SMALL_FLOATS else i8
    if target in ELEMENTS:
        value = s.convert(value, kind, target)
    else:
        value = encoded(s, s.convert(value, kind, f32 if target in SMALL_FLOATS else i8), target, op.saturate, op.round_mode)
    replace(op, cpu.MapOp.make(op.x, [], regions=[s.region(value)]), rw)
    return None
