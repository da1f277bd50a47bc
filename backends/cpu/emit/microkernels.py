"""Which function emits which microkernel."""

from collections.abc import Callable
from typing import Any

from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.tile import emit_fma_tile
from inferir.dialects.cpu import uk

MICROKERNELS: dict[type, Callable[[Any, Emitter], None]] = {
    uk.FmaTileOp: emit_fma_tile,
}
