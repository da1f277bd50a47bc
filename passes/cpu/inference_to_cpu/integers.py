"""What elementwise ops do to integers and booleans, and those that take several element types."""

from collections.abc import Callable
from typing import Any

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, IntegerType, f64, i32, i64
from xdsl.ir import SSAValue

from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import inference as inf
from inferir.dialects.inference.activation import bound
from inferir.dialects.inference.base import Elementwise
from inferir.passes.cpu.inference_to_cpu.building import Scalars, computed, is_unsigned

Body = Callable[..., SSAValue]


def known(x: SSAValue) -> float | None:
    """The number a scalar constant holds."""
    owner = x.owner
    if not isinstance(owner, arith.ConstantOp) or not isinstance(owner.value, FloatAttr | IntegerAttr):
        return None
    return owner.value.value.data


def _by_sign(signed: type[Any], unsigned: type[Any]) -> Body:
    return lambda s, op, *x: s.do(unsigned if is_unsigned(element_of(op.operands[0])) else signed, *x)


def _divided(op: Any, s: Scalars, quotient: bool, a: SSAValue, b: SSAValue) -> SSAValue:
    """a / b or its rest, truncated. Divisors that stop the processor are not divided by: 0, and -1 under the least number."""
    unsigned = is_unsigned(element_of(op.operands[0]))
    made = (arith.DivUIOp if unsigned else arith.DivSIOp) if quotient else (arith.RemUIOp if unsigned else arith.RemSIOp)
    if known(b) not in (None, 0, -1):
        return s.do(made, a, b)
    zero, one = s.const(0), s.const(1)
    nothing = s.compare("eq", b, zero)
    if unsigned:
        return s.select(nothing, zero, s.do(made, a, s.select(nothing, one, b)))
    turned = s.compare("eq", b, s.const(-1))
    value = s.do(made, a, s.select(s.do(arith.OrIOp, nothing, turned), one, b))
    if quotient:
        value = s.select(turned, s.sub(zero, a), value)
    return s.select(nothing, zero, value) if quotient else value


def _mod(s: Scalars, op: Any, a: SSAValue, b: SSAValue) -> SSAValue:
    """The rest has the sign of b unless `truncated`."""
    rest = _divided(op, s, False, a, b)
    if op.truncated or is_unsigned(element_of(op.operands[0])):
        return rest
    zero = s.const(0)
    apart = s.compare("slt", s.do(arith.XOrIOp, rest, b), zero)
    return s.select(s.do(arith.AndIOp, apart, s.compare("ne", rest, zero)), s.add(rest, b), rest)


def _shift(s: Scalars, op: Any, a: SSAValue, b: SSAValue) -> SSAValue:
    """Bits that leave are lost, all of them for a shift of the width and more."""
    assert isinstance(a.type, IntegerType)
    width = s.const(a.type.bitwidth)
    short = s.compare("ult", b, width)
    by = s.select(short, b, s.const(a.type.bitwidth - 1))
    if op.direction == "right" and not is_unsigned(element_of(op.lhs)):
        return s.do(arith.ShRSIOp, a, by)
    return s.select(short, s.do(arith.ShLIOp if op.direction == "left" else arith.ShRUIOp, a, by), s.const(0))


def _compare(s: Scalars, op: Any, a: SSAValue, b: SSAValue) -> SSAValue:
    sign = "" if op.pred in ("eq", "ne") else "u" if is_unsigned(element_of(op.lhs)) else "s"
    return s.compare(sign + op.pred, a, b)


