"""A compiled model, ready to call.

    model = load("m.infer", num_threads=2)
    y = model(x)                          # by position: an array, or a tuple when there are several outputs
    model.run({"input": x})["logits"]     # by name

Inputs are checked before anything runs. Symbolic dimensions take their values from the inputs' shapes and must agree with each other.
Weights are mapped, and memory and threads are taken, at the first inference.
"""

import ctypes
import os
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from inferir.backends.runtime import dims
from inferir.backends.runtime.elf import load_object, require_host
from inferir.backends.runtime.program import DTYPES, ModelError, Port, Program
from inferir.backends.runtime.workers import Workers, aligned_bytes

_SPIN_LIMIT = 20_000  # pauses before a worker sleeps: about 0.5 ms
_LARGEST = 1 << 46  # bytes; an arena or output beyond this is a mistake in an expression
_MOST_PLANS = 256  # remembered combinations of input shapes


@dataclass(frozen=True)
class _Plan:
    """What one combination of input shapes needs."""

    sizes: np.ndarray  # i64, in the order of Program.symbols
    sizes_address: int
    outputs: tuple[tuple[tuple[int, ...], np.dtype], ...]
    arena: int


class Model:
    """A program loaded into this process. Safe to call from several threads: calls take turns, each uses all of the model's threads."""

    def __init__(self, program: Program, num_threads: int | None = None):
        if program.target != "cpu":
            raise ModelError(f"this program was compiled for target '{program.target}'; only 'cpu' runs here")
        require_host(program.arch, program.cpu_features)
        for port in (*program.inputs, *program.outputs):
            if port.dtype not in DTYPES:
                raise ModelError(f"'{port.name}' has element type {port.dtype}, which this inferir cannot pass")
        if num_threads is not None and not 1 <= num_threads <= 1024:
            raise ModelError(f"num_threads is {num_threads}; it must be from 1 to 1024")
        code = load_object(program.code)
        lacking = [name for name in ("inferir_run", "inferir_arena_size") if name not in code.symbols]
        if lacking:
            raise ModelError(f"the program's code is damaged: it exports no {lacking[0]}")
        self.program = program
        self.inputs, self.outputs = program.inputs, program.outputs
        threaded = {"inferir_worker", "inferir_stop"} <= code.symbols.keys()
        self.num_threads = (num_threads or len(os.sched_getaffinity(0))) if threaded else 1
        pointer = ctypes.c_void_p
        self._run = code.function("inferir_run", ctypes.c_int64, pointer, pointer, pointer, pointer, pointer)
        self._arena_size = code.function("inferir_arena_size", ctypes.c_int64, pointer)
        self._code = code
        self._dtypes = [DTYPES[port.dtype] for port in program.inputs]
        self._io = (ctypes.c_size_t * (len(program.inputs) + len(program.outputs)))()
        self._io_address = ctypes.addressof(self._io)
        self._timeline = np.zeros(len(program.launches) + 1, np.int64)
        self._arena, self._arena_address = aligned_bytes(0), 0
        self._plans: dict[tuple[tuple[int, ...], ...], _Plan] = {}
        self._weights: np.ndarray | None = None
        self._weights_address = 0
        self._workers: Workers | None = None
        self._finalizer: weakref.finalize | None = weakref.finalize(self, code.close)
        self._lock, self._process = threading.Lock(), os.getpid()

    def __repr__(self) -> str:
        return f"Model({', '.join(map(str, self.inputs))} -> {', '.join(map(str, self.outputs))})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the threads and give the memory back. Calling the model afterwards is an error."""
        with self._lock:
            if self._finalizer is not None:
                self._finalizer()
            self._finalizer = self._workers = self._weights = None
            self._arena = aligned_bytes(0)

    def __call__(self, *inputs: Any) -> np.ndarray | tuple[np.ndarray, ...]:
        """Run on the inputs in order."""
        if len(inputs) != len(self.inputs):
            raise ModelError(f"the model takes {_count(len(self.inputs), 'input')} ({_names(self.inputs)}), {len(inputs)} given")
        outputs = self._infer([self._check(*each) for each in zip(self.inputs, self._dtypes, inputs, strict=True)])
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Run on inputs by name, giving outputs by name."""
        return dict(zip((port.name for port in self.outputs), self._infer(self._by_name(inputs)), strict=True))

    def profile(self, inputs: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], list[tuple[str, float]]]:
        """Run once, giving the outputs and the seconds of every launch in order (none where the program records none)."""
        seconds: list[float] = []
        outputs = self._infer(self._by_name(inputs), seconds)
        return dict(zip((p.name for p in self.outputs), outputs, strict=True)), list(zip(self.program.launches, seconds, strict=False))

    def _by_name(self, inputs: Mapping[str, Any]) -> list[np.ndarray]:
        expected = {port.name for port in self.inputs}
        unknown = [name for name in inputs if name not in expected]
        if unknown:
            raise ModelError(f"the model has no input '{unknown[0]}'; its inputs are {_names(self.inputs)}")
        missing = [port for port in self.inputs if port.name not in inputs]
        if missing:
            raise ModelError(f"input '{missing[0].name}' is missing; it is {missing[0]}")
        return [self._check(port, dtype, inputs[port.name]) for port, dtype in zip(self.inputs, self._dtypes, strict=True)]

    def _check(self, port: Port, dtype: np.dtype, value: Any) -> np.ndarray:
        """The value as an array native code can read: right type, right rank, fixed dimensions right, contiguous, aligned."""
        if not hasattr(value, "dtype"):
            try:
                value = np.asarray(value, dtype)
            except (TypeError, ValueError, OverflowError) as e:
                raise ModelError(f"input '{port.name}' cannot be read as {port.dtype}: {e}") from None
        array = np.asarray(value)
        if array.dtype != dtype:
            raise ModelError(f"input '{port.name}' has element type {array.dtype}, the model takes {port.dtype} ({dtype.name})")
        if array.ndim != len(port.dims):
            raise ModelError(f"input '{port.name}' has shape {list(array.shape)} of rank {array.ndim}, the model takes {port}")
        for size, dim in zip(array.shape, port.dims, strict=True):
            if size != dim and isinstance(dim, int):
                raise ModelError(f"input '{port.name}' has shape {list(array.shape)}, the model takes {port}")
        flags = array.flags
        return array if flags.c_contiguous and flags.aligned else np.array(array, order="C")

    def _plan(self, shapes: tuple[tuple[int, ...], ...]) -> _Plan:
        """Solve the symbols from the inputs' shapes, then size the outputs and the arena."""
        values = self._solve(shapes)
        sizes = np.array([values[s] for s in self.program.symbols], np.int64)
        outputs = []
        for port in self.outputs:
            shape = tuple(dims.evaluate(dim, values) for dim in port.dims)
            if any(size < 0 for size in shape) or int(np.prod([1.0, *shape])) > _LARGEST:
                raise ModelError(f"output '{port.name}' would have shape {list(shape)} for {_show(values)}")
            outputs.append((shape, DTYPES[port.dtype]))
        arena = self._arena_size(sizes.ctypes.data)
        if not 0 <= arena <= _LARGEST:
            raise ModelError(f"the program asks for {arena} bytes of memory for {_show(values)}")
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        plan = self._plans[shapes] = _Plan(sizes, int(sizes.ctypes.data), tuple(outputs), arena)
        return plan

    def _solve(self, shapes: tuple[tuple[int, ...], ...]) -> dict[str, int]:
        """The value of every symbol. Dimensions that are a symbol bind it; expressions then bind what is left or are checked."""
        values: dict[str, int] = {}
        origin: dict[str, str] = {}
        pending = []
        symbols = self.program.symbols
        for port, shape in zip(self.inputs, shapes, strict=True):
            for dim, size in zip(port.dims, shape, strict=True):
                if isinstance(dim, str) and dim in symbols:
                    if values.setdefault(dim, size) != size:
                        raise ModelError(f"'{dim}' is {values[dim]} in input '{origin[dim]}' and {size} in input '{port.name}'")
                    origin.setdefault(dim, port.name)
                elif isinstance(dim, str):
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

    def _infer(self, arrays: list[np.ndarray], seconds: list[float] | None = None) -> list[np.ndarray]:
        """One native call. `seconds` receives the time of each launch, if asked for."""
        if self._process != os.getpid():  # after a fork: threads and locks stayed in the parent
            self._lock, self._process, self._workers = threading.Lock(), os.getpid(), None
        with self._lock:
            weights, workers = self._ready()
            shapes = tuple([a.shape for a in arrays])
            plan = self._plans.get(shapes) or self._plan(shapes)
            try:
                if plan.arena > self._arena.size:
                    self._arena = aligned_bytes(0)  # the old one goes first
                    self._arena = aligned_bytes(plan.arena)
                    self._arena_address = int(self._arena.ctypes.data)
                outputs = [np.empty(shape, dtype) for shape, dtype in plan.outputs]
            except MemoryError:
                raise ModelError(f"not enough memory: the inference needs {plan.arena / 2**20:.0f} MiB beside its outputs") from None
            self._io[:] = [_address(a) for a in (*arrays, *outputs)]
            if seconds is not None and self.program.launches:
                workers.record(True)
            started = time.perf_counter()
            error = self._run(workers.address, self._arena_address, weights, self._io_address, plan.sizes_address)
            elapsed = time.perf_counter() - started
            if seconds is not None and self.program.launches:
                workers.record(False)
                cycles = np.diff(self._timeline).astype(np.float64)
                seconds.extend((cycles * (elapsed / max(cycles.sum(), 1.0))).tolist())
            if error:
                raise ModelError(f"the compiled program stopped with error {error}")
            return outputs

    def _ready(self) -> tuple[int, Workers]:
        """The weights' address and the threads, taken when first needed."""
        if self._finalizer is None:
            raise ModelError("the model is closed")
        if self._weights is None:
            self._weights = _weights_of(self.program)
            self._weights_address = int(self._weights.ctypes.data)
        if self._workers is None:
            self._workers = Workers(self._code, self.num_threads, _SPIN_LIMIT, self._timeline)
            self._finalizer.detach()
            self._finalizer = weakref.finalize(self, self._workers.stop)
        return self._weights_address, self._workers


def _weights_of(program: Program) -> np.ndarray:
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


def _address(array: np.ndarray) -> int:
    """Where a contiguous array's data lies; the first way is four times quicker but takes writable, non-empty arrays only."""
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    except (TypeError, ValueError):
        return int(array.ctypes.data)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _names(ports: tuple[Port, ...]) -> str:
    return ", ".join(f"'{port.name}'" for port in ports)


def _show(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "these inputs"
