"""Weights in the order kernels read them. On constants these ops fold, so a package holds packed weights only."""

from typing import Any

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.irdl import operand_def, result_def, traits_def
from xdsl.traits import Pure

from inferir.core.op import define
from inferir.core.properties import enum, flag, integer
from inferir.dialects.cpu.base import Sized, any_sizes, ceil_div
from inferir.dialects.cpu.convolution import pack_conv2d, pack_dwconv2d
from inferir.dialects.cpu.matmul import pack_gemm
from inferir.dialects.cpu.recurrence import pack_gates


class Pack(Sized):
    """One tensor in, the same numbers (and zeros) in another order out."""

    w = operand_def(TensorType)
    packed = result_def(TensorType)
    traits = traits_def(Pure())
    size_relations = any_sizes


@define
class PackConv2dOp(Pack):
    """The filter of a convolution as `cpu.conv2d` takes it.

    w       [O, C / groups, KH, KW] (layout nchw), [O, KH, KW, C / groups] (nhwc)
    panel   NR, the output channels that lie side by side
    packed  [groups P, KH, KW, C / groups, NR], zeros beyond O

    Example:
        %p = cpu.pack_conv2d %w panel 64 : (tensor<64x3x7x7xf32>) -> tensor<1x7x7x3x64xf32>
    """

    name = "cpu.pack_conv2d"
    panel = integer(16)
    groups = integer(1)
    layout = enum("nchw", "nhwc")

    def infer_shape(self, w: Any) -> Any:
        """[groups P, KH, KW, C / groups, NR]."""
        if len(w) != 4 or self.panel < 1 or self.groups < 1 or w[0] % self.groups:
            self.error(f"w has rank {len(w)} and {w[0]} filters in {self.groups} groups")
        inner, kh, kw = (w[1], w[2], w[3]) if self.layout == "nchw" else (w[3], w[1], w[2])
        return (self.groups * ceil_div(w[0] // self.groups, self.panel), kh, kw, inner, self.panel)

    def reference(self, w: np.ndarray) -> np.ndarray:
        """numpy."""
        return pack_conv2d(w if self.layout == "nchw" else w.transpose(0, 3, 1, 2), self.panel, self.groups)


@define
class PackDwconv2dOp(Pack):
    """The filter of a depthwise convolution as `cpu.dwconv2d` takes it.

    w       [C, 1, KH, KW] (layout nchw), [C, KH, KW, 1] (nhwc)
    packed  [KH, KW, C]

    Example:
        %p = cpu.pack_dwconv2d %w : (tensor<32x1x3x3xf32>) -> tensor<3x3x32xf32>
    """

    name = "cpu.pack_dwconv2d"
    layout = enum("nchw", "nhwc")

    def infer_shape(self, w: Any) -> Any:
        """[KH, KW, C]."""
        if len(w) != 4 or w[1 if self.layout == "nchw" else 3] != 1:
            self.error("w holds one filter of one channel for each channel")
        return (w[2], w[3], w[0]) if self.layout == "nchw" else (w[1], w[2], w[0])

    def reference(self, w: np.ndarray) -> np.ndarray:
        """numpy."""
        return pack_dwconv2d(w if self.layout == "nchw" else w.transpose(0, 3, 1, 2))


@define
class PackGemmOp(Pack):
    """The right side of a matrix product as `cpu.gemm` takes it.

    w          [K, N], or [N, K] if transposed
    panel      NR, the columns that lie side by side
    packed     [P, K, NR], zeros beyond N

    Example:
        %p = cpu.pack_gemm %w panel 16 transposed : (tensor<10x84xf32>) -> tensor<1x84x16xf32>
    """

    name = "cpu.pack_gemm"
    panel = integer(16)
    transposed = flag()

    def infer_shape(self, w: Any) -> Any:
        """[P, K, NR]."""
        if len(w) != 2 or self.panel < 1:
            self.error(f"w has rank {len(w)}, expected a matrix")
        k, n = (w[1], w[0]) if self.transposed else (w[0], w[1])
        return (ceil_div(n, self.panel), k, self.panel)

    def reference(self, w: np.ndarray) -> np.ndarray:
        """numpy."""
        return pack_gemm(w.T if self.transposed else w, self.panel)


@define
class PackGatesOp(Pack):
    """The recurrent weights as `cpu.recurrence` takes them.

    w       [D, gates * H, K]: D directions, H hidden units
    units   U, the units of a gate that lie side by side; a multiple of 16
    packed  [D * P, K, gates * U], P = ceil(H / U), zeros beyond H

    Example:
        %p = cpu.pack_gates %r gates 4 units 32 : (tensor<1x1024x256xf32>) -> tensor<8x256x128xf32>
    """

    name = "cpu.pack_gates"
    gates = integer(1)
    units = integer(16)

    def infer_shape(self, w: Any) -> Any:
        """[D * P, K, gates * U]."""
        if len(w) != 3 or self.gates < 1 or self.units < 1 or w[1] % self.gates:
            self.error(f"w has rank {len(w)}, expected [directions, {self.gates} gates times units, depth]")
        return (w[0] * ceil_div(w[1] // self.gates, self.units), w[2], self.gates * self.units)

    def reference(self, w: np.ndarray) -> np.ndarray:
        """numpy."""
        return pack_gates(w, self.gates, self.units)
