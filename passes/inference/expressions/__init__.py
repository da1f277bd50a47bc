"""Products and sums seen through the ops that compute them: what recognising a formula needs, whatever order its parts come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from xdsl.ir import Operation, SSAValue

from inferir.core import Rewriter
from inferir.dialects import inference as inf


@dataclass
class Terms:
    """The parts that a nest of one op joins: a number, and values that are not numbers."""

    constant: float
    values: list[SSAValue] = field(default_factory=list)
    ops: list[Operation] = field(default_factory=list)
    """The ops that join them."""


def product_of(value: SSAValue, rw: Rewriter) -> Terms:
    """The factors of a value, through multiplications that nothing else uses."""
    return _collect(value, inf.MulOp, lambda a, b: a * b, Terms(1.0), rw)


def sum_of(value: SSAValue, rw: Rewriter) -> Terms:
    """The summands of a value, through additions that nothing else uses."""
    return _collect(value, inf.AddOp, lambda a, b: a + b, Terms(0.0), rw)


def power_of(terms: Terms, x: SSAValue, rw: Rewriter) -> float | None:
    """n where a product is constant * x ** n, None where it has other factors."""
    total = 0.0
    for value in terms.values:
        if value == x:
            total += 1
        elif isinstance(value.owner, inf.PowOp) and value.owner.lhs == x and (n := number(value.owner.rhs, rw)) is not None:
            total += n
        elif isinstance(value.owner, inf.MulOp) and value.owner.lhs == value.owner.rhs == x:
            total += 2
        else:
            return None
    return total


def number(value: SSAValue, rw: Rewriter) -> float | None:
    """The one number of a constant, None for anything else."""
    array = rw.written_out(value)
    if array is None or array.size == 0 or (array != array.reshape(-1)[0]).any():
        return None
    return float(array.reshape(-1)[0])


def _collect(
    value: SSAValue, kind: type[inf.Binary], join: Callable[[float, float], float], found: Terms, rw: Rewriter, root: bool = True
) -> Terms:
    constant = number(value, rw)
    op = value.owner
    if constant is not None:
        found.constant = join(found.constant, constant)
    elif isinstance(op, kind) and (root or value.has_one_use()):
        found.ops.append(op)
        _collect(op.lhs, kind, join, found, rw, False)
        _collect(op.rhs, kind, join, found, rw, False)
    else:
        found.values.append(value)
    return found
