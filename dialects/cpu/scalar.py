"""Regions of scalar arith and math ops: what they may hold, and what they mean on numpy arrays.

The same table is what the LLVM emitter covers; a test compares the two.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, IntegerType, bf16, f16, f32, f64, i1
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.irdl import IRDLOperation, irdl_op_definition, traits_def, var_operand_def
from xdsl.traits import IsTerminator, NoMemoryEffect

from inferir.core.casts import float_to_integer
from inferir.core.diagnostics import InferError
from inferir.core.types import numpy_dtype


@irdl_op_definition
class YieldOp(IRDLOperation):
    """Ends a scalar region: the values that are stored."""

    name = "cpu.yield"
    values = var_operand_def()
    traits = traits_def(IsTerminator(), NoMemoryEffect())
    assembly_format = "$values attr-dict (`:` type($values)^)?"

    def __init__(self, *values: SSAValue | Operation):
        super().__init__(operands=[list(values)])


def _erf(x: np.ndarray) -> np.ndarray:
    """Abramowitz and Stegun's series and continued fraction in float64, good to float32."""
    x = np.asarray(x, np.float64)
    t = np.abs(x)
    term = total = t.copy()
    for n in range(1, 40):
        term = term * -(t * t) / n
        total = total + term / (2 * n + 1)
    fraction = np.zeros_like(t)
    for n in range(60, 0, -1):
        fraction = n / 2 / (np.maximum(t, 1.0) + fraction)
    far = 1 - np.exp(-t * t) / ((np.maximum(t, 1.0) + fraction) * np.sqrt(np.pi))
    return np.copysign(np.where(t < 2.0, 2 / np.sqrt(np.pi) * total, far), x)


