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
from inferir.passes.inference.move_quantization import turned

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
        """(bytes without a sign, their zero). Numbers with a sign become numbers without by turning their first bit."""
        cast = self.ops[-1]
        assert isinstance(cast, inf.CastOp)
        value, zero = cast.x, self.zero
        if element_of(value) == i8:
            plain, half = turned(value), np.asarray(128, np.int32)
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
    """Constant weights of i32 that fit into i8."""
    array = known(w, rw)
    if array is None or (array.size and (array.min() < -128 or array.max() > 127)):
        return None
    return array.astype(np.int8)


def added(count: int) -> Region:
    """The epilogue that adds `count` operands."""
    s = Scalars([i32] * (count + 1), i32)
    value = s.args[0]
    for extra in s.args[1:]:
        value = s.add(value, extra)
    return s.region(value) if count else Region()


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
        return "how many bytes a row has is only known when it runs"
    w = bytes_of(op.b, rw)
    if w is None:
        return "its weights are not constant bytes"
    a = centred(op.a, rw)
    if a is None:
        return "its zero points differ along the rows"
    value, zero = a.build(rw)
    w = w.T if op.transpose_b else w
    columns = w.shape[1]
    panel, rows = panel_of(columns, rows_of(shape_of(op.a)[:-1]))
    extras = summed([*correction(zero, w.astype(np.int32).sum(0), rw), *([op.bias] if op.bias is not None else [])], rw)
    packed = rw.const(to_quads(cpu.pack_gemm(w, panel)))
    replace(op, cpu.GemmOp.make(value, packed, extras, columns=columns, rows=rows, regions=[added(len(extras))]), rw)
    erase_unread(a.ops, rw)
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
        return "its height, width or channels are only known when it runs"
    x = centred(op.x, rw)
    strides, dilations, begins, ends = op.window()
    if x is None or (isinstance(x.zero, SSAValue) and rank_of(x.zero)):
        return "its zero points differ along x"
    value, zero = x.build(rw)
    seen = np.ones((1, *shape_of(op.x)[1:]), np.int32) if isinstance(zero, SSAValue) else None
    sums = w.astype(np.int32).sum(tuple(range(1, 4))) if seen is None else op.reference(seen, w.astype(np.int32))
    if seen is not None and op.layout == "nchw":
        sums = np.moveaxis(sums, 1, -1)
    w = w if op.layout == "nchw" else np.moveaxis(w, -1, 1)
    outputs, pads = w.shape[0], (*begins, *ends)
    if isinstance(zero, int) and zero and any(pads):
        low, high = ((0, 0, *p) if op.layout == "nchw" else (0, *p, 0) for p in (begins, ends))
        value = result(inf.PadOp.make(value, rw.const(np.asarray(zero, np.uint8)), low=low, high=high, mode="constant"), rw)
        pads = (0, 0, 0, 0)
    value = channels_last(value, op.layout, rw)
    extras = summed([*correction(zero, sums, rw), *([op.bias] if op.bias is not None else [])], rw)
    window: dict[str, Any] = {"strides": strides, "dilations": dilations, "pads": pads, "regions": [added(len(extras))]}
    if op.groups == outputs > 1 and w.shape[1] == 1:
        made = cpu.Dwconv2dOp.make(value, rw.const(cpu.pack_dwconv2d(w).astype(np.float32)), extras, **window)
    else:
        panel, rows = panel_of(outputs // op.groups, None)
        width = shape_of(op.result)[-1 if op.layout == "nchw" else 2]
        packed = rw.const(to_quads(cpu.pack_conv2d(w, panel, op.groups)))
        rows = min(rows, width) if width > 0 else rows
        made = cpu.Conv2dOp.make(value, packed, extras, channels=outputs, groups=op.groups, rows=rows, **window)
    replace_channels_last(op, made, op.layout, rw)
    erase_unread(x.ops, rw)
    return None


def summed(values: list[SSAValue], rw: Rewriter) -> list[SSAValue]:
    """Those that are constant as one."""
    arrays = [rw.array(v) for v in values]
    if len(values) < 2 or any(a is None for a in arrays):
        return values
    return [rw.const(np.asarray(sum(a for a in arrays if a is not None), np.int32))]


class SelectIntegerKernels(Pass):
    """Bytes take a quarter of the memory of floats and a quarter of the instructions."""

    patterns = (product_of_bytes, convolution_of_bytes)
