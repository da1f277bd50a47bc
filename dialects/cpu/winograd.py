"""Winograd's convolution: a 3x3 window over m x m outputs at once, as (m + 2)^2 products instead of 9 m^2.

    y = A^T [(G g G^T) * (B^T d B)] A        d an (m + 2)^2 patch of x, g a 3x3 filter, y an m x m tile

summed over the input channels in the middle, which makes each of the (m + 2)^2 planes a matrix product. Tile 2
interpolates at 0, 1, -1, inf; tile 4 at 0, +-1/sqrt(2), +-sqrt(2), inf, which rounds a third as much as the usual +-1, +-2.

Source: A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks (2015); the points after B. Barabasz et al.,
Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks (2020).
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def, opt_operand_def

from inferir.core.dims import Shape
from inferir.core.op import Cost, define
from inferir.core.properties import enum, integer, ints
from inferir.core.relations import Relation, at_most
from inferir.dialects.cpu.base import Level3Op, any_strides, ceil_div, shape_of
from inferir.dialects.cpu.convolution import WINDOW, windows
from inferir.dialects.cpu.matmul import pack_gemm
from inferir.dialects.cpu.packing import Pack

TAPS = 3
POINTS = {2: (1.0,), 4: (2**-0.5, 2**0.5)}
"""The positive interpolation points by tile; their negatives, 0 and infinity come with them."""
LINE = 16
"""Elements between the planes of the workspace, so that planes do not fall on the same sets of the cache."""
TASKS = 16
"""Most parts of the workspace in use at one time when an image is computed block by block."""


@functools.cache
def matrices(tile: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A, B, G) in float64, [m + 2, m], [m + 2, m + 2], [m + 2, 3], for `tile` m."""
    points = [0.0, *(s * p for p in POINTS[tile] for s in (1.0, -1.0))]
    size = len(points) + 1
    powers = np.vander(points, max(size, TAPS), increasing=True)
    a = np.zeros((size, tile))
    g = np.zeros((size, TAPS))
    b = np.zeros((size, size))
    a[:-1], a[-1, -1] = powers[:, :tile], 1
    for i, point in enumerate(points):
        others = [p for p in points if p != point]
        g[i] = powers[i, :TAPS] / np.prod([point - p for p in others])
        b[: size - 1, i] = np.poly(others)[::-1]
    g[-1, -1] = 1
    b[:, -1] = np.poly(points)[::-1]
    return a, b, g


def pack_winograd(w: np.ndarray, tile: int, panel: int) -> np.ndarray:
    """[O, C, 3, 3] -> [(m + 2)^2, P, C, panel]: G g G^T in float64, each plane packed by `pack_gemm`."""
    _, _, g = matrices(tile)
    planes = np.einsum("ai,ocij,bj->abco", g, w.astype(np.float64), g).reshape(-1, w.shape[1], w.shape[0])
    return np.stack([pack_gemm(p.astype(w.dtype), panel) for p in planes])


@define
class PackWinogradOp(Pack):
    """The filter of a convolution as `cpu.winograd_conv2d` takes it.

    w       [O, C, 3, 3] (layout nchw), [O, 3, 3, C] (nhwc)
    tile    m, 2 or 4
    panel   NR, the output channels that lie side by side
    packed  [(m + 2)^2, P, C, NR], zeros beyond O

    Example:
        %p = cpu.pack_winograd %w tile 4 panel 64 : (tensor<64x64x3x3xf32>) -> tensor<36x1x64x64xf32>
    """

    name = "cpu.pack_winograd"
    tile = integer(4)
    panel = integer(16)
    layout = enum("nchw", "nhwc")

    def infer_shape(self, w: Any) -> Any:
        """[(m + 2)^2, P, C, NR]."""
        taps = (w[2], w[3]) if self.layout == "nchw" else (w[1], w[2])
        if len(w) != 4 or taps != (TAPS, TAPS) or self.tile not in POINTS:
            self.error(f"a tile of 2 or 4 and filters of 3x3 taps, not a tile of {self.tile} and {taps}")
        channels = w[1] if self.layout == "nchw" else w[3]
        return ((self.tile + 2) ** 2, ceil_div(w[0], self.panel), channels, self.panel)

    def reference(self, w: np.ndarray) -> np.ndarray:
        """numpy."""
        return pack_winograd(w if self.layout == "nchw" else w.transpose(0, 3, 1, 2), self.tile, self.panel)


