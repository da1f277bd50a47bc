"""Elementwise ops: each is a cpu.map whose region says what happens to one element. `fuse-epilogue` joins them."""

from collections.abc import Callable

from xdsl.dialects import math
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.core.rewriting import constant_attribute_of, constant_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.inference.base import Elementwise
from inferir.passes.cpu.inference_to_cpu.building import Scalars, not_float, rank_of, replace

Body = Callable[..., SSAValue]

BODIES: dict[type[Elementwise], Body] = {
    inf.AddOp: lambda s, op, a, b: s.add(a, b),
    inf.SubOp: lambda s, op, a, b: s.sub(a, b),
    inf.MulOp: lambda s, op, a, b: s.mul(a, b),
    inf.DivOp: lambda s, op, a, b: s.div(a, b),
    inf.SqrtOp: lambda s, op, x: s.do(math.SqrtOp, x),
    inf.ReluOp: lambda s, op, x: s.max(x, s.const(0.0)),
}
"""What each elementwise op does to its operands' elements: (scalars, op, *elements) -> element."""


def single_number(value: SSAValue, rw: Rewriter) -> float | None:
    """The number a constant of one element holds, if it may be looked at for nothing."""
    attribute = constant_attribute_of(value)
    if attribute is None:
        return None
    lazy = constant_of(value, rw.ctx)
    return float(lazy.numpy().reshape(-1)[0]) if lazy is not None and lazy.size == 1 else None


@rewrites(*BODIES)
def elementwise(op: Elementwise, rw: Rewriter) -> str | None:
    """One map; constants of one element become numbers in its region."""
    reason = not_float(*op.operands, *op.results)
    if reason is not None:
        return reason
    numbers = [single_number(v, rw) for v in op.operands]
    rank = rank_of(op.results[0])
    if all(n is not None or rank_of(v) < rank for n, v in zip(numbers, op.operands, strict=True)):
        numbers = [n if rank_of(v) < rank else None for n, v in zip(numbers, op.operands, strict=True)]
    if all(n is not None for n in numbers):
        numbers[0] = None
    read = [v for v, n in zip(op.operands, numbers, strict=True) if n is None]
    scalars = Scalars(len(read))
    arguments = iter(scalars.args)
    elements = [next(arguments) if n is None else scalars.const(n) for n in numbers]
    region = scalars.region(BODIES[type(op)](scalars, op, *elements))
    replace(op, cpu.MapOp.make(read[0], read[1:], regions=[region]), rw)
    return None
