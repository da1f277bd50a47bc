"""Folding of arith ops on scalars whose operands are known: comparisons, casts, selections, float arithmetic.

xDSL 0.74 folds integer arithmetic only. Integers wrap at their width, `index` is 64 bits wide; floats are rounded to their type.
"""

import math
import operator
from collections.abc import Callable, Sequence

import numpy as np
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, Float32Type, Float64Type, FloatAttr, IndexType, IntegerAttr, IntegerType
from xdsl.ir import Attribute, Operation, SSAValue

Known = Sequence[Attribute | None]
Folded = Attribute | SSAValue | None

EQUAL, LESS, LESS_EQUAL, MORE, MORE_EQUAL, DIFFERENT = operator.eq, operator.lt, operator.le, operator.gt, operator.ge, operator.ne
INTEGER_PREDICATES = (EQUAL, DIFFERENT, LESS, LESS_EQUAL, MORE, MORE_EQUAL, LESS, LESS_EQUAL, MORE, MORE_EQUAL)
"""arith.cmpi's, by number: eq, ne, then the signed and the unsigned slt, sle, sgt, sge."""
FIRST_UNSIGNED = 6
FLOAT_PREDICATES = (EQUAL, MORE, MORE_EQUAL, LESS, LESS_EQUAL, DIFFERENT)
"""arith.cmpf's: oeq, ogt, oge, olt, ole, one are 1 to 6, ord is 7; ueq to une 8 to 13, uno is 14; false 0, true 15."""


def fold(op: Operation, known: Known) -> Folded:
    """The value of an op with one result, of whose operands some are known; None where it is not known."""
    rule = _RULES.get(op.name)
    return rule(op, known) if rule is not None else None


def width(type: Attribute) -> int | None:
    """The bits of an integer type, 64 for `index`; None for other types."""
    return 64 if isinstance(type, IndexType) else type.width.data if isinstance(type, IntegerType) else None


def unsigned(value: IntegerAttr) -> int:
    """An integer's bits as an unsigned number."""
    return value.value.data % (1 << (width(value.type) or 64))


def signed(value: IntegerAttr) -> int:
    """An integer's bits as a signed number."""
    bits = width(value.type) or 64
    number = unsigned(value)
    return number - (1 << bits) if bits and number >> (bits - 1) else number


def _integer(value: int, type: Attribute) -> Folded:
    bits = width(type)
    if bits is None or not isinstance(type, IntegerType | IndexType):
        return None
    wrapped = value % (1 << bits)
    return IntegerAttr(wrapped - (1 << bits) if bits and wrapped >> (bits - 1) else wrapped, type)


def _float(value: float, type: Attribute) -> Folded:
    if isinstance(type, Float64Type):
        return FloatAttr(value, type)
    if isinstance(type, Float32Type):
        with np.errstate(all="ignore"):
            return FloatAttr(float(np.float32(value)), type)
    return None


def _integers(known: Known) -> list[IntegerAttr] | None:
    found = [a for a in known if isinstance(a, IntegerAttr)]
    return found if len(found) == len(known) else None


def _floats(known: Known) -> list[float] | None:
    found = [a.value.data for a in known if isinstance(a, FloatAttr) and isinstance(a.type, Float32Type | Float64Type)]
    return found if len(found) == len(known) else None


def _cmpi(op: Operation, known: Known) -> Folded:
    found, predicate = _integers(known), op.properties["predicate"]
    if found is None or not isinstance(predicate, IntegerAttr):
        return None
    number = predicate.value.data
    a, b = (unsigned(v) if number >= FIRST_UNSIGNED else signed(v) for v in found)
    return _integer(int(INTEGER_PREDICATES[number](a, b)), op.results[0].type)


