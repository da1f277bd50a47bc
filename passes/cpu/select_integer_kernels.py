"""Multiply bytes as bytes where 32-bit integers say what bytes hold.

  %a = inference.cast %x to i32 : (tensor<4x64xui8>) -> tensor<4x64xi32>
  %c = inference.sub %a, %zero : ...
  %y = inference.matmul %c, %w : (tensor<4x64xi32>, tensor<64x10xi32>) -> tensor<4x10xi32>
becomes, with s the sums of w's columns,
  %y = cpu.gemm %x, %quads, %correction columns 10 {acc - zero * s} : (tensor<4x64xui8>, tensor<1x16x16xi32>, tensor<10xi32>) -> ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, Signedness, i8, i32
from xdsl.ir import Operation, Region, SSAValue

from inferir.core import Pass, Rewriter, rewrites
from inferir.core.types import element_of
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.dialects.cpu.quads import to_quads
from inferir.passes.cpu.inference_to_cpu.building import (
    Scalars,
    channels_last,
    rank_of,
    replace,
    replace_channels_last,
    result,
    shape_of,
)
from inferir.passes.cpu.select_tiles import panel_of, rows_of
from inferir.passes.inference.compute_in_integers import known
from inferir.passes.inference.move_quantization import unsigned_source

UI8 = IntegerType(8, Signedness.UNSIGNED)


@dataclass
class Centred:
    """x = bytes - zero, in 32 bits, seen through reshapes and transposes."""

    ops: list[Operation]
    """What computes it until now, the last first."""
    moves: list[Operation]
    zero: int | SSAValue
    """A number, or a value."""

    def build(self, rw: Rewriter) -> tuple[SSAValue, int | SSAValue]:
        """(unsigned bytes, their zero point). Signed bytes become unsigned by flipping the sign bit."""
        cast = self.ops[-1]
        assert isinstance(cast, inf.CastOp)
        value, zero = cast.x, self.zero
        if element_of(value) == i8:
            plain, half = unsigned_source(value), np.asarray(128, np.int32)
            if plain is None:
                bits = result(inf.CastOp.make(value, to=UI8), rw)
                plain = result(inf.BitwiseOp.make(bits, rw.const(np.asarray(128, np.uint8)), fn="xor"), rw)
            value = plain
            zero = zero + 128 if isinstance(zero, int) else result(inf.AddOp.make(zero, rw.const(half)), rw)
        for move in reversed(self.moves):
            assert isinstance(move, inf.ReshapeOp | inf.TransposeOp)
            value = result(move.like(x=value), rw)
        return value, zero


def centred(x: SSAValue, rw: Rewriter) -> Centred | None:
    """The bytes behind a tensor of i32; none where their zero points differ along the last axis."""
    ops = chain(x)
    if ops is None:
        return None
    found = Centred(ops, [], 0)
    for op in ops[:-1]:
        if not isinstance(op, inf.SubOp | inf.AddOp):
            found.moves.append(op)
            continue
        number = known(op.rhs, rw)
        single = number is not None and number.size == 1
        several = rank_of(op.rhs) > 0 and (found.moves or shape_of(op.rhs)[-1] != 1)
        if not single and (isinstance(op, inf.AddOp) or several):
            return None
        found.zero = op.rhs
        if number is not None and single:
            found.zero = int(number.reshape(-1)[0]) * (1 if isinstance(op, inf.SubOp) else -1)
    return found


def chain(x: SSAValue) -> list[Operation] | None:
    """The ops from bytes to a tensor of i32, the last first: moves and one sum with a zero point at most, then the cast."""
    ops: list[Operation] = []
    while True:
        op = x.owner
        match op:
            case inf.CastOp() if element_of(op.x) in (i8, UI8):
                return [*ops, op]
            case inf.SubOp() | inf.AddOp() if not any(isinstance(o, inf.SubOp | inf.AddOp) for o in ops):
                x = op.lhs
            case inf.ReshapeOp() | inf.TransposeOp():
                x = op.x
            case _:
                return None
        ops.append(op)


def bytes_of(w: SSAValue, rw: Rewriter) -> np.ndarray | None:
    """Constant weights of i32 that lie within 255 of each other and of 0, as differences of bytes do; outputs in whatever dimension."""
    array = known(w, rw)
    return None if array is None or (array.size and np.abs(array).max() > 255) else array


def centre(w: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """[N, ...] as signed bytes and what is added to those of each output, if anything is."""
    axes = tuple(range(1, w.ndim))
    low, high = w.min(axes, initial=255), w.max(axes, initial=-255)
    middle = np.where((low < -128) | (high > 127), (low + high + 1) // 2, 0).astype(np.int32)
    if not middle.any():
        return w.astype(np.int8), None
    return (w - middle.reshape(-1, *[1] * len(axes))).astype(np.int8), middle


def added(count: int, scaled: bool = False) -> Region:
    """The epilogue that adds `count` operands, and before those, if `scaled`, the product of two."""
    s = Scalars([i32] * (count + 1 + 2 * scaled), i32)
    value, *extras = s.args
    if scaled:
        first, second, *extras = extras
        value = s.add(value, s.mul(first, second))
    for extra in extras:
        value = s.add(value, extra)
    return s.region(value) if s.args[1:] else Region()


def correction(zero: int | SSAValue, sums: np.ndarray, rw: Rewriter) -> list[SSAValue]:
    """What is added to a product with bytes instead of bytes - zero: -zero times the sums of the weights."""
    if isinstance(zero, int):
        return [rw.const((-zero * sums).astype(np.int32))] if zero else []
    return [result(inf.MulOp.make(zero, rw.const((-sums).astype(np.int32))), rw)]


def erase_unread(ops: Sequence[Operation], rw: Rewriter) -> None:
    """Drop what nothing reads any more, users first."""
    for op in ops:
        if not any(r.uses for r in op.results):
            rw.erase(op)


@rewrites(inf.MatmulOp)
def product_of_bytes(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """(x - z) w = x w - z sum(w)"""
    if element_of(op.a) != i32:
        return "it is no product of 32-bit integers"
    if chain(op.a) is None:
        return "its left side does not hold bytes"
    if rank_of(op.a) < 2 or rank_of(op.b) != 2 or op.transpose_a:
        return "it is no product of rows and a matrix"
    if shape_of(op.a)[-1] == -1:
        return "the number of bytes of a row is dynamic"
    w = bytes_of(op.b, rw)
    if w is None:
        return "its weights are not constant bytes"
    a = centred(op.a, rw)
    if a is None:
        return "its zero points differ along the rows"
    value, zero = a.build(rw)
    w, middle = centre(w if op.transpose_b else w.T)
    sums = (w.astype(np.int32) + (0 if middle is None else middle[:, None])).sum(1)
    columns = len(w)
    panel, rows = panel_of(columns, rows_of(shape_of(op.a)[:-1]), cpu.machine_of(op), of_bytes=True)
    extras = summed([*correction(zero, sums, rw), *([op.bias] if op.bias is not None else [])], rw)
    region = added(len(extras), middle is not None)
    if middle is not None:
        ones = rw.const(to_quads(cpu.pack_gemm(np.ones((w.shape[1], 1), np.int8), 16)))
        extras = [result(cpu.GemmOp.make(value, ones, [], columns=1, rows=rows, regions=[Region()]), rw), rw.const(middle), *extras]
    packed = rw.const(to_quads(cpu.pack_gemm(w.T, panel)))
    replace(op, cpu.GemmOp.make(value, packed, extras, columns=columns, rows=rows, regions=[region]), rw)
    erase_unread(a.ops, rw)
    return None


@rewrites(inf.ConvOp)
def row_as_image(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """A convolution of rows is one of images that are one line high"""
    if element_of(op.x) != i32 or chain(op.x) is None:
        return "it is no convolution of bytes in 32-bit integers"
    if op.rank != 1:
        return "it has more dimensions than one"
    sizes, filters = shape_of(op.x), shape_of(op.w)
    if -1 in (*sizes[1:], *filters):
        return "a size is dynamic"
    line = 2 if op.layout == "nchw" else 1

    def image(v: SSAValue, shape: tuple[int, ...]) -> SSAValue:
        whole = (shape[0] if shape[0] >= 0 else -1, *shape[1:line], 1, *shape[line:])
        return result(inf.ReshapeOp.make(v, shape=whole), rw)

    (stride,), (dilation,), (begin,), (end,) = op.window()
    window = {"strides": (1, stride), "dilations": (1, dilation), "pads": (0, begin, 0, end)}
    made = op.like(x=image(op.x, sizes), w=image(op.w, filters), **window)
    rw.insert(made)
    rw.replace(op, inf.ReshapeOp.make(made.result, shape=shape_of(op.result)))
    return None


@rewrites(inf.ConvOp)
def convolution_of_bytes(op: inf.ConvOp, rw: Rewriter) -> str | None:
    """conv(x - z, w) = conv(x, w) - z sum(w), with z in the padding; conv(x, w) - z conv(1, w) for a z that is not known"""
    if element_of(op.x) != i32:
        return "it is no convolution of 32-bit integers"
    if chain(op.x) is None:
        return "x does not hold bytes"
    if op.rank != 2:
        return "it is not 2-D"
    w = bytes_of(op.w, rw)
    if w is None:
        return "its weights are not constant bytes"
    if -1 in shape_of(op.x)[1:]:
        return "its height, width or channels are dynamic"
    x = centred(op.x, rw)
    strides, dilations, begins, ends = op.window()
    if x is None or (isinstance(x.zero, SSAValue) and rank_of(x.zero)):
        return "its zero points differ along x"
    filters = w if op.layout == "nchw" else np.moveaxis(w, -1, 1)
    outputs, depthwise = len(w), op.groups == len(w) > 1 and filters.shape[1] == 1
    narrow, middle = (filters, None) if depthwise else centre(filters)
    if middle is not None and op.groups > 1:
        return "unsigned weights in groups"
    value, zero = x.build(rw)
    seen = np.ones((1, *shape_of(op.x)[1:]), np.int32) if isinstance(zero, SSAValue) else None
    sums = w.astype(np.int32).sum(tuple(range(1, 4))) if seen is None else op.reference(seen, w.astype(np.int32))
    if seen is not None and op.layout == "nchw":
        sums = np.moveaxis(sums, 1, -1)
    pads = (*begins, *ends)
    if isinstance(zero, int) and zero and any(pads):
        low, high = ((0, 0, *p) if op.layout == "nchw" else (0, *p, 0) for p in (begins, ends))
        value = padded(value, zero, low, high, rw)
        pads = (0, 0, 0, 0)
    value = channels_last(value, op.layout, rw)
    extras = summed([*correction(zero, sums, rw), *([op.bias] if op.bias is not None else [])], rw)
    region = added(len(extras), middle is not None)
    window: dict[str, Any] = {"strides": strides, "dilations": dilations, "pads": pads}
    panel, rows = panel_of(outputs // op.groups, None, cpu.machine_of(op), of_bytes=True)
    width = shape_of(op.result)[-1 if op.layout == "nchw" else 2]
    rows = min(rows, width) if width > 0 else rows
    if middle is not None:
        ones = rw.const(to_quads(cpu.pack_conv2d(np.ones_like(narrow[:1]), 16)))
        extras = [
            result(cpu.Conv2dOp.make(value, ones, [], channels=1, rows=rows, regions=[Region()], **window), rw),
            rw.const(middle),
            *extras,
        ]
    if depthwise:
        made = cpu.Dwconv2dOp.make(value, rw.const(cpu.pack_dwconv2d(filters).astype(np.float32)), extras, regions=[region], **window)
    else:
        packed = rw.const(to_quads(cpu.pack_conv2d(narrow, panel, op.groups)))
        made = cpu.Conv2dOp.make(value, packed, extras, channels=outputs, groups=op.groups, rows=rows, regions=[region], **window)
    replace_channels_last(op, made, op.layout, rw)
    erase_unread(x.ops, rw)
    return None


def padded(x: SSAValue, zero: int, low: tuple[int, ...], high: tuple[int, ...], rw: Rewriter) -> SSAValue:
    """x with `zero` around it: before a transpose, as long lines of pixels are padded faster than few channels."""
    moved = x.owner
    if isinstance(moved, inf.TransposeOp):
        low, high = (tuple(p[moved.permutation.index(i)] for i in range(len(p))) for p in (low, high))
        inner = padded(moved.x, zero, low, high, rw)
        return result(inf.TransposeOp.make(inner, permutation=moved.permutation), rw)
    return result(inf.PadOp.make(x, rw.const(np.asarray(zero, np.uint8)), low=low, high=high, mode="constant"), rw)


def summed(values: list[SSAValue], rw: Rewriter) -> list[SSAValue]:
    """Those that are constant as one."""
    arrays = [rw.array(v) for v in values]
    if len(values) < 2 or any(a is None for a in arrays):
        return values
    return [rw.const(np.asarray(sum(a for a in arrays if a is not None), np.int32))]


class SelectIntegerKernels(Pass):
    """Bytes take a quarter of the memory of floats and a quarter of the instructions."""

    patterns = (product_of_bytes, row_as_image, convolution_of_bytes)
