"""Recognise gelu in its parts.

  %0 = inference.mul %x, %c : ...            c = 1 / sqrt(2)
  %1 = inference.erf %0 : ...
  %2 = inference.add %1, %one : ...
  %3 = inference.mul %x, %2 : ...
  %4 = inference.mul %3, %half : ...
becomes
  %4 = inference.gelu %x : ...

and likewise the tanh approximation, x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))). Factors may come in any order.
"""

import math

from xdsl.ir import SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions import Terms, power_of, product_of, sum_of


def is_close(a: float, b: float) -> bool:
    """Whether a written constant is meant to be b."""
    return math.isclose(a, b, rel_tol=1e-4)


def one_plus(value: SSAValue, kind: type[inf.Unary], rw: Rewriter) -> SSAValue | None:
    """y of 1 + f(y), None where the value is something else."""
    terms = sum_of(value, rw)
    if terms.constant != 1 or len(terms.values) != 1 or not isinstance(terms.values[0].owner, kind):
        return None
    return terms.values[0].owner.x


def split_off(product: Terms, kind: type[inf.Unary], rw: Rewriter) -> tuple[SSAValue, SSAValue] | None:
    """(x, y) of x * (1 + f(y))."""
    if len(product.values) != 2:
        return None
    for x, other in (product.values, product.values[::-1]):
        inner = one_plus(other, kind, rw)
        if inner is not None:
            return x, inner
    return None


@rewrites(inf.MulOp)
def gelu(op: inf.MulOp, rw: Rewriter) -> str | None:
    """x / 2 * (1 + erf(x / sqrt(2))) = gelu(x)"""
    product = product_of(op.result, rw)
    found = split_off(product, inf.ErfOp, rw)
    if found is None or not is_close(product.constant, 0.5):
        return "it is not x / 2 * (1 + erf(..))"
    x, inner = found
    argument = product_of(inner, rw)
    if argument.values != [x] or not is_close(argument.constant, math.sqrt(0.5)):
        return "erf is not of x / sqrt(2)"
    rw.replace(op, inf.GeluOp.make(x), sources=product.ops)


@rewrites(inf.MulOp)
def gelu_tanh(op: inf.MulOp, rw: Rewriter) -> str | None:
    """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) = gelu(x), approximately"""
    product = product_of(op.result, rw)
    found = split_off(product, inf.TanhOp, rw)
    if found is None or not is_close(product.constant, 0.5):
        return "it is not x / 2 * (1 + tanh(..))"
    x, inner = found
    if not is_cubic(inner, x, rw):
        return "tanh is not of sqrt(2 / pi) * (x + 0.044715 * x^3)"
    rw.replace(op, inf.GeluOp.make(x, approximate="tanh"), sources=product.ops)


def is_cubic(value: SSAValue, x: SSAValue, rw: Rewriter) -> bool:
    """Whether a value is sqrt(2 / pi) * (x + 0.044715 * x^3), or sqrt(2 / pi) * x * (1 + 0.044715 * x^2)."""
    outer = product_of(value, rw)
    if not is_close(outer.constant, math.sqrt(2 / math.pi)):
        return False
    rest = [v for v in outer.values if v != x]
    if len(rest) != 1:
        return False
    terms = sum_of(rest[0], rw)
    curved = [product_of(v, rw) for v in terms.values if v != x]
    if len(curved) != 1 or not is_close(curved[0].constant, 0.044715):
        return False
    outside = len(outer.values) - 1
    plain = (1, 0.0) if outside == 0 else (0, 1.0)
    return outside < 2 and (len(terms.values) - 1, terms.constant) == plain and power_of(curved[0], x, rw) == 3 - outside


class FuseGelu(Pass):
    """Five passes over memory become one, and a target may compute it with one polynomial."""

    patterns = (gelu, gelu_tanh)