def _cmpf(op: Operation, known: Known) -> Folded:
    found, predicate = _floats(known), op.properties["predicate"]
    if found is None or not isinstance(predicate, IntegerAttr):
        return None
    number, (a, b) = predicate.value.data, found
    unordered = math.isnan(a) or math.isnan(b)
    if number in (0, 15):
        answer = number == 15
    elif number in (7, 14):
        answer = unordered == (number == 14)
    else:
        answer = number >= 8 if unordered else FLOAT_PREDICATES[(number - 1) % 7](a, b)
    return _integer(int(answer), op.results[0].type)


def _select(op: Operation, known: Known) -> Folded:
    _, then, other = op.operands
    if isinstance(known[0], IntegerAttr):
        return then if known[0].value.data else other
    return then if then is other else None


def _of_integer(convert: Callable[[IntegerAttr], int]) -> Callable[[Operation, Known], Folded]:
    def rule(op: Operation, known: Known) -> Folded:
        return _integer(convert(known[0]), op.results[0].type) if isinstance(known[0], IntegerAttr) else None

    return rule


def _to_float(convert: Callable[[IntegerAttr], int]) -> Callable[[Operation, Known], Folded]:
    def rule(op: Operation, known: Known) -> Folded:
        return _float(float(convert(known[0])), op.results[0].type) if isinstance(known[0], IntegerAttr) else None

    return rule


def _of_floats(compute: Callable[..., float]) -> Callable[[Operation, Known], Folded]:
    def rule(op: Operation, known: Known) -> Folded:
        found = _floats(known)
        if found is None:
            return None
        with np.errstate(all="ignore"):
            kind = np.float32 if isinstance(op.results[0].type, Float32Type) else np.float64
            return _float(float(compute(*(kind(v) for v in found))), op.results[0].type)

    return rule


def _absorbed(op: Operation, known: Known) -> Folded:
    """x * 0 = 0 and x & 0 = 0"""
    zero = any(isinstance(a, IntegerAttr) and a.value.data == 0 for a in known)
    return _integer(0, op.results[0].type) if zero else None


def _cancelled(op: Operation, known: Known) -> Folded:
    """x - x = 0 and x ^ x = 0"""
    return _integer(0, op.results[0].type) if op.operands[0] is op.operands[1] else None


def _by_one(op: Operation, known: Known) -> Folded:
    """x / 1 = x, of tensors and vectors too"""
    divisor = known[1]
    if isinstance(divisor, DenseIntOrFPElementsAttr) and divisor.is_splat():
        divisor = next(iter(divisor.get_attrs()))
    bits = width(divisor.type) if isinstance(divisor, IntegerAttr) else None
    return op.operands[0] if isinstance(divisor, IntegerAttr) and divisor.value.data == 1 and bits != 1 else None


_RULES: dict[str, Callable[[Operation, Known], Folded]] = {
    "arith.cmpi": _cmpi,
    "arith.cmpf": _cmpf,
    "arith.select": _select,
    "arith.trunci": _of_integer(signed),
    "arith.extsi": _of_integer(signed),
    "arith.extui": _of_integer(unsigned),
    "arith.index_cast": _of_integer(signed),
    "arith.index_castui": _of_integer(unsigned),
    "arith.sitofp": _to_float(signed),
    "arith.uitofp": _to_float(unsigned),
    "arith.negf": _of_floats(np.negative),
    "arith.addf": _of_floats(np.add),
    "arith.subf": _of_floats(np.subtract),
    "arith.mulf": _of_floats(np.multiply),
    "arith.divf": _of_floats(np.divide),
    "arith.divsi": _by_one,
    "arith.divui": _by_one,
    "arith.ceildivsi": _by_one,
    "arith.ceildivui": _by_one,
    "arith.floordivsi": _by_one,
    "arith.muli": _absorbed,
    "arith.andi": _absorbed,
    "arith.subi": _cancelled,
    "arith.xori": _cancelled,
    "arith.extf": _of_floats(lambda value: value),
}

FOLDED = frozenset(_RULES)
"""The names of the ops that `fold` knows."""
