"""Which function emits which microkernel."""

from collections.abc import Callable
from typing import Any

from inferir.backends.cpu.emit.attention import emit_attention_tile
from inferir.backends.cpu.emit.cell import emit_cell_tile
from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.lanes import emit_generate
from inferir.backends.cpu.emit.reductions import emit_reduce_columns, emit_reduce_row
from inferir.backends.cpu.emit.rows import emit_lrn_row, emit_map, emit_norm_row, emit_rope_row, emit_softmax_row
from inferir.backends.cpu.emit.tile import emit_fma_tile
from inferir.backends.cpu.emit.transpose import emit_transpose_tile
from inferir.backends.cpu.emit.windows import emit_dw_tile, emit_pool_tile
from inferir.backends.cpu.emit.winograd import emit_winograd_input, emit_winograd_output
from inferir.dialects.cpu import uk

MICROKERNELS: dict[type, Callable[[Any, Emitter], None]] = {
    uk.FmaTileOp: emit_fma_tile,
    uk.DwTileOp: emit_dw_tile,
    uk.PoolTileOp: emit_pool_tile,
    uk.MapOp: emit_map,
    uk.ReduceColumnsOp: emit_reduce_columns,
    uk.ReduceRowOp: emit_reduce_row,
    uk.SoftmaxRowOp: emit_softmax_row,
    uk.NormRowOp: emit_norm_row,
    uk.RopeRowOp: emit_rope_row,
    uk.LrnRowOp: emit_lrn_row,
    uk.TransposeTileOp: emit_transpose_tile,
    uk.WinogradInputOp: emit_winograd_input,
    uk.WinogradOutputOp: emit_winograd_output,
    uk.CellTileOp: emit_cell_tile,
    uk.AttentionTileOp: emit_attention_tile,
    uk.GenerateOp: emit_generate,
}
