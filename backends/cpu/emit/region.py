"""Scalar regions to vector instructions: each scalar op of the region is one step on LANES lanes."""

from collections.abc import Callable, Sequence

import numpy as np
from xdsl.dialects import arith, math
from xdsl.dialects.builtin import BFloat16Type, Float16Type, Float64Type, FloatAttr, f32, i32
from xdsl.ir import Attribute, Operation, Region, SSAValue

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.elements import element
from inferir.backends.cpu.emit.reals import Reals
from inferir.backends.cpu.emit.text import INTS, LANES, MASK, VECTOR, Function, splat
from inferir.core.diagnostics import InferError
from inferir.core.types import numpy_dtype
from inferir.dialects.cpu.scalar import INTEGER_PREDICATES, PREDICATES, YieldOp, constant_of

Step = Callable[..., str]
"""(function, LLVM type of the operands, operands...) -> result"""


def _instruction(name: str) -> Step:
    return lambda f, t, a, b: f.let(f"{name} <{LANES} x {t}> {a}, {b}")


def _intrinsic(name: str) -> Step:
    return lambda f, t, *operands: f.lanewise(name, *operands, type=t)


def _real(name: str) -> Step:
    return lambda f, t, *operands: getattr(Reals(f, t), name)(*operands)


def _extreme(predicate: str, strict: str) -> Step:
    """Maximum or minimum that hands NaN on; a constant operand cannot be NaN, which saves the test for it."""

    def step(f: Function, t: str, a: str, b: str) -> str:
        if a.startswith("splat"):
            a, b = b, a
        if b.startswith("splat"):
            r = Reals(f, t)
            return r.select(r.compare(predicate, b, a), b, a)
        return f.lanewise(strict, a, b, type=t)

    return step


STEPS: dict[str, Step] = {
    "arith.addf": _instruction("fadd"),
    "arith.subf": _instruction("fsub"),
    "arith.mulf": _instruction("fmul"),
    "arith.divf": _instruction("fdiv"),
    "arith.negf": lambda f, t, x: f.let(f"fneg <{LANES} x {t}> {x}"),
    "arith.maximumf": _extreme("ogt", "llvm.maximum"),
    "arith.minimumf": _extreme("olt", "llvm.minimum"),
    "arith.maxnumf": _intrinsic("llvm.maxnum"),
    "arith.minnumf": _intrinsic("llvm.minnum"),
    "arith.select": lambda f, t, mask, a, b: f.let(f"select {MASK} {mask}, <{LANES} x {t}> {a}, <{LANES} x {t}> {b}"),
    "arith.addi": _instruction("add"),
    "arith.subi": _instruction("sub"),
    "arith.muli": _instruction("mul"),
    "arith.divsi": _instruction("sdiv"),
    "arith.divui": _instruction("udiv"),
    "arith.remsi": _instruction("srem"),
    "arith.remui": _instruction("urem"),
    "arith.maxsi": _intrinsic("llvm.smax"),
    "arith.minsi": _intrinsic("llvm.smin"),
    "arith.maxui": _intrinsic("llvm.umax"),
    "arith.minui": _intrinsic("llvm.umin"),
    "arith.andi": _instruction("and"),
    "arith.ori": _instruction("or"),
    "arith.xori": _instruction("xor"),
    "arith.shli": _instruction("shl"),
    "arith.shrsi": _instruction("ashr"),
    "arith.shrui": _instruction("lshr"),
    "math.exp": _real("exp"),
    "math.expm1": _real("expm1"),
    "math.log": _real("log"),
    "math.log1p": _real("log1p"),
    "math.tanh": _real("tanh"),
    "math.erf": _real("erf"),
    "math.sqrt": _intrinsic("llvm.sqrt"),
    "math.rsqrt": lambda f, t, x: f.let(f"fdiv <{LANES} x {t}> {splat(1.0, t)}, {f.lanewise('llvm.sqrt', x, type=t)}"),
    "math.absf": _intrinsic("llvm.fabs"),
    "math.absi": lambda f, t, x: f.lanewise("llvm.smax", x, f.let(f"sub <{LANES} x {t}> zeroinitializer, {x}"), type=t),
    "math.copysign": _intrinsic("llvm.copysign"),
    "math.floor": _intrinsic("llvm.floor"),
    "math.ceil": _intrinsic("llvm.ceil"),
    "math.trunc": _intrinsic("llvm.trunc"),
    "math.roundeven": _intrinsic("llvm.roundeven"),
    "math.sin": lambda f, t, x: Reals(f, t).sin_cos(x, 0),
    "math.cos": lambda f, t, x: Reals(f, t).sin_cos(x, 1),
    "math.tan": _real("tan"),
    "math.asin": _real("asin"),
    "math.acos": _real("acos"),
    "math.atan": _real("atan"),
    "math.sinh": _real("sinh"),
    "math.cosh": _real("cosh"),
    "math.asinh": _real("asinh"),
    "math.acosh": _real("acosh"),
    "math.atanh": _real("atanh"),
    "math.powf": _real("power"),
    "math.fma": lambda f, t, a, b, c: f.fma(a, b, c, t),
}
"""Instructions for each op of `dialects.cpu.scalar.MEANING`."""

