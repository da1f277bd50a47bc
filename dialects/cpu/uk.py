"""The microkernels. Each says what it computes; `backends/cpu/emit` holds how.

Index letters: i a row of the tile (a pixel, a matrix row), j a column (an output channel), r and s the row and column of a
tap, k an inner channel. A region with no block stores the value as it is. Extra inputs are read at (i, j): their last
dimension steps with j, the one before with i; a dimension of size 1 does not step, and a missing one neither.
"""

from typing import ClassVar

from xdsl.dialects.builtin import MemRefType

from inferir.core.op import define
from inferir.core.properties import enum, flag, integer, ints, number
from inferir.dialects.cpu.microkernel import Microkernel


class WindowTile(Microkernel):
    """A tile of `rows` pixels side by side; their windows overlap.

    rows      pixels in the tile
    taps      KH and KW of the window
    strides   between windows, rows then columns
    dilations between taps
    edge      [c, W] for a tile at the left or right edge: x's column of the first tap of pixel 0 is c, and only columns
              0 to W - 1 exist; absent: every tap exists
    partial   a tile of one pixel at an edge of an image of any width: the columns s of its window that exist are
              column_begin to column_end - 1, which are sizes, too
    sizes     the rows r of the window that exist are row_begin to row_end - 1
    """

    SIZES: ClassVar[tuple[str, ...]] = ("row_begin", "row_end")

    rows = integer(6)
    taps = ints((1, 1))
    strides = ints((1, 1))
    dilations = ints((1, 1))
    edge = ints()
    partial = flag()

    def taken_sizes(self) -> tuple[str, ...]:
        return (*self.SIZES, *(("column_begin", "column_end") if self.partial else ()))

    def check(self) -> None:
        super().check()
        if self.partial and (self.rows != 1 or self.edge is not None):
            self.error("a partial tile is one pixel, and has no edge")

    def present(self) -> tuple[tuple[bool, ...], ...]:
        """[row of the tile][s]: whether the tap lies within x."""
        if self.edge is None:
            return ((True,) * self.taps[1],) * self.rows
        first, width = self.edge
        return tuple(
            tuple(0 <= first + i * self.strides[1] + s * self.dilations[1] < width for s in range(self.taps[1])) for i in range(self.rows)
        )


@define
class FmaTileOp(WindowTile):
    """y[i, j] = region(sum over r, s, k of x[r, i strides + s, k] w[r, s, k, j]), all accumulators in registers.

    inputs   x [..., (rows, columns,) K], w [panels, (KH, KW,) K, NR], then those of the region
    outputs  y
    columns  j runs over 0 to columns - 1; at most NR
    depth    k runs over 0 to depth - 1

    Where x is ui8, a row of w holds four rows of i8 and accumulators are i32.

    With taps [1, 1] this is a matrix multiplication: the dimension before the last of x steps with i.
    """

    name = "cpu.uk.fma_tile"
    OWN_INPUTS: ClassVar[int] = 2
    columns = integer()
    depth = integer()

    def check(self) -> None:
        super().check()
        w = self.inputs[1].type
        assert isinstance(w, MemRefType)
        panel = w.get_shape()[-1]
        if self.columns is None or not 0 < self.columns <= panel:
            self.error(f"columns {self.columns} do not fit a panel of {panel}")
        if self.depth is None or self.depth < 1:
            self.error("depth is at least 1")


@define
class DwTileOp(WindowTile):
    """y[i, j] = region(sum over r, s of x[r, i strides + s, j] w[r, s, j]) for j below `channels`.

    inputs   x [N, H, W, C], w [KH, KW, C], then those of the region
    """

    name = "cpu.uk.dw_tile"
    OWN_INPUTS: ClassVar[int] = 2
    channels = integer()


@define
class PoolTileOp(WindowTile):
    """y[i, j] = region(max, or sum divided by the number of elements, over r, s of x[r, i strides + s, j]) for j below `channels`.

    inputs   x [N, H, W, C], then those of the region
    counts   columns that an average counts, for each pixel of the tile; it divides by counts[i] times `row_count`;
             a partial tile has the size column_count for it
    """

    name = "cpu.uk.pool_tile"
    SIZES: ClassVar[tuple[str, ...]] = ("row_begin", "row_end", "row_count")
    kind = enum("max", "average")
    channels = integer()
    counts = ints()

    def taken_sizes(self) -> tuple[str, ...]:
        return (*super().taken_sizes(), *(("column_count",) if self.partial else ()))


