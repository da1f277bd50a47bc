"""Compute elementwise ops where their operand is still in registers.

  %0 = cpu.conv2d %x, %w, %b {acc + b} : ...
  %1 = cpu.map %0, %r {a + r} : ...
  %2 = cpu.map %1 {max(a, 0)} : ...
becomes
  %2 = cpu.conv2d %x, %w, %b, %r {max(acc + b + r, 0)} : ...
"""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, Operation, SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.types import element_of, is_open, numpy_dtype, shape_of
from inferir.dialects import cpu
from inferir.passes.cpu.fusion.regions import joined, size

PRODUCERS: tuple[type[cpu.Level3Op], ...] = (cpu.GemmOp, cpu.Conv2dOp, cpu.Dwconv2dOp, cpu.MapOp, cpu.Pool2dOp, cpu.NormOp, cpu.ReduceOp)
"""Kernels that apply an epilogue, those that gain most by it first."""
MOST_OPS = 64
MOST_OPERANDS = 32
"""Of one kernel. Beyond, an element takes much longer to compute than to load and store, and machine code longer than in proportion to make."""


@rewrites(cpu.MapOp)
def map_into_producer(op: cpu.MapOp, rw: Rewriter) -> str | None:
    """g(f(x), r) = (g . f)(x, r), in one kernel"""
    found = [p for v in (op.x, *op.extras) if isinstance(p := v.owner, cpu.Level3Op)]
    if not found:
        return "no operand comes from a kernel"
    found = [p for p in found if isinstance(p, PRODUCERS)]
    if not found:
        return "the kernel that computes its operand has no epilogue"
    found = [p for p in found if all(use.operation is op for use in p.results[0].uses)]
    if not found:
        return "the operand has another reader"
    found = [p for p in found if p.parent is op.parent]
    if not found:
        return "the kernel that computes its operand stands outside of the region"
    found = [p for p in found if shape_of(p.results[0]) == shape_of(op.results[0])]
    if not found:
        return "the result is larger than the operand"
    found = [p for p in found if isinstance(p, cpu.MapOp) or not any(is_open(v, op.results[0]) for v in (op.x, *op.extras))]
    if not found:
        return "an operand has a size that only the run knows, where the result's is known"
    found = [p for p in found if not isinstance(p, cpu.ReduceOp) or p.results[0].type == op.results[0].type]
    if not found:
        return "a reduction stores what it combines"
    found = [p for p in found if size(p) + size(op) <= MOST_OPS and len(p.operands) + len(op.operands) <= MOST_OPERANDS]
    if not found:
        return "the kernel would be too long to gain by it"
    if widens_bytes(op, found[0]):
        return "another map reads the floats it makes of bytes, and can read the bytes"
    producer = min(found, key=lambda p: (not reads_bytes(p), PRODUCERS.index(type(p))))
    extras, region = joined(producer, op)
    rw.replace(op, _with(producer, extras, region, op.results[0].type), sources=[producer])
    rw.erase(producer)
    return None


@rewrites(cpu.MapOp)
def map_before_interleave(op: cpu.MapOp, rw: Rewriter) -> str | None:
    """g(interleave(a, b), r) = interleave(g(a, r), g(b, r)), where r is the same for all parts"""
    operands = [op.x, *op.extras]
    whole = next((v for v in operands if isinstance(v.owner, cpu.InterleaveOp)), None)
    if whole is None:
        return "no operand is made of parts that take turns"
    if not whole.has_one_use():
        return "the whole has another reader"
    made, shape = whole.owner, shape_of(whole)
    assert isinstance(made, cpu.InterleaveOp)
    others = [shape_of(v) for v in operands if v is not whole]
    axes = [axis - len(shape) for axis, f in enumerate(made.factors) if f > 1]
    if shape != shape_of(op.results[0]) or any(axis >= -len(o) and o[axis] != 1 for o in others for axis in axes):
        return "another operand varies from part to part"
    element = element_of(op.results[0])
    parts = []
    for part in made.parts:
        x, *extras = (part if v is whole else v for v in operands)
        type = TensorType(element, part.type.get_shape())  # pyright: ignore[reportAttributeAccessIssue]
        parts.append(cpu.MapOp.make(x, extras, None, regions=[op.epilogue.clone()], result_types=[type]))
    again = cpu.InterleaveOp.make([p.results[0] for p in parts], factors=made.factors, result_types=[op.results[0].type])
    rw.replace(op, [*parts, again], sources=[made])
    rw.erase(made)
    return None


def width(value: SSAValue) -> int:
    """Bytes of an element."""
    return numpy_dtype(element_of(value)).itemsize


def widens_bytes(op: cpu.MapOp, producer: cpu.Level3Op) -> bool:
    """Whether a map makes more of bytes, for maps that would rather read the bytes themselves."""
    readers = [use.operation for use in op.results[0].uses]
    wider = width(producer.results[0]) == 1 < width(op.results[0])
    return wider and not isinstance(producer, cpu.MapOp) and any(isinstance(r, cpu.MapOp) for r in readers)


def reads_bytes(op: cpu.Level3Op) -> bool:
    """Whether it is a map that makes floats of bytes: its reader reads the bytes instead, before it moves itself."""
    return isinstance(op, cpu.MapOp) and op.x is not None and width(op.x) == 1 < width(op.results[0])


def _with(producer: cpu.Level3Op, extras: list[Any], region: Any, becomes: Attribute) -> Operation:
    """The producer with another epilogue and result type."""
    operands: list[Any] = []
    for (name, _), group in zip(producer.operand_definitions(), producer.operand_groups(), strict=True):
        operands.append(extras if name == "extras" else group[0] if group else None)
    properties = {name: getattr(producer, name) for name in producer.property_definitions()}
    made = type(producer).make(*operands, result_types=[becomes], regions=[region], **properties)
    made.attributes.update(producer.attributes)
    return made


class FuseEpilogue(Pass):
    """Memory traffic is what an elementwise op costs; on the accumulators of the op before, it costs nothing."""

    patterns = (map_into_producer, map_before_interleave)
