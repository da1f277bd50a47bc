"""Control flow: Loop, Scan, SequenceMap."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType, UnrankedTensorType, f32, i1, i64
from xdsl.ir import Attribute, Region, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.core.types import opened
from inferir.dialects import inference as inf
from inferir.dialects.framework import SeqType
from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.dialects.framework.source_op import graph_names
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.lowering.regions import finish, spliced
from inferir.passes.framework.onnx_rules.elementwise import attr
from inferir.passes.framework.onnx_rules.sequences import without_sizes


def taken(op: Any, lo: Lowering, *names: str) -> list[Region]:
    """Subgraphs of the op, converted, on their own."""
    regions = [op.graph(name) for name in names]
    for region in regions:
        lo.region(region)
        op.detach_region(region)
    return regions


def carried_type(declared: Attribute, start: SSAValue) -> Attribute:
    """The type of a carried value in the body: of the rank it starts with, else of the declared one, all dimensions unknown."""
    if isinstance(start.type, TensorType):
        return opened(start.type)
    return opened(declared) if isinstance(declared, TensorType | UnrankedTensorType | SeqType) else start.type


@lowering("onnx", "Loop")
def loop(op: Any, lo: Lowering) -> Any:
    """loop"""
    limit, condition = lo.operands(2)
    carried = list(op.operands[2:])
    body = op.graph("body")
    for argument, start in zip(body.block.args[2:], carried, strict=True):
        argument._type = carried_type(argument.type, start)
    for argument, element in zip(body.block.args[:2], (i64, i1), strict=True):
        declared = argument.type
        one = isinstance(declared, TensorType) and declared.element_type == element and declared.get_shape() in ((), (1,))
        argument._type = declared if one else TensorType(element, [])
    (body,) = taken(op, lo, "body")
    finish(body)
    return lo.results_of(lo.emit(inf.LoopOp, limit, condition, carried, regions=[body]))


@lowering("onnx", "Scan")
def scan_of_batches(op: Any, lo: Lowering) -> Any:
    """Version 8 has a batch in front of everything: one sample is scanned without it, more are not"""
    lengths, *rest = lo.operands(len(op.operands))
    batch = lo.shape(rest[0])[0]
    if lengths is not None or batch != 1:
        lo.decline("Scan-8 with sequence lengths, or with a batch other than 1")
    values = _scan(op, lo, [lo.squeeze(v, [0]) for v in rest], attr(op, "directions"), None, None, None)
    return [lo.unsqueeze(v, [0]) for v in values]


@lowering("onnx", "Scan", since=9)
def scan(op: Any, lo: Lowering) -> Any:
    """loop over the scanned axis; each run gets one slice of every scanned operand"""
    names = ("scan_input_directions", "scan_input_axes", "scan_output_directions", "scan_output_axes")
    return _scan(op, lo, list(op.operands), *(attr(op, n) for n in names))


def _scan(op: Any, lo: Lowering, operands: list[Any], directions: Any, axes: Any, out_directions: Any, out_axes: Any) -> list[Any]:
    count = op.get("num_scan_inputs")
    carried, scanned = operands[: len(operands) - count], operands[len(operands) - count :]
    states = len(carried)
    axes = [lo.axis(a, v) for a, v in zip(axes or [0] * count, scanned, strict=True)]
    scanned = [lo.flip(v, axes=(a,)) if d else v for v, a, d in zip(scanned, axes, directions or [0] * count, strict=True)]
    limit = lo.size_of(scanned[0], axes[0])
    body = op.graph("body")
    inner = body.block
    number = inner.insert_arg(TensorType(i64, []), 0)
    inner.insert_arg(TensorType(i1, []), 1)
    point = lo.rw.insertion_point
    if inner.first_op is not None:
        lo.rw.insertion_point = InsertPoint.before(inner.first_op)
    for argument, start in zip(inner.args[2 : 2 + states], carried, strict=True):
        argument._type = carried_type(argument.type, start)
    for argument, value, axis in zip(list(inner.args[2 + states :]), scanned, axes, strict=True):
        argument.replace_all_uses_with(lo.gather(value, number, axis=axis))
        inner.erase_arg(argument)
    lo.rw.insertion_point = point
    lo.region(body)
    last = inner.last_op
    assert last is not None
    lo.rw.insertion_point = InsertPoint.before(last)
    go = lo.const(np.ones((), np.bool_))
    lo.rw.insertion_point = point
    op.detach_region(body)
    finish(body, [go, *last.operands])
    out = lo.results_of(lo.emit(inf.LoopOp, limit, None, carried, regions=[body]))
    stacks = []
    for index, stack in enumerate(out[states:]):
        if out_directions and out_directions[index]:
            stack = lo.flip(stack, axes=(0,))
        if out_axes and out_axes[index]:
            rank = lo.rank(stack)
            order = list(range(1, rank))
            order.insert(out_axes[index] % rank, 0)
            stack = lo.transpose(stack, permutation=tuple(order))
        stacks.append(stack)
    return [*out[:states], *stacks]


@lowering("onnx", "SequenceMap")
def sequence_map(op: Any, lo: Lowering) -> Any:
    """A loop over the elements that adds to sequences"""
    sequences = list(op.operands)
    limit = lo.host("sequence_length", [sequences[0]], [TensorType(i64, [])])
    types = [without_sizes(r.type) for r in op.results]
    empty = [lo.host("sequence_construct", [], [t]) for t in types]
    body = op.graph("body")
    inner = body.block
    number = inner.insert_arg(TensorType(i64, []), 0)
    inner.insert_arg(TensorType(i1, []), 1)
    sums = [inner.insert_arg(t, 2 + i) for i, t in enumerate(types)]
    point = lo.rw.insertion_point
    first = inner.first_op
    assert first is not None
    lo.rw.insertion_point = InsertPoint.before(first)
    for argument, value in zip(list(inner.args[2 + len(types) :]), sequences, strict=True):
        element = opened(argument.type)
        argument.replace_all_uses_with(lo.host("sequence_at", [value, number], [element]) if isinstance(value.type, SeqType) else value)
        inner.erase_arg(argument)
    lo.region(body)
    last = inner.last_op
    assert last is not None
    lo.rw.insertion_point = InsertPoint.before(last)
    grown = [lo.host("sequence_insert", [s, v], [t]) for s, v, t in zip(sums, last.operands, types, strict=True)]
    go = lo.const(np.ones((), np.bool_))
    lo.rw.insertion_point = point
    op.detach_region(body)
    finish(body, [go, *grown])
    return lo.results_of(lo.emit(inf.LoopOp, limit, None, empty, regions=[body]))


def inlined(op: Any, lo: Lowering, name: str, value: SSAValue) -> SSAValue:
    """The result of a subgraph of one operand, put where the op stands; the value itself where the op has no such subgraph."""
    if name not in graph_names(op):
        return value
    block = op.graph(name).block
    block.args[0]._type = value.type
    block.args[0].replace_all_uses_with(value)
    return spliced(op.graph(name), lo)[0]


@lowering("onnx.preview", "FlexAttention")
def flex_attention(op: Any, lo: Lowering) -> Any:
    """softmax(score_mod(q k^T scale)) v with prob_mod after the softmax, in single precision at least"""
    q, k, v = lo.operands(3)
    heads, groups, size = lo.shape(q)[1], lo.shape(k)[1], lo.shape(q)[3]
    root = lo.scalar(np.sqrt(np.float32(attr(op, "scale") or 1 / np.sqrt(size))), q)

    def repeated(x: SSAValue) -> SSAValue:
        if heads == groups:
            return x
        wide = lo.broadcast(lo.unsqueeze(x, [2]), shape=(1, groups, heads // groups, 1, 1))
        return lo.reshape(wide, (0,), heads, (3,), (4,))

    scores = lo.matmul(lo.mul(q, root), lo.mul(repeated(k), root), transpose_b=True)
    named = attr(op, "softmax_precision")
    wide = ONNX_ELEMENTS[named][1] if named else f32 if lo.dtype(q).itemsize < 4 else lo.element(q)
    scores = inlined(op, lo, "score_mod", lo.cast(scores, wide))
    weights = inlined(op, lo, "prob_mod", lo.softmax(scores, axis=-1))
    return lo.cast(lo.matmul(weights, lo.cast(repeated(v), wide)), lo.element(v))
