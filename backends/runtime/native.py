"""Native code that is loaded and ready to call: one object with its memory, weights and threads, and the functions it exports.

Weights are mapped, and memory and threads are taken, at the first call. Calls of one object's functions take turns, each uses all of its threads.
"""

import ctypes
import math
import os
import threading
import time
import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from inferir.backends.runtime import dims
from inferir.backends.runtime.elf import keep_for_ever, load_object, require_host
from inferir.backends.runtime.program import DTYPES, Entry, ModelError, Pool, Program, exports
from inferir.backends.runtime.workers import Workers, aligned_bytes

_SPIN_LIMIT = 20_000  # pauses before a worker sleeps: about 0.5 ms
_LARGEST = 1 << 46  # bytes; an arena or output beyond this is a mistake in an expression
_MOST_DIMENSIONS = 64  # of an array of numpy's
_address_of, _buffer_of = ctypes.addressof, ctypes.c_char.from_buffer
_MOST_PLANS = 256  # remembered combinations of input shapes


class NativeCode:
    """The object of a program, loaded into this process."""

    def __init__(self, program: Program, num_threads: int | None):
        require_host(program.arch, program.cpu_features)
        if num_threads is not None and (not isinstance(num_threads, int | np.integer) or not 1 <= num_threads <= 1024):
            raise ModelError(f"num_threads is {num_threads!r}; it must be an integer from 1 to 1024")
        self.program = program
        self.object = load_object(program.code)
        threaded = {"inferir_worker", "inferir_stop"} <= self.object.symbols.keys()
        self.num_threads = int(num_threads or len(os.sched_getaffinity(0))) if threaded else 1
        longest = max((len(e.launches) for e in (program.main, *program.entries)), default=0)
        self.timeline = np.zeros(longest + 1, np.int64)
        self.lock, self.process = threading.Lock(), os.getpid()
        self._arena, self._arena_address = aligned_bytes(0), 0
        self._weights: np.ndarray | None = None
        self._weights_address = 0
        self._workers: Workers | None = None
        self._free: Callable[[], None] = self.object.close
        self._finalizer: weakref.finalize | None = weakref.finalize(self, _end, self.lock, self._free)

    def close(self) -> None:
        """Stop the threads and give the memory back. Calling a function afterwards is an error."""
        self.survive_fork()
        with self.lock:
            if self._finalizer is not None and self._finalizer.detach():
                self._free()
            self._finalizer = self._workers = self._weights = None
            self._arena = aligned_bytes(0)

    def survive_fork(self) -> None:
        """Start over in a forked child: threads and locks stayed in the parent."""
        if self.process != os.getpid():
            self.lock, self.process, self._workers = threading.Lock(), os.getpid(), None

    def ready(self) -> tuple[int, Workers]:
        """The weights' address and the threads, taken when first needed."""
        if self._finalizer is None:
            raise ModelError("the model is closed")
        try:
            if self._weights is None:
                self._weights = self.weights()
                self._weights_address = int(self._weights.ctypes.data)
            if self._workers is None:
                self._workers = Workers(self.object, self.num_threads, _SPIN_LIMIT, self.timeline)
                self._finalizer.detach()
                self._free = self._workers.stop
                self._finalizer = weakref.finalize(self, _end, self.lock, self._free)
        except MemoryError:
            raise ModelError(f"not enough memory for {self.program.weights_size / 2**20:.0f} MiB of weights") from None
        return self._weights_address, self._workers

    def weights(self) -> np.ndarray:
        """The bytes of the program's weights."""
        return self._weights if self._weights is not None else weights_of(self.program)

    def arena(self, size: int) -> int:
        """The address of at least so many bytes."""
        if size > self._arena.size:
            self._arena = aligned_bytes(0)  # the old one goes first
            self._arena = aligned_bytes(size)
            self._arena_address = int(self._arena.ctypes.data)
        return self._arena_address


class BroadcastError(ModelError):
    """A size that is 1, and made of the dimensions `names`, meets another, where code is for equal ones."""

    def __init__(self, message: str, names: Collection[str]):
        super().__init__(message)
        self.names = names