EXPENSIVE = frozenset(n for n, step in STEPS.items() if step.__qualname__.startswith("_real")) | {"math.sin", "math.cos"}
"""Ops of a dozen instructions and more: not repeated for every accumulator of a tile."""


def emit_region(f: Function, region: Region, arguments: Sequence[str]) -> list[str]:
    """The vectors the region yields for vectors of arguments; an empty region yields its first argument."""
    if not region.blocks:
        return [arguments[0]]
    values: dict[SSAValue, str] = dict(zip(region.block.args, arguments, strict=True))
    for op in region.block.ops:
        operands = [values[o] for o in op.operands]
        if isinstance(op, YieldOp):
            return operands
        nearest = op.operands[0].owner if isinstance(op, arith.FPToSIOp) else None
        if isinstance(nearest, math.RoundEvenOp) and op.results[0].type == i32 and op.operands[0].type == f32:
            values[op.results[0]] = _nearest(f, values[nearest.operands[0]])
            continue
        values[op.results[0]] = emit_step(f, op, operands)
    raise InferError("a scalar region ends in cpu.yield")


def _nearest(f: Function, x: str) -> str:
    """The nearest whole numbers, halves to even: one instruction for a rounding and a conversion."""
    f.declarations.add(f"declare {INTS} @llvm.lrint.v{LANES}i32.v{LANES}f32({VECTOR})")
    return f.let(f"call {INTS} @llvm.lrint.v{LANES}i32.v{LANES}f32({VECTOR} {x})")


def emit_step(f: Function, op: Operation, operands: Sequence[str]) -> str:
    """One scalar op on vectors."""
    result = op.results[0].type
    if isinstance(op, arith.ConstantOp):
        if isinstance(result, BFloat16Type):
            return splat(int(np.asarray(constant_of(op), numpy_dtype(result)).view(np.int16)), "i16")
        return splat(constant_of(op), element(result).value)
    type = element(op.operands[-1].type).value
    if isinstance(op, arith.CmpfOp | arith.CmpiOp):
        number = op.predicate.value.data
        word = f"fcmp {PREDICATES[number]}" if isinstance(op, arith.CmpfOp) else f"icmp {INTEGER_PREDICATES[number]}"
        return f.let(f"{word} <{LANES} x {type}> {operands[0]}, {operands[1]}")
    if op.name in CONVERSIONS:
        return CONVERSIONS[op.name](f, op.operands[0].type, result, operands[0])
    if op.name == "math.powf" and isinstance(op.operands[1].owner, arith.ConstantOp) and type == "float":
        return vector.power_of(f, operands[0], float(constant_of(op.operands[1].owner)))
    if op.name not in STEPS:
        raise InferError(f"the cpu backend has no code for {op.name} in a scalar region", op.location)
    return STEPS[op.name](f, type, *operands)


def _convert(instruction: str) -> Callable[[Function, Attribute, Attribute, str], str]:
    def step(f: Function, source: Attribute, target: Attribute, x: str) -> str:
        return f.let(f"{instruction} <{LANES} x {element(source).value}> {x} to <{LANES} x {element(target).value}>")

    return step


def _extend(f: Function, source: Attribute, target: Attribute, x: str) -> str:
    """A bfloat16 is the upper half of a float."""
    if not isinstance(source, BFloat16Type):
        return _convert("fpext")(f, source, target, x)
    wide = f.let(f"zext <{LANES} x i16> {x} to {vector.INTS}")
    single = vector.as_floats(f, f.let(f"shl {vector.INTS} {wide}, splat (i32 16)"))
    return f.let(f"fpext {vector.VECTOR} {single} to <{LANES} x double>") if isinstance(target, Float64Type) else single