def _sign(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    zero, unsigned = s.const(0), is_unsigned(element_of(op.x))
    up = s.select(s.compare("ugt" if unsigned else "sgt", x, zero), s.const(1), zero)
    return up if unsigned else s.select(s.compare("slt", x, zero), s.const(-1), up)


def _clamp(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    element = element_of(op.x)
    largest, least = (arith.MaxUIOp, arith.MinUIOp) if is_unsigned(element) else (arith.MaxSIOp, arith.MinSIOp)
    for made, limit in ((largest, op.low), (least, op.high)):
        x = x if limit is None else s.do(made, x, s.const(int(bound(numpy_dtype(element), limit))))
    return x


def _pow(s: Scalars, op: Any, a: SSAValue, b: SSAValue) -> SSAValue:
    """In the type of a; small whole exponents are products."""
    base, exponent = computed(element_of(op.lhs)), computed(element_of(op.rhs))
    if isinstance(base, IntegerType) and isinstance(exponent, IntegerType):
        return _product_of_powers(s, a, b, is_unsigned(base), is_unsigned(exponent))
    if isinstance(base, IntegerType):
        # A whole power comes out a little below or above itself: what is cut off must not be the one that is missing.
        value = s.do(math.PowFOp, s.convert(a, base, f64), s.convert(b, exponent, f64))
        return s.convert(s.mul(value, s.constant(1 + 2.0**-40, f64)), f64, base)
    match known(b):
        case 1:
            return a
        case 2:
            return s.mul(a, a)
        case 3:
            return s.mul(a, s.mul(a, a))
        case 0.5:
            return s.do(math.SqrtOp, a)
        case -1:
            return s.div(s.const(1.0), a)
    return s.do(math.PowFOp, a, s.convert(b, exponent, base))


def _product_of_powers(s: Scalars, a: SSAValue, b: SSAValue, unsigned_base: bool, unsigned: bool) -> SSAValue:
    """a to a whole power, by the bits of b, wrapping around; of a negative power what is left of 1 / a: itself for 1 and -1, else 0."""
    assert isinstance(b.type, IntegerType)
    value, power, exponent = s.const(1), a, known(b)
    zero, one = s.constant(0, b.type), s.constant(1, b.type)
    bits = b.type.bitwidth - (not unsigned) if exponent is None else max(int(exponent), 0).bit_length()
    for bit in range(bits):
        if exponent is None:
            taken = s.do(arith.AndIOp, s.do(arith.ShRUIOp, b, s.constant(bit, b.type)), one)
            value = s.select(s.compare("ne", taken, zero), s.mul(value, power), value)
        elif int(exponent) >> bit & 1:
            value = s.mul(value, power)
        power = s.mul(power, power) if bit < bits - 1 else power
    if unsigned or (exponent is not None and exponent >= 0):
        return value
    odd = s.compare("ne", s.do(arith.AndIOp, b, one), zero)
    unit = s.compare("eq", a, s.const(1))
    unit = unit if unsigned_base else s.do(arith.OrIOp, unit, s.compare("eq", a, s.const(-1)))
    inverse = s.select(unit, s.select(odd, a, s.const(1)), s.const(0))
    return s.select(s.compare("slt", b, zero), inverse, value)


def _cast(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    """Through single precision for half precision."""
    return s.convert(x, computed(element_of(op.x)), element_of(op.result))


def _select(s: Scalars, op: Any, condition: SSAValue, a: SSAValue, b: SSAValue) -> SSAValue:
    return s.select(condition, a, b)


def _requantize(s: Scalars, op: Any, x: SSAValue, multiplier: SSAValue, shift: SSAValue) -> SSAValue:
    """As the op's `twice` and `reduced` have it, in 64 bits."""
    low, high = op.limits()
    total = s.add((_twice if op.rounding == "twice" else _reduced)(s, x, multiplier, shift), s.constant(op.zero_point, i64))
    total = s.do(arith.MinSIOp, s.do(arith.MaxSIOp, total, s.constant(low, i64)), s.constant(high, i64))
    return s.convert(total, i64, op.to)


def _twice(s: Scalars, x: SSAValue, multiplier: SSAValue, shift: SSAValue) -> SSAValue:
    zero, one = s.constant(0, i64), s.constant(1, i64)
    m, by = (s.convert(v, i32, i64) for v in (multiplier, shift))
    wide = s.do(arith.ShLIOp, s.convert(x, i32, i64), s.do(arith.MaxSIOp, by, zero))
    product = s.mul(s.convert(s.convert(wide, i64, i32), i32, i64), m)
    nudged = s.add(product, s.select(s.compare("sge", product, zero), s.constant(1 << 30, i64), s.constant(1 - (1 << 30), i64)))
    up = s.select(s.compare("sge", nudged, zero), zero, s.constant((1 << 31) - 1, i64))  # towards zero
    half = s.do(arith.ShRSIOp, s.add(nudged, up), s.constant(31, i64))
    back = s.do(arith.MaxSIOp, s.sub(zero, by), zero)
    mask = s.sub(s.do(arith.ShLIOp, one, back), one)
    edge = s.add(s.do(arith.ShRSIOp, mask, one), s.select(s.compare("slt", half, zero), one, zero))
    above = s.select(s.compare("sgt", s.do(arith.AndIOp, half, mask), edge), one, zero)
    return s.add(s.do(arith.ShRSIOp, half, back), above)


def _reduced(s: Scalars, x: SSAValue, multiplier: SSAValue, shift: SSAValue) -> SSAValue:
    one = s.constant(1, i64)
    m, by = s.convert(multiplier, i32, i64), s.sub(s.constant(15, i64), s.convert(shift, i32, i64))
    rounded = s.do(arith.ShRSIOp, s.add(m, s.constant(1 << 15, i64)), s.constant(16, i64))
    short = s.select(s.compare("slt", m, s.constant(0x7FFF0000, i64)), rounded, s.constant(0x7FFF, i64))
    half = s.do(arith.ShLIOp, one, s.sub(by, one))
    return s.do(arith.ShRSIOp, s.add(s.mul(x, short), half), by)


INTEGER_BODIES: dict[type[Elementwise], Body] = {
    inf.AddOp: lambda s, op, a, b: s.add(a, b),
    inf.SubOp: lambda s, op, a, b: s.sub(a, b),
    inf.MulOp: lambda s, op, a, b: s.mul(a, b),
    inf.DivOp: lambda s, op, a, b: _divided(op, s, True, a, b),
    inf.ModOp: _mod,
    inf.MaximumOp: _by_sign(arith.MaxSIOp, arith.MaxUIOp),
    inf.MinimumOp: _by_sign(arith.MinSIOp, arith.MinUIOp),
    inf.NegOp: lambda s, op, x: s.sub(s.const(0), x),
    inf.AbsOp: lambda s, op, x: x if is_unsigned(element_of(op.x)) else s.do(math.AbsIOp, x),
    inf.SignOp: _sign,
    inf.ReluOp: lambda s, op, x: x if is_unsigned(element_of(op.x)) else s.do(arith.MaxSIOp, x, s.const(0)),
    inf.ClampOp: _clamp,
    inf.CompareOp: _compare,
    inf.BitwiseOp: lambda s, op, a, b: s.do(LOGIC[op.fn], a, b),
    inf.BitwiseNotOp: lambda s, op, x: s.do(arith.XOrIOp, x, s.const(-1)),
    inf.ShiftOp: _shift,
}
"""What each elementwise op does to integers."""

LOGIC: dict[str, type[Any]] = {"and": arith.AndIOp, "or": arith.OrIOp, "xor": arith.XOrIOp}

BOOLEAN_BODIES: dict[type[Elementwise], Body] = {
    inf.LogicalOp: lambda s, op, a, b: s.do(LOGIC[op.fn], a, b),
    inf.LogicalNotOp: lambda s, op, x: s.do(arith.XOrIOp, x, s.true(True)),
    inf.CompareOp: _compare,
    inf.MaximumOp: lambda s, op, a, b: s.do(arith.OrIOp, a, b),
    inf.MinimumOp: lambda s, op, a, b: s.do(arith.AndIOp, a, b),
    inf.AddOp: lambda s, op, a, b: s.do(arith.OrIOp, a, b),
    inf.MulOp: lambda s, op, a, b: s.do(arith.AndIOp, a, b),
}
"""What each elementwise op does to booleans."""

MIXED_BODIES: dict[type[Elementwise], Body] = {
    inf.PowOp: _pow,
    inf.CastOp: _cast,
    inf.SelectOp: _select,
    inf.RequantizeOp: _requantize,
}
"""Ops whose operands differ in element type."""