@dataclass(frozen=True)
class Plan:
    """What one combination of input shapes needs."""

    sizes: np.ndarray  # i64, in the order of the function's symbols
    sizes_address: int
    outputs: tuple[tuple[tuple[int, ...], np.dtype], ...]
    arena: int


class NativeFunction:
    """A function of an object: contiguous arrays of the right types in, new arrays out."""

    def __init__(self, code: NativeCode, entry: Entry):
        run, arena_size = exports(entry.name)
        lacking = [name for name in (run, arena_size) if name not in code.object.symbols]
        if lacking:
            raise ModelError(f"the program's code is damaged: it exports no {lacking[0]}")
        for port in (*entry.inputs, *entry.outputs):
            if port.dtype not in DTYPES or len(port.dims) > _MOST_DIMENSIONS:
                raise ModelError(f"'{port.name}' has element type {port.dtype} and rank {len(port.dims)}, which this inferir cannot pass")
        pointer = ctypes.c_void_p
        self.code, self.entry = code, entry
        self._run = code.object.function(run, ctypes.c_int64, pointer, pointer, pointer, pointer, pointer)
        self._arena_size = code.object.function(arena_size, ctypes.c_int64, pointer)
        self._io = (ctypes.c_size_t * (len(entry.inputs) + len(entry.outputs)))()
        self._io_address = ctypes.addressof(self._io)
        self._plans: dict[tuple[tuple[int, ...], ...], Plan] = {}

    def __call__(self, arrays: list[np.ndarray], seconds: list[float] | None = None) -> list[np.ndarray]:
        """One native call. `seconds` receives the time of each launch, if asked for."""
        code = self.code
        code.survive_fork()
        with code.lock:
            weights, workers = code.ready()
            shapes = tuple([a.shape for a in arrays])
            plan = self._plans.get(shapes) or self.plan(shapes)
            try:
                arena = code.arena(plan.arena)
                outputs = [np.empty(shape, dtype) for shape, dtype in plan.outputs]
            except MemoryError:
                raise ModelError(f"not enough memory: the inference needs {plan.arena / 2**20:.0f} MiB beside its outputs") from None
            self._io[:] = [_address(a) for a in (*arrays, *outputs)]
            if seconds is not None and self.entry.launches:
                workers.record(True)
            started = time.perf_counter()
            error = self._run(workers.address, arena, weights, self._io_address, plan.sizes_address)
            elapsed = time.perf_counter() - started
            if seconds is not None and self.entry.launches:
                workers.record(False)
                cycles = np.diff(code.timeline[: len(self.entry.launches) + 1]).astype(np.float64)
                seconds.extend((cycles * (elapsed / max(cycles.sum(), 1.0))).tolist())
            if error == Pool.STOPPED and (problem := workers.interruption.raised()) is not None:
                raise problem
            if error:
                raise self.failure(error, workers)
            return outputs

    def failure(self, error: int, workers: Workers) -> ModelError:
        """What an error code of native code means."""
        if not 0 < error <= len(self.entry.faults):
            return ModelError(f"the compiled program stopped with error {error}")
        index, low, high = workers.fault()
        return ModelError(f"{self.entry.faults[error - 1]} is {index}, must be at least {low} and less than {high}")

    def plan(self, shapes: tuple[tuple[int, ...], ...]) -> Plan:
        """Solve the symbols from the inputs' shapes, then size the outputs and the arena."""
        values = self._solve(shapes)
        for *pair, says in self.entry.assumes:
            a, b = (dims.evaluate(dim, values) for dim in pair)
            if a != b and says:
                raise ModelError(f"{says}, with {_show(values)}")
            if a != b:
                what = f"{pair[0]} is {a} and {pair[1]} is {b} where the model was compiled for equal sizes, with {_show(values)}"
                if 1 not in (a, b):
                    raise ModelError(what)
                one = pair[0] if a == 1 else pair[1]
                raise BroadcastError(
                    f"{what}; compile it for that size (--dims) to have a 1 broadcast", dims.names(one, self.entry.symbols)
                )
        if any(not 0 <= value <= _LARGEST for value in values.values()):
            raise ModelError(f"no size can be {_show(values)}")
        sizes = np.array([values[s] for s in self.entry.symbols], np.int64)
        outputs = []
        for port in self.entry.outputs:
            shape = tuple(dims.evaluate(dim, values) for dim in port.dims)
            if any(size < 0 for size in shape) or math.prod(shape) > _LARGEST or max(shape, default=0) > _LARGEST:
                raise ModelError(f"output '{port.name}' would have shape {list(shape)} for {_show(values)}")
            outputs.append((shape, DTYPES[port.dtype]))
        arena = self._arena_size(sizes.ctypes.data)
        if not 0 <= arena <= _LARGEST:
            raise ModelError(f"the program asks for {arena} bytes of memory for {_show(values)}")
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        plan = self._plans[shapes] = Plan(sizes, int(sizes.ctypes.data), tuple(outputs), arena)
        return plan

    def _solve(self, shapes: tuple[tuple[int, ...], ...]) -> dict[str, int]:
        """The value of every symbol. Dimensions that are a symbol bind it; expressions then bind what is left or are checked."""
        values: dict[str, int] = {}
        origin: dict[str, str] = {}
        pending = []
        symbols = self.entry.symbols
        if [len(port.dims) for port in self.entry.inputs] != [len(shape) for shape in shapes]:
            raise ModelError(f"'{self.entry.name}' takes {', '.join(map(str, self.entry.inputs))}, not {list(shapes)}")
        for port, shape in zip(self.entry.inputs, shapes, strict=True):
            if len(shape) != len(port.dims) or any(isinstance(d, int) and d != n for d, n in zip(port.dims, shape, strict=True)):
                raise ModelError(f"input '{port.name}' has shape {list(shape)}, the function takes {port}")
            for dim, size in zip(port.dims, shape, strict=True):
                if isinstance(dim, str) and dim in symbols:
                    if values.setdefault(dim, size) != size:
                        raise ModelError(f"'{dim}' is {values[dim]} in input '{origin[dim]}' and {size} in input '{port.name}'")
                    origin.setdefault(dim, port.name)
                elif dim != size:
                    pending.append((port, dim, size))
        for port, dim, size in pending:
            free = dims.names(dim, symbols) - values.keys()
            if len(free) == 1:
                (symbol,) = free
                value = dims.solve(dim, symbol, size, values)
                if value is not None and value >= 0:
                    values[symbol] = value
            if free - values.keys() or dims.evaluate(dim, values) != size:
                raise ModelError(f"input '{port.name}' has a dimension of {size} where the model takes {dim}, with {_show(values)}")
        unbound = [s for s in symbols if s not in values]
        if unbound:
            raise ModelError(f"no input gives the size of '{unbound[0]}'")
        return values