@define
class MapOp(Microkernel):
    """y[i, j] = region(inputs at (i, j)...) for i below row_count and j below column_count.

    inputs   read at (i, j); a dimension of size 1 does not step, a missing one neither
    outputs  y
    """

    name = "cpu.uk.map"
    SIZES: ClassVar[tuple[str, ...]] = ("row_count", "column_count")


@define
class ReduceColumnsOp(Microkernel):
    """y[j] = region(x[0, j] op x[1, j] op ... op x[count - 1, j]) for j below column_count.

    inputs   x [..., count, C], then those of the region, read at j
    outputs  y [..., C]
    """

    name = "cpu.uk.reduce_columns"
    SIZES: ClassVar[tuple[str, ...]] = ("count", "column_count")
    kind = enum("sum", "max", "min", "product")


@define
class ReduceRowOp(Microkernel):
    """y[0] = region(x[0] op x[1] op ... op x[count - 1]).

    inputs   x [..., count], then those of the region, one element each
    outputs  y, one element
    """

    name = "cpu.uk.reduce_row"
    SIZES: ClassVar[tuple[str, ...]] = ("count",)
    kind = enum("sum", "max", "min", "product")


@define
class SoftmaxRowOp(Microkernel):
    """y[j] = exp(x[j] - max) / sum of exp(x - max) for j below count; x may be y.

    inputs   x [..., C]
    outputs  y [..., C]
    """

    name = "cpu.uk.softmax_row"
    SIZES: ClassVar[tuple[str, ...]] = ("count",)


@define
class NormRowOp(Microkernel):
    """y[j] = region((x[j] - m) / sqrt(mean of (x - m)^2 + epsilon)) for j below count; m is the mean of x, or 0 where not `centred`. x may be y.

    inputs   x [..., C], then those of the region, read at j
    outputs  y [..., C]
    """

    name = "cpu.uk.norm_row"
    SIZES: ClassVar[tuple[str, ...]] = ("count",)
    centred = flag()
    epsilon = number(1e-5)


@define
class RopeRowOp(Microkernel):
    """y[j] = x[j] cos[j] - x[h + j] sin[j] and y[h + j] = x[h + j] cos[h + j] + x[j] sin[h + j] for j below h = `half`. x may be y.

    inputs   x, cos, sin [..., 2 h]
    outputs  y [..., 2 h]
    """

    name = "cpu.uk.rope_row"
    OWN_INPUTS: ClassVar[int] = 3
    half = integer()

    def check(self) -> None:
        super().check()
        if len(self.inputs) != 3 or self.half is None or self.half < 0:
            self.error("takes x, cos and sin, and the length of half a row")


@define
class LrnRowOp(Microkernel):
    """y[j] = x[j] / (bias + alpha / size * sum of x[c]^2 over the window around j)^beta for j below channels; x is not y.

    inputs   x [..., C]
    outputs  y [..., C]
    """

    name = "cpu.uk.lrn_row"
    channels = integer()
    size = integer()
    alpha = number(1e-4)
    beta = number(0.75)
    bias = number(1.0)


@define
class TransposeTileOp(Microkernel):
    """y[j, i] = x[i, j] for i below row_count and j below column_count.

    inputs       x; the last dimension steps with j, dimension `row_axis` with i
    outputs      y; the last dimension steps with i, dimension `column_axis` with j
    """

    name = "cpu.uk.transpose_tile"
    SIZES: ClassVar[tuple[str, ...]] = ("row_count", "column_count")
    row_axis = integer(0)
    column_axis = integer(0)


@define
class WinogradInputOp(Microkernel):
    """v[r, s, t] = (B^T d B)[r, s] for the patch d of `tile` + 2 rows and columns of x, for `channels` channels.

    inputs   x [N, H, W, C] at the patch's first pixel
    outputs  v [..., planes, tiles, C] at plane 0 of the tile; planes are numbered r (tile + 2) + s
    sizes    the rows and columns of the patch that exist; the others read as 0
    """

    name = "cpu.uk.winograd_input"
    SIZES: ClassVar[tuple[str, ...]] = ("row_begin", "row_end", "column_begin", "column_end")
    tile = integer(4)
    channels = integer()


