"""Elementwise ops: each is a cpu.map whose region says what happens to one element. `fuse-epilogue` joins them."""

from collections.abc import Callable
from typing import Any

from xdsl.dialects import arith, math
from xdsl.dialects.arith import NegfOp
from xdsl.dialects.builtin import f32, f64, i1
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.rewriting import constant_attribute_of, constant_of
from inferir.core.types import element_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.cpu.scalar import scalar_type
from inferir.dialects.inference.base import Elementwise
from inferir.passes.cpu.inference_to_cpu.building import FLOATS, Scalars, computed, not_number, rank_of, replace
from inferir.passes.cpu.inference_to_cpu.integers import BOOLEAN_BODIES, INTEGER_BODIES, MIXED_BODIES

Body = Callable[..., SSAValue]


def _clamp(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    low = x if op.low is None else s.max(x, s.const(op.low))
    return low if op.high is None else s.min(low, s.const(op.high))


def _elu(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    below = s.mul(s.const(op.alpha), s.sub(s.do(math.ExpOp, s.min(x, s.const(0.0))), s.const(1.0)))
    y = s.select(s.compare("ogt", x, s.const(0.0)), x, below)
    return y if op.scale == 1 else s.mul(s.const(op.scale), y)


def _gelu(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    half = s.mul(x, s.const(0.5))
    if op.approximate == "none":
        inner = s.do(math.ErfOp, s.mul(x, s.const(0.5**0.5)))
    else:
        cube = s.mul(s.mul(x, x), s.mul(x, s.const(0.044715)))
        inner = s.do(math.TanhOp, s.mul(s.add(x, cube), s.const((2 / 3.141592653589793) ** 0.5)))
    return s.mul(half, s.add(inner, s.const(1.0)))


def _sigmoid(s: Scalars, x: SSAValue) -> SSAValue:
    return s.div(s.const(1.0), s.add(s.const(1.0), s.do(math.ExpOp, s.sub(s.const(0.0), x))))


def _softplus(s: Scalars, x: SSAValue) -> SSAValue:
    """max(x, 0) + log(1 + exp(-|x|))"""
    small = s.do(math.ExpOp, s.sub(s.const(0.0), s.do(math.AbsFOp, x)))
    return s.add(s.max(x, s.const(0.0)), s.do(math.Log1pOp, small))


def _hard_sigmoid(s: Scalars, x: SSAValue, alpha: float, beta: float) -> SSAValue:
    return s.clamp(s.add(s.mul(x, s.const(alpha)), s.const(beta)), 0.0, 1.0)


def _where_positive(s: Scalars, x: SSAValue, slope: SSAValue) -> SSAValue:
    return s.select(s.compare("oge", x, s.const(0.0)), x, s.mul(x, slope))


def _sign(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    zero = s.const(0.0)
    up = s.select(s.compare("ogt", x, zero), s.const(1.0), x)
    return s.select(s.compare("olt", x, zero), s.const(-1.0), up)


def _mod(s: Scalars, op: Any, a: SSAValue, b: SSAValue) -> SSAValue:
    """a - trunc(a / b) b, whose sign is a's; then with the sign of b unless `truncated`. Floats are divided as doubles."""
    narrow = a.type == f32
    x, y = (s.do(arith.ExtFOp, v, f64) if narrow else v for v in (a, b))
    quotient = s.do(math.TruncOp, s.div(x, y))
    rest = s.do(math.FmaOp, s.do(NegfOp, quotient), y, x)
    rest = s.do(arith.TruncFOp, rest, f32) if narrow else rest
    smaller = s.compare("olt", s.do(math.AbsFOp, a), s.do(math.AbsFOp, b))
    rest = s.do(math.CopySignOp, s.select(smaller, a, rest), a)
    if op.truncated:
        return rest
    apart = s.compare("olt", s.mul(s.do(math.CopySignOp, s.const(1.0), rest), b), s.const(0.0))
    moved = s.select(s.do(arith.AndIOp, apart, s.compare("une", rest, s.const(0.0))), s.add(rest, b), rest)
    return s.select(s.compare("oeq", rest, s.const(0.0)), s.do(math.CopySignOp, rest, b), moved)


def _is_inf(s: Scalars, op: Any, x: SSAValue) -> SSAValue:
    if op.negative_only or op.positive_only:
        return s.compare("oeq", x, s.const(float("-inf" if op.negative_only else "inf")))
    return s.compare("oeq", s.do(math.AbsFOp, x), s.const(float("inf")))


BODIES: dict[type[Elementwise], Body] = {
    inf.AddOp: lambda s, op, a, b: s.add(a, b),
    inf.SubOp: lambda s, op, a, b: s.sub(a, b),
    inf.MulOp: lambda s, op, a, b: s.mul(a, b),
    inf.DivOp: lambda s, op, a, b: s.div(a, b),
    inf.MaximumOp: lambda s, op, a, b: s.max(a, b),
    inf.MinimumOp: lambda s, op, a, b: s.min(a, b),
    inf.NegOp: lambda s, op, x: s.do(NegfOp, x),
    inf.AbsOp: lambda s, op, x: s.do(math.AbsFOp, x),
    inf.ExpOp: lambda s, op, x: s.do(math.ExpOp, x),
    inf.LogOp: lambda s, op, x: s.do(math.LogOp, x),
    inf.SqrtOp: lambda s, op, x: s.do(math.SqrtOp, x),
    inf.RsqrtOp: lambda s, op, x: s.div(s.const(1.0), s.do(math.SqrtOp, x)),
    inf.ReciprocalOp: lambda s, op, x: s.div(s.const(1.0), x),
    inf.SignOp: _sign,
    inf.FloorOp: lambda s, op, x: s.do(math.FloorOp, x),
    inf.CeilOp: lambda s, op, x: s.do(math.CeilOp, x),
    inf.RoundOp: lambda s, op, x: s.do(math.RoundEvenOp, x),
    inf.ErfOp: lambda s, op, x: s.do(math.ErfOp, x),
    inf.SinOp: lambda s, op, x: s.do(math.SinOp, x),
    inf.CosOp: lambda s, op, x: s.do(math.CosOp, x),
    inf.ReluOp: lambda s, op, x: s.max(x, s.const(0.0)),
    inf.ClampOp: _clamp,
    inf.LeakyReluOp: lambda s, op, x: _where_positive(s, x, s.const(op.alpha)),
    inf.PreluOp: lambda s, op, x, slope: _where_positive(s, x, slope),
    inf.EluOp: _elu,
    inf.GeluOp: _gelu,
    inf.SiluOp: lambda s, op, x: s.mul(x, _sigmoid(s, x if op.beta == 1 else s.mul(x, s.const(op.beta)))),
    inf.SigmoidOp: lambda s, op, x: _sigmoid(s, x),
    inf.HardSigmoidOp: lambda s, op, x: _hard_sigmoid(s, x, op.alpha, op.beta),
    inf.HardSwishOp: lambda s, op, x: s.mul(x, _hard_sigmoid(s, x, 1 / 6, 0.5)),
    inf.TanhOp: lambda s, op, x: s.do(math.TanhOp, x),
    inf.SoftplusOp: lambda s, op, x: _softplus(s, x),
    inf.MishOp: lambda s, op, x: s.mul(x, s.do(math.TanhOp, _softplus(s, x))),
    inf.UnaryMathOp: lambda s, op, x: s.do(UNARY_MATH[op.fn], x),
    inf.ModOp: _mod,
    inf.CompareOp: lambda s, op, a, b: s.compare("une" if op.pred == "ne" else f"o{op.pred}", a, b),
    inf.IsNanOp: lambda s, op, x: s.compare("uno", x, x),
    inf.IsInfOp: _is_inf,
}
"""What each elementwise op does to floats: (scalars, op, *elements) -> element."""

UNARY_MATH: dict[str, type[Any]] = {
    "tan": math.TanOp,
    "asin": math.AsinOp,
    "acos": math.AcosOp,
    "atan": math.AtanOp,
    "sinh": math.SinhOp,
    "cosh": math.CoshOp,
    "asinh": math.AsinhOp,
    "acosh": math.AcoshOp,
    "atanh": math.AtanhOp,
    "expm1": math.ExpM1Op,
    "log1p": math.Log1pOp,
}


def single_number(value: SSAValue, rw: Rewriter) -> float | None:
    """The number a constant of one element holds, if it may be looked at for nothing."""
    attribute = constant_attribute_of(value)
    if attribute is None:
        return None
    lazy = constant_of(value, rw.ctx)
    if lazy is None or lazy.size != 1:
        return None
    number = lazy.numpy().reshape(-1)[0]
    return int(number) if number.dtype.kind in "iub" else float(number)


@rewrites(*{**BODIES, **INTEGER_BODIES, **BOOLEAN_BODIES, **MIXED_BODIES})
def elementwise(op: Elementwise, rw: Rewriter) -> str | None:
    """One map; constants of one element become numbers in its region."""
    reason = not_number(*op.operands, *op.results)
    if reason is not None:
        return reason
    element = element_of(op.operands[0])
    table = BODIES if element in FLOATS else BOOLEAN_BODIES if element == i1 else INTEGER_BODIES
    body = MIXED_BODIES.get(type(op)) or table.get(type(op))
    if body is None:
        return f"{op.name} of {element} has no meaning on the cpu target"
    numbers = [single_number(v, rw) for v in op.operands]
    rank = rank_of(op.results[0])
    if all(n is not None or rank_of(v) < rank for n, v in zip(numbers, op.operands, strict=True)):
        numbers = [n if rank_of(v) < rank else None for n, v in zip(numbers, op.operands, strict=True)]
    if all(n is not None for n in numbers):
        numbers[0] = None
    read = [v for v, n in zip(op.operands, numbers, strict=True) if n is None]
    s = Scalars([scalar_type(element_of(v)) for v in read], scalar_type(computed(element)))
    arguments = iter(s.args)
    elements = []
    for value, n in zip(op.operands, numbers, strict=True):
        kind = element_of(value)
        wide = computed(kind)
        elements.append(s.convert(next(arguments), kind, wide) if n is None else s.constant(n, scalar_type(wide)))
    value = body(s, op, *elements)
    to = element_of(op.results[0])
    region = s.region(value if value.type == scalar_type(to) else s.convert(value, computed(to), to))
    replace(op, cpu.MapOp.make(read[0], read[1:], regions=[region]), rw)
    return None
