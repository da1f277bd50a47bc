"""Elementwise ops: each is a cpu.map whose region says what happens to one element. `fuse-epilogue` joins them."""

from collections.abc import Callable
from typing import Any

from xdsl.dialects import math
from xdsl.ir import Operation, SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.rewriting import constant_attribute_of, constant_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.base import Elementwise
from inferir.passes.cpu.inference_to_cpu.building import Scalars, not_float, replace

Body = Callable[..., SSAValue]

BODIES: dict[str, Body] = {
    "inference.add": lambda s, op, a, b: s.add(a, b),
    "inference.sub": lambda s, op, a, b: s.sub(a, b),
    "inference.mul": lambda s, op, a, b: s.mul(a, b),
    "inference.div": lambda s, op, a, b: s.div(a, b),
    "inference.sqrt": lambda s, op, x: s.do(math.SqrtOp, x),
    "inference.relu": lambda s, op, x: s.max(x, s.const(0.0)),
}
"""What each elementwise op does to its operands' elements: (scalars, op, *elements) -> element."""


def single_number(value: SSAValue, rw: Rewriter) -> float | None:
    """The number a constant of one element holds, if it may be looked at for nothing."""
    attribute = constant_attribute_of(value)
    if attribute is None:
        return None
    lazy = constant_of(value, rw.ctx)
    return float(lazy.numpy().reshape(-1)[0]) if lazy is not None and lazy.size == 1 else None


@rewrites(Elementwise)
def elementwise(op: Elementwise, rw: Rewriter) -> str | None:
    """One map; constants of one element become numbers in its region."""
    body = BODIES.get(op.name)
    if body is None:
        return "no scalar form for it"
    reason = not_float(*op.operands, *op.results)
    if reason is not None:
        return reason
    numbers = [single_number(v, rw) for v in op.operands]
    if all(n is not None for n in numbers):
        numbers[0] = None
    read = [v for v, n in zip(op.operands, numbers, strict=True) if n is None]
    scalars = Scalars(len(read))
    arguments = iter(scalars.args)
    elements = [next(arguments) if n is None else scalars.const(n) for n in numbers]
    region = scalars.region(body(scalars, op, *elements))
    made: Operation = cpu.MapOp.make(read[0], read[1:], regions=[region])
    if len(made.results[0].type.get_shape()) != len(op.results[0].type.get_shape()):  # pyright: ignore
        return "a constant operand widens the result"
    replace(op, made, rw)
    return None