@define
class WinogradConv2dOp(Level3Op):
    """y = epilogue(cross-correlation of x with 3x3 filters at every position), by Winograd's algorithm.

    x          [N, H, W, C], C and O multiples of 16
    w          [(m + 2)^2, P, C, NR], packed by `pack_winograd`
    workspace  on buffers: room for the transformed tiles, see `workspace_shape`
    channels   O; y is [N, OH, OW, O]
    tile       m
    pads       rows above, columns left, rows below, columns right
    block      rows and columns of tiles that are computed at one time, so that they stay in the cache; without, all tiles
               of an image go through each of the three steps (transform, multiply, transform back) together
    run        in place of a block, for images of any size: so many tiles of all images, in their order, at one time
    rows       tiles in a register tile of the products

    Example:
        %y = cpu.winograd_conv2d %x, %w channels 64 pads [1, 1, 1, 1] {} : (tensor<1x56x56x64xf32>, tensor<36x1x64x64xf32>) -> tensor<1x56x56x64xf32>
    """

    name = "cpu.winograd_conv2d"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    w = operand_def(TensorType.constr() | MemRefType.constr())
    workspace = opt_operand_def(MemRefType)
    channels = integer()
    tile = integer(4)
    pads = ints((0, 0, 0, 0))
    block = ints()
    run = integer()
    rows = integer(6)

    def read_in_place(self) -> Sequence[SSAValue]:
        return self.extras

    def size_relations(self, x: Any, w: Any, *others: Any) -> Iterator[Relation]:
        """The channels of x are those that the filters take; a window fits."""
        if len(x) == 4 and len(w) == 4:
            yield Relation(x[3], w[2], f"x has {x[3]} channels, w takes {w[2]}")
            top, left, bottom, right = self.pads
            sizes = (x[1] + top + bottom - 2, x[2] + left + right - 2)
            yield from (at_most(1, size, WINDOW) for size in sizes if not isinstance(size, int))

    def infer_shape(self, x: Any, w: Any, workspace: Any, extras: Any, outs: Any) -> Any:
        """[N, OH, OW, O]."""
        if len(x) != 4 or len(w) != 4 or self.tile not in POINTS:
            self.error("x is [N, H, W, C], w is [planes, P, C, NR], tile is 2 or 4")
        if w[0] != (self.tile + 2) ** 2:
            self.error(f"a tile of {self.tile} has {(self.tile + 2) ** 2} planes, w has {w[0]}")
        if self.channels is None or ceil_div(self.channels, w[3]) != w[1]:
            self.error(f"{self.channels} channels do not make {w[1]} panels of {w[3]}")
        if any(isinstance(c, int) and c % 16 for c in (x[3], self.channels)):
            self.error(f"x has {x[3]} channels, y {self.channels}: tiles are transformed 16 channels at a time")
        top, left, bottom, right = self.pads
        return (x[0], x[1] + top + bottom - 2, x[2] + left + right - 2, self.channels)

    def tiles(self, y: Shape) -> tuple[Any, Any]:
        """Rows and columns of tiles of an image."""
        return ceil_div(y[1], self.tile), ceil_div(y[2], self.tile)

    def blocks(self, y: Shape) -> tuple[Any, Any]:
        """Rows and columns of blocks of an image; (1, 1) without `block`."""
        if self.block is None:
            return 1, 1
        rows, columns = self.tiles(y)
        return ceil_div(rows, self.block[0]), ceil_div(columns, self.block[1])

    def parts(self, y: Shape) -> tuple[Any, Any]:
        """(how many parts the workspace has, tiles in each): one for each image, or for each task that goes over blocks or runs."""
        if self.run is not None:
            return TASKS, self.run
        if self.block is None:
            rows, columns = self.tiles(y)
            return y[0], rows * columns
        down, across = self.blocks(y)
        return min(TASKS, down * across), self.block[0] * self.block[1]

    def workspace_shape(self, shape: Callable[[SSAValue], Shape]) -> Shape:
        """One dimension: for each part the transformed x, [planes, tiles, C], then the products, [planes, tiles, O]; planes are LINE apart."""
        x, w, y = shape(self.x), shape(self.w), shape(self.results[0])
        parts, tiles = self.parts(y)
        return (parts * w[0] * (tiles * (x[3] + y[3]) + 2 * LINE),)

    def reference(self, x: np.ndarray, w: np.ndarray, workspace: Any, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        """The algorithm itself in numpy, for tiles that reach beyond y as well."""
        m = self.tile
        a, b, _ = (matrix.astype(x.dtype) for matrix in matrices(m))
        planes, panels, inner, panel = w.shape
        filters = w.transpose(0, 2, 1, 3).reshape(planes, inner, panels * panel)[..., : self.channels]
        top, left, bottom, right = self.pads
        oh, ow = x.shape[1] + top + bottom - 2, x.shape[2] + left + right - 2
        pads = (top, left, bottom + -oh % m, right + -ow % m)
        patches = windows(x, (m + 2, m + 2), (m, m), (1, 1), pads, 0.0)
        transformed = np.einsum("ra,nhwrsc,sb->abnhwc", b, patches, b, optimize=True)
        shape = transformed.shape[2:5]
        products = transformed.reshape(planes, -1, inner) @ filters
        products = products.reshape(m + 2, m + 2, *shape, self.channels)
        y = np.einsum("ar,abnhwo,bs->nhrwso", a, products, a, optimize=True)
        y = y.reshape(shape[0], shape[1] * m, shape[2] * m, self.channels)
        return self.finish(y[:, :oh, :ow], extras)

    def cost(self) -> Cost:
        """The products only: planes / m^2 multiplications and additions for each element and input channel."""
        inner = shape_of(self.w.type)[2]
        base = super().cost()
        products = (self.tile + 2) ** 2 * (inner if isinstance(inner, int) else 1)
        return Cost(2 * base.flops * products // self.tile**2, base.bytes)
