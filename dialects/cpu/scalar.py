"""Regions of scalar arith and math ops: what they may hold, and what they mean on numpy arrays.

The same table is what the LLVM emitter covers; a test compares the two.
"""

from collections.abc import Callable

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import FloatAttr, IntegerAttr
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.irdl import IRDLOperation, irdl_op_definition, traits_def, var_operand_def
from xdsl.traits import IsTerminator, NoMemoryEffect

from inferir.core.diagnostics import InferError


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
    "arith.andi": np.logical_and,
    "arith.ori": np.logical_or,
    "arith.xori": np.logical_xor,
    "math.exp": np.exp,
    "math.log": np.log,
    "math.tanh": np.tanh,
    "math.erf": _erf,
    "math.sqrt": np.sqrt,
    "math.rsqrt": lambda x: 1 / np.sqrt(x),
    "math.absf": np.abs,
    "math.floor": np.floor,
    "math.ceil": np.ceil,
    "math.roundeven": np.rint,
    "math.sin": np.sin,
    "math.cos": np.cos,
    "math.powf": np.power,
    "math.fma": lambda a, b, c: a * b + c,
}
"""Numpy's function for each op a scalar region may hold, besides arith.constant and arith.cmpf."""

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


def constant_of(op: arith.ConstantOp) -> float | bool:
    """The Python value of a scalar constant."""
    value = op.value
    if isinstance(value, FloatAttr):
        return value.value.data
    assert isinstance(value, IntegerAttr)
    return bool(value.value.data)


def evaluate_block(block: Block, *arguments: np.ndarray) -> list[np.ndarray]:
    """Run a scalar block on arrays that broadcast against each other; gives what it yields."""
    values: dict[SSAValue, np.ndarray] = dict(zip(block.args, arguments, strict=True))
    with np.errstate(all="ignore"):
        for op in block.ops:
            operands = [values[o] for o in op.operands]
            if isinstance(op, YieldOp):
                return operands
            if isinstance(op, arith.ConstantOp):
                constant = constant_of(op)
                values[op.result] = np.asarray(constant, bool if isinstance(constant, bool) else np.float32)
            elif isinstance(op, arith.CmpfOp):
                values[op.result] = _compare(PREDICATES[op.predicate.value.data], *operands)
            elif op.name in MEANING:
                out = MEANING[op.name](*operands)
                values[op.results[0]] = out if out.dtype == np.bool_ else out.astype(np.float32)
            else:
                raise InferError(f"{op.name} may not stand in a scalar region", op.location)
    raise InferError("a scalar region ends in cpu.yield")


def evaluate_region(region: Region, *arguments: np.ndarray) -> np.ndarray:
    """The one value a scalar region yields, in the shape its arguments broadcast to."""
    (out,) = evaluate_block(region.block, *arguments)
    return np.broadcast_to(out, np.broadcast_shapes(*(np.shape(a) for a in arguments), np.shape(out)))