def weights_of(program: Program) -> np.ndarray:
    """The weights as one 64-byte aligned block: the program's own where it is one already, as in a package, else put together."""
    size = program.weights_size
    block: np.ndarray | None = None
    for offset, data in program.weights:
        part = np.ascontiguousarray(data() if callable(data) else data).reshape(-1).view(np.uint8)
        if offset < 0 or offset + part.size > size:
            raise ModelError(f"a tensor of {part.size} bytes at offset {offset} does not fit in {size} bytes of weights")
        if part.size == size and part.ctypes.data % 64 == 0:
            return part
        block = aligned_bytes(size, zeroed=True) if block is None else block
        block[offset : offset + part.size] = part
    return aligned_bytes(size, zeroed=True) if block is None else block


def _end(lock: threading.Lock, free: Callable[[], None]) -> None:
    """At the end of a program's code, or of the process: free it, unless a daemon thread is inside just now. No new call enters."""
    if lock.acquire(blocking=False):
        free()
    else:
        keep_for_ever(free)


def _address(array: np.ndarray) -> int:
    """Where a contiguous array's data lies; the first way is four times quicker but takes writable, non-empty arrays only."""
    try:
        return _address_of(_buffer_of(array))  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        return int(array.ctypes.data)


def _show(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "these inputs"