@define
class WinogradOutputOp(Microkernel):
    """y[i, j] = region((A^T m A)[i, j]) for the `tile` x `tile` pixels of a tile, for `channels` channels.

    inputs   m [..., planes, tiles, C] at plane 0 of the tile, then those of the region, read at (i, j): their last
             dimension steps with the channel, the one before with j, the one before that with i; those of size 1 do not
    outputs  y [N, H, W, C] at the tile's first pixel
    sizes    the rows and columns of the tile that exist; the others are not stored
    """

    name = "cpu.uk.winograd_output"
    SIZES: ClassVar[tuple[str, ...]] = ("row_count", "column_count")
    tile = integer(4)
    channels = integer()


@define
class CellTileOp(Microkernel):
    """(y[i, j], ...) = region(step, sums, inputs at (i, j)...), sum g = sum over k of h[i, k] w[k, g U + j], for j below `units`.

    inputs   h [..., B, K], w [panels, K, gates * U], then those of the region
    outputs  one for each value the region yields
    sizes    step, which the region gets as a float
    """

    name = "cpu.uk.cell_tile"
    SIZES: ClassVar[tuple[str, ...]] = ("step",)
    OWN_INPUTS: ClassVar[int] = 2
    rows = integer(1)
    units = integer()
    gates = integer(1)
    depth = integer()

    def region_arguments(self) -> int:
        """The step, a sum for each gate, one for each further input."""
        return 1 + self.gates + len(self.inputs) - self.OWN_INPUTS


@define
class AttentionTileOp(Microkernel):
    """y[i, e] = sum over t of p[i, t] v[t, e], p = softmax over t of cap(scale * sum over d of q[i, d] k[t, d]) + mask[i, t], for i below `rows`.

    inputs   q, k packed [B, G, panels, D, 64], v, then as flags say the mask [..., S, T'], the offset, the lengths; one that is not
             there is not listed
    outputs  y
    sizes    query: what i = 0 is the number of; keys: t runs over 0 to keys - 1
    axes     which dimension steps with i in q, with t in v, with i in y
    masked, placed, counted  whether there is a mask, an offset, lengths
    depth, columns  d runs over 0 to depth - 1, e over 0 to columns - 1

    The others are those of `cpu.attention`. Keys come in blocks; sums of earlier blocks are scaled where a later one has a larger score.
    """

    name = "cpu.uk.attention_tile"
    SIZES: ClassVar[tuple[str, ...]] = ("query", "keys")
    OWN_INPUTS: ClassVar[int] = 3
    rows = integer(6)
    depth = integer()
    columns = integer()
    axes = ints((2, 2, 2))
    masked = flag()
    placed = flag()
    counted = flag()
    scale = number(1.0)
    softcap = number(0.0)
    causal = flag()
    left = integer(-1)
    right = integer(-1)

    def check(self) -> None:
        super().check()
        if len(self.inputs) != 3 + self.masked + self.placed + self.counted:
            self.error(f"its flags make {3 + self.masked + self.placed + self.counted} inputs, {len(self.inputs)} are given")
        if self.depth is None or self.columns is None or min(self.depth, self.columns, self.rows) < 1:
            self.error("rows, depth and columns are at least 1")


@define
class GenerateOp(Microkernel):
    """y[.., j] = region(indices.., inputs..) for `count` neighbours j along the last dimension, from the indices of the reference on.

    inputs   what the region reads from, whole
    outputs  y; rank 0 is one element
    region   takes an index for each dimension of y, then the inputs
    """

    name = "cpu.uk.generate"
    SIZES: ClassVar[tuple[str, ...]] = ("count",)
    OWN_INPUTS: ClassVar[int] = 0

    def region_arguments(self) -> int:
        return sum(m.type.get_num_dims() for m in self.outputs if isinstance(m.type, MemRefType)) + len(self.inputs)


MICROKERNELS = (
    FmaTileOp,
    DwTileOp,
    PoolTileOp,
    MapOp,
    ReduceColumnsOp,
    ReduceRowOp,
    SoftmaxRowOp,
    NormRowOp,
    RopeRowOp,
    LrnRowOp,
    TransposeTileOp,
    WinogradInputOp,
    WinogradOutputOp,
    CellTileOp,
    AttentionTileOp,
    GenerateOp,
)