def _truncate(f: Function, source: Attribute, target: Attribute, x: str) -> str:
    """To the nearest, halves to the even one."""
    if isinstance(source, Float64Type) and isinstance(target, Float16Type | BFloat16Type):
        x = _to_odd(f, x) if isinstance(target, Float16Type) else f.let(f"fptrunc <{LANES} x double> {x} to {vector.VECTOR}")
    if isinstance(target, Float16Type):
        return f.let(f"fptrunc {vector.VECTOR} {x} to <{LANES} x half>")
    if not isinstance(target, BFloat16Type):
        return _convert("fptrunc")(f, source, target, x)
    bits = vector.as_ints(f, x)
    upper = f.let(f"lshr {vector.INTS} {bits}, splat (i32 16)")
    last = f.let(f"and {vector.INTS} {upper}, splat (i32 1)")
    biased = f.let(f"add {vector.INTS} {last}, splat (i32 32767)")
    rounded = f.let(f"lshr {vector.INTS} {f.let(f'add {vector.INTS} {bits}, {biased}')}, splat (i32 16)")
    quiet = f.let(f"or {vector.INTS} {upper}, splat (i32 64)")
    nan = vector.compare(f, "uno", x, x)
    return f.let(f"trunc {vector.INTS} {f.let(f'select {MASK} {nan}, {vector.INTS} {quiet}, {vector.INTS} {rounded}')} to <{LANES} x i16>")


def _to_odd(f: Function, x: str) -> str:
    """Doubles as floats; an inexact one gets the neighbour whose last bit is set, so that rounding once more is right."""
    double = f"<{LANES} x double>"
    near = f.let(f"fptrunc {double} {x} to {vector.VECTOR}")
    back = f.let(f"fpext {vector.VECTOR} {near} to {double}")
    bits = vector.as_ints(f, near)
    inexact = f.let(f"fcmp one {double} {back}, {x}")
    even = f.let(f"icmp eq {vector.INTS} {f.let(f'and {vector.INTS} {bits}, splat (i32 1)')}, zeroinitializer")
    above = f.let(f"fcmp ogt {double} {f.lanewise('llvm.fabs', back, type='double')}, {f.lanewise('llvm.fabs', x, type='double')}")
    step = f.let(f"select {MASK} {above}, {vector.INTS} splat (i32 -1), {vector.INTS} splat (i32 1)")
    moved = f.let(f"add {vector.INTS} {bits}, {step}")
    wanted = f.let(f"and {MASK} {inexact}, {even}")
    return vector.as_floats(f, f.let(f"select {MASK} {wanted}, {vector.INTS} {moved}, {vector.INTS} {bits}"))


CONVERSIONS: dict[str, Callable[[Function, Attribute, Attribute, str], str]] = {
    "arith.extf": _extend,
    "arith.truncf": _truncate,
    "arith.extsi": _convert("sext"),
    "arith.extui": _convert("zext"),
    "arith.trunci": _convert("trunc"),
    "arith.sitofp": _convert("sitofp"),
    "arith.uitofp": _convert("uitofp"),
    "arith.fptosi": _convert("fptosi"),
    "arith.bitcast": _convert("bitcast"),
}
"""Instructions for each op of `dialects.cpu.scalar.CONVERSIONS`."""


def region_key(region: Region) -> tuple:
    """Equal for regions that compute the same in the same way, whatever their values are called."""
    if not region.blocks:
        return ()
    numbers: dict[SSAValue, int] = {a: i for i, a in enumerate(region.block.args)}
    key = []
    for op in region.block.ops:
        attributes = tuple(sorted((n, _spelling(a)) for n, a in (*op.properties.items(), *op.attributes.items())))
        key.append((op.name, attributes, tuple(numbers[o] for o in op.operands), tuple(r.type for r in op.results)))
        for result in op.results:
            numbers[result] = len(numbers)
    return tuple(key)


def _spelling(attribute: object) -> str:
    return attribute.value.data.hex() if isinstance(attribute, FloatAttr) else str(attribute)


def is_expensive(region: Region) -> bool:
    """Whether the region's code is too long to repeat for every register of a tile."""
    ops = list(region.block.ops) if region.blocks else []
    return len(ops) > 12 or any(op.name in EXPENSIVE for op in ops)
