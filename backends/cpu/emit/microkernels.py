"""Which function emits which microkernel."""

from collections.abc import Callable
from typing import Any

from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.tile import emit_fma_tile
from inferir.backends.cpu.emit.windows import emit_dw_tile, emit_pool_tile
from inferir.dialects.cpu import uk

MICROKERNELS: dict[type, Callable[[Any, Emitter], None]] = {
    uk.FmaTileOp: emit_fma_tile,
    uk.DwTileOp: emit_dw_tile,
    uk.PoolTileOp: emit_pool_tile,
}
