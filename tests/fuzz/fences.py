"""Memory with fences: a kernel that reads or writes outside of its tensors dies of it.

    install("right")       # every model compiled and called from here on

Every buffer of the arena, every weight, every input and output lies on pages of its own, with pages between that cannot be touched. `right` lets
a buffer end where its pages end, so that one byte too many is a SIGSEGV; `left` lets it begin where they begin. No memory is used twice, all of
it holds 0xFF before a call (a NaN, where it is read before it is written), and what is left of a page must still hold that afterwards.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerAttr, i64

from inferir.backends.runtime.native import NativeCode, NativeFunction
from inferir.backends.runtime.program import ModelError
from inferir.core.dims import DimLike, evaluate
from inferir.dialects import cpu
from inferir.passes.cpu import plan_arena

SIDES = ("left", "right")
PAGE = mmap.PAGESIZE
FILL = 0xFF
_NO_ACCESS = 0  # PROT_NONE
_LIBC = ctypes.CDLL(None, use_errno=True)
_BUFFERS: dict[str, tuple[DimLike, list[tuple[DimLike, DimLike]]]] = {}
"""Size of the arena, and offset and bytes of every buffer in it, by native function, of the program that was planned last.

A function takes them along when it is loaded: others may be planned before it is called.
"""


def _pages(size: int) -> int:
    """Bytes of whole pages."""
    return -(-size // PAGE) * PAGE


def _slot(size: int, side: str) -> tuple[int, int]:
    """Where `size` bytes lie in a slot that starts with a fence, and how long the slot is."""
    whole = PAGE + _pages(size)
    return (whole - size if side == "right" else PAGE), whole


class Fenced:
    """A block of which only `ranges` (offset, bytes) can be touched."""

    def __init__(self, ranges: Sequence[tuple[int, int]]):
        self.ranges = sorted(r for r in ranges if r[1])
        size = _pages(max((o + n for o, n in ranges), default=0)) + PAGE
        self.memory = np.frombuffer(mmap.mmap(-1, size), np.uint8)
        self.address = int(self.memory.ctypes.data)
        end = 0
        for offset, count in self.ranges:
            first, last = offset // PAGE * PAGE, _pages(offset + count)
            self.memory[first:last] = FILL
            self._close(end, first)
            end = max(end, last)
        self._close(end, size)

    def _close(self, start: int, stop: int) -> None:
        if start < stop and _LIBC.mprotect(ctypes.c_void_p(self.address + start), ctypes.c_size_t(stop - start), _NO_ACCESS):
            raise OSError(ctypes.get_errno(), "mprotect")

    def check(self, what: str) -> None:
        """Raise ModelError where the rest of a page was written to."""
        for offset, count in self.ranges:
            before = self.memory[offset // PAGE * PAGE : offset]
            after = self.memory[offset + count : _pages(offset + count)]
            if (before != FILL).any() or (after != FILL).any():
                raise ModelError(f"memory beside {what} was written to: {count} bytes at {offset}")


class FencedArray(Fenced):
    """One array on pages of its own."""

    def __init__(self, shape: Sequence[int], dtype: np.dtype, side: str):
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        offset, _ = _slot(size, side)
        super().__init__([(offset, size)])
        self.array = self.memory[offset : offset + size].view(dtype).reshape(shape)
        self.address += offset


def _buffers(planned: tuple[DimLike, Any], values: Mapping[str, int], size: int) -> list[tuple[int, int]]:
    """The buffers of a function's arena; all of it where that was not planned here."""
    total, buffers = planned
    if evaluate(total, values) != size:
        return [(0, size)]
    return [(int(evaluate(o, values)), int(evaluate(n, values))) for o, n in buffers]  # pyright: ignore[reportArgumentType]


def install(side: str) -> None:
    """Put fences around the memory of every model that this process compiles from now on."""

    def place(planner: Any, groups: Any, arena: Any) -> DimLike:
        """Every buffer in a slot of its own."""
        buffers: list[tuple[DimLike, DimLike]] = []
        base: DimLike = 0
        for group in groups:
            for alloc, interval in zip(group.allocs, group.intervals, strict=True):
                skip, whole = _slot(interval.size, side)
                offset = base + skip * group.unit
                planner.replace(alloc, cpu.ViewOp(arena, planner.indices[offset], list(alloc.sizes), alloc.result.type))
                buffers.append((offset, interval.size * group.unit))
                base = base + whole * group.unit
        _BUFFERS[planner.main.sym_name.data] = base, buffers
        planner.main.attributes["cpu.arena"] = planner.main.attributes["cpu.arena_bound"] = IntegerAttr(0, i64)
        return base

    def place_weight(weights: Any, size: int) -> int:
        skip, whole = _slot(size, side)
        offset = weights.size + skip
        weights.size += whole
        return offset

    def weights_of(code: NativeCode) -> np.ndarray:
        if code._weights is None:
            parts = [
                (o, np.ascontiguousarray(data() if callable(data) else data).reshape(-1).view(np.uint8)) for o, data in code.program.weights
            ]
            block = Fenced([(o, part.size) for o, part in parts])
            for offset, part in parts:
                block.memory[offset : offset + part.size] = part
            code._weights = block.memory
        return code._weights

    def call(function: Any, arrays: list[np.ndarray], seconds: list[float] | None = None) -> list[np.ndarray]:
        code, entry = function.code, function.entry
        code.survive_fork()
        with code.lock:
            weights, workers = code.ready()
            plan = function.plan(tuple([a.shape for a in arrays]))
            values = dict(zip(entry.symbols, plan.sizes.tolist(), strict=True))
            arena = Fenced(_buffers(function.planned, values, plan.arena))
            given = [FencedArray(a.shape, a.dtype, side) for a in arrays]
            for fenced, array in zip(given, arrays, strict=True):
                fenced.array[...] = array
            made = [FencedArray(shape, dtype, side) for shape, dtype in plan.outputs]
            function._io[:] = [f.address for f in (*given, *made)]
            error = function._run(workers.address, arena.address, weights, function._io_address, plan.sizes_address)
            if error:
                raise function.failure(error, workers)
            for i, (fenced, array) in enumerate(zip(given, arrays, strict=True)):
                fenced.check(f"input {i}")
                if fenced.array.tobytes() != array.tobytes():
                    raise ModelError(f"input {i} was written to")
            arena.check("a buffer of the arena")
            for i, fenced in enumerate(made):
                fenced.check(f"output {i}")
            return [fenced.array.copy() for fenced in made]

    made_before = NativeFunction.__init__

    def make(function: Any, code: NativeCode, entry: Any) -> None:
        """What was planned last is what is loaded now."""
        made_before(function, code, entry)
        function.planned = _BUFFERS.get(entry.name, (-1, []))

    NativeFunction.__init__ = make  # pyright: ignore[reportAttributeAccessIssue]
    plan_arena.ALIGNMENT = 1
    plan_arena._Planner.place = place  # pyright: ignore[reportAttributeAccessIssue]
    plan_arena._Weights.place = place_weight  # pyright: ignore[reportAttributeAccessIssue]
    NativeCode.weights = weights_of  # pyright: ignore[reportAttributeAccessIssue]
    NativeFunction.__call__ = call  # pyright: ignore[reportAttributeAccessIssue]