def _unsigned(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """The function on the same bits read as unsigned integers."""

    def apply(*arrays: np.ndarray) -> np.ndarray:
        out = function(*(np.asarray(a).view(f"u{a.itemsize}") for a in arrays))
        return out if out.dtype == np.bool_ else out.view(f"i{out.itemsize}")

    return apply


def _quotient(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b towards zero; the least number over -1 wraps around to itself."""
    down = np.floor_divide(a, b)
    return np.where((np.remainder(a, b) != 0) & ((a < 0) != (b < 0)), down + 1, down)


def _fused(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """a * b + c, rounded once (of doubles twice)."""
    wide = np.asarray(a, np.float64) * np.asarray(b, np.float64) + np.asarray(c, np.float64)
    return wide.astype(np.result_type(a))


MEANING: dict[str, Callable[..., np.ndarray]] = {
    "arith.addf": np.add,
    "arith.subf": np.subtract,
    "arith.mulf": np.multiply,
    "arith.divf": np.divide,
    "arith.negf": np.negative,
    "arith.maximumf": np.maximum,
    "arith.minimumf": np.minimum,
    "arith.maxnumf": np.fmax,
    "arith.minnumf": np.fmin,
    "arith.select": np.where,
    "arith.addi": np.add,
    "arith.subi": np.subtract,
    "arith.muli": np.multiply,
    "arith.divsi": _quotient,
    "arith.divui": _unsigned(np.floor_divide),
    "arith.remsi": np.fmod,
    "arith.remui": _unsigned(np.remainder),
    "arith.maxsi": np.maximum,
    "arith.minsi": np.minimum,
    "arith.maxui": _unsigned(np.maximum),
    "arith.minui": _unsigned(np.minimum),
    "arith.andi": np.bitwise_and,
    "arith.ori": np.bitwise_or,
    "arith.xori": np.bitwise_xor,
    "arith.shli": np.left_shift,
    "arith.shrsi": np.right_shift,
    "arith.shrui": _unsigned(np.right_shift),
    "math.exp": np.exp,
    "math.expm1": np.expm1,
    "math.log": np.log,
    "math.log1p": np.log1p,
    "math.tanh": np.tanh,
    "math.erf": _erf,
    "math.sqrt": np.sqrt,
    "math.rsqrt": lambda x: 1 / np.sqrt(x),
    "math.absf": np.abs,
    "math.absi": np.abs,
    "math.copysign": np.copysign,
    "math.floor": np.floor,
    "math.ceil": np.ceil,
    "math.trunc": np.trunc,
    "math.roundeven": np.rint,
    "math.sin": np.sin,
    "math.cos": np.cos,
    "math.tan": np.tan,
    "math.asin": np.arcsin,
    "math.acos": np.arccos,
    "math.atan": np.arctan,
    "math.sinh": np.sinh,
    "math.cosh": np.cosh,
    "math.asinh": np.arcsinh,
    "math.acosh": np.arccosh,
    "math.atanh": np.arctanh,
    "math.powf": np.power,
    "math.fma": _fused,
}
"""Numpy's function for each op a scalar region may hold, besides constants, comparisons and conversions.

Integers wrap around; a divisor is not zero, a shift is less than the width.
"""

CONVERSIONS: dict[str, Callable[[np.ndarray, np.dtype], np.ndarray]] = {
    "arith.extf": lambda x, to: x.astype(to),
    "arith.truncf": lambda x, to: x.astype(to),
    "arith.extsi": lambda x, to: x.astype(to),
    "arith.extui": lambda x, to: _without_sign(x).astype(to),
    "arith.trunci": lambda x, to: (x & 1).astype(to) if to == np.bool_ else x.astype(to),
    "arith.sitofp": lambda x, to: x.astype(to),
    "arith.uitofp": lambda x, to: _without_sign(x).astype(to),
    "arith.fptosi": float_to_integer,
    "arith.index_cast": lambda x, to: x.astype(to),
    "arith.bitcast": lambda x, to: np.asarray(x).view(to),
}
"""From one type to another. What an integer cannot hold becomes the least one."""

_INTEGER: dict[str, Callable[..., np.ndarray]] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "slt": np.less,
    "sle": np.less_equal,
    "sgt": np.greater,
    "sge": np.greater_equal,
    "ult": _unsigned(np.less),
    "ule": _unsigned(np.less_equal),
    "ugt": _unsigned(np.greater),
    "uge": _unsigned(np.greater_equal),
}
INTEGER_PREDICATES = tuple(_INTEGER)
"""arith.cmpi's predicates by number; LLVM uses the same words."""


def _without_sign(x: np.ndarray) -> np.ndarray:
    return np.asarray(x) if x.dtype == np.bool_ else np.asarray(x).view(f"u{x.itemsize}")


def scalar_type(element: Attribute) -> Attribute:
    """What a region calls an element of a tensor.

    Integers have no sign there, the ops say how they read the bits. What regions do not compute with is its bits: an i8 for float8 and i4.
    """
    if element in _FLOATS or element == i1:
        return element
    return IntegerType(8 * numpy_dtype(element).itemsize)


_FLOATS = frozenset({f16, bf16, f32, f64})


def as_scalars(array: np.ndarray, type: Attribute) -> np.ndarray:
    """Elements of a tensor as a region takes them."""
    to, array = numpy_dtype(type), np.asarray(array)
    is_bits = isinstance(type, IntegerType) and array.dtype.kind not in "iub"
    return array.view(to) if is_bits else array.astype(to, copy=False)


def as_elements(array: np.ndarray, element: Attribute) -> np.ndarray:
    """What a region yields as elements of a tensor."""
    to = numpy_dtype(element)
    is_bits = array.dtype.kind in "iu" and to.kind not in "iubf" and to.itemsize == array.dtype.itemsize
    return np.ascontiguousarray(array).view(to).reshape(array.shape) if is_bits else array


_ORDERED: dict[str, Callable[..., np.ndarray]] = {
    "eq": np.equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "lt": np.less,
    "le": np.less_equal,
}
PREDICATES = ("false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true")
"""arith.cmpf's predicates by number; LLVM uses the same words."""


def _compare(predicate: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    unordered = np.isnan(a) | np.isnan(b)
    match predicate:
        case "true" | "false":
            return np.full(np.broadcast(a, b).shape, predicate == "true")
        case "ord" | "uno":
            return unordered if predicate == "uno" else ~unordered
        case "one":
            return (a != b) & ~unordered
        case "une":
            return a != b
    held = _ORDERED[predicate[1:]](a, b)
    return held | unordered if predicate[0] == "u" else held


def constant_of(op: arith.ConstantOp) -> float | int | bool:
    """The Python value of a scalar constant."""
    value = op.value
    if isinstance(value, FloatAttr):
        return value.value.data
    assert isinstance(value, IntegerAttr)
    if value.type == i1:
        return bool(value.value.data)
    width = numpy_dtype(value.type).itemsize * 8
    return (value.value.data + (1 << width - 1)) % (1 << width) - (1 << width - 1)


def evaluate_step(op: Operation, operands: Sequence[Any]) -> np.ndarray:
    """One scalar op on arrays that broadcast against each other."""
    to = numpy_dtype(op.results[0].type)
    if isinstance(op, arith.ConstantOp):
        return np.asarray(constant_of(op), to)
    if isinstance(op, arith.CmpfOp):
        return _compare(PREDICATES[op.predicate.value.data], *operands)
    if isinstance(op, arith.CmpiOp):
        return _INTEGER[INTEGER_PREDICATES[op.predicate.value.data]](*operands)
    if op.name in CONVERSIONS:
        return CONVERSIONS[op.name](operands[0], to)
    if op.name in MEANING:
        return np.asarray(MEANING[op.name](*operands)).astype(to, copy=False)
    raise InferError(f"{op.name} may not stand in a scalar region", op.location)


def evaluate_block(block: Block, *arguments: np.ndarray) -> list[np.ndarray]:
    """Run a scalar block on arrays that broadcast against each other; gives what it yields."""
    values: dict[SSAValue, np.ndarray] = {a: as_scalars(v, a.type) for a, v in zip(block.args, arguments, strict=True)}
    with np.errstate(all="ignore"):
        for op in block.ops:
            operands = [values[o] for o in op.operands]
            if isinstance(op, YieldOp):
                return operands
            values[op.results[0]] = evaluate_step(op, operands)
    raise InferError("a scalar region ends in cpu.yield")


def evaluate_region(region: Region, *arguments: np.ndarray) -> np.ndarray:
    """The one value a scalar region yields, in the shape its arguments broadcast to."""
    (out,) = evaluate_block(region.block, *arguments)
    return np.broadcast_to(out, np.broadcast_shapes(*(np.shape(a) for a in arguments), np.shape(out)))
