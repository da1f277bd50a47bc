"""A compiled program: what a backend hands to the runtime, in memory or through a `.infer` package.

The native side of the contract. `Program.code` is one ELF object that exports, all with the C calling convention,

    i64  inferir_run(ptr pool, ptr arena, ptr weights, ptr io, ptr dims)    0, or the number of the check that failed, from 1
    i64  inferir_arena_size(ptr dims)                                       bytes
    void inferir_worker(ptr pool)                                           optional: parks until there is work, returns once stopped
    void inferir_stop(ptr pool)                                             optional: makes the parked workers return
    u8   inferir_seal[32]                                                   constant: a package keeps the digest of its metadata there

    io       pointers to the inputs, then to the outputs: C-contiguous arrays that the caller owns, aligned to their element
    dims     i64 values of the symbolic dimensions, in the order of `Program.symbols`
    arena    scratch memory, 64-byte aligned, kept from call to call and not cleared
    weights  `Program.weights` at their offsets, read-only, 64-byte aligned
    pool     4096 zeroed bytes, 64-byte aligned, the program's own but for the words in `Pool`

An index that must lie in a range is checked by the kernel that reads it. Where one does not, no more kernels run; what the outputs hold is then
undefined. `Program.faults` says what the checks are, `Pool.FAULT` holds the index and its range [low, high).

Inferences of one loaded model never overlap: the runtime holds a lock for the length of `inferir_run`.

A program that is native in parts (`Program.host`) exports `inferir_run_<name>` and `inferir_arena_size_<name>` for each of
`Program.entries` instead. They share arena, weights and pool.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from inferir.errors import InferError

_LONGEST_MESSAGE = 1000


class ModelError(InferError):
    """Anything the user of a compiled model can get wrong or meet: one clear line, whatever a file's names have in them."""

    def __init__(self, message: str):
        line = " ".join(message.splitlines())
        super().__init__(line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]} ...")


class ArrayLike(Protocol):
    """What `np.asarray` takes."""

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray: ...


class Pool:
    """Byte offsets of the words in the pool block that the runtime writes before the first call."""

    SIZE = 4096
    THREADS = 192  # i32: threads that take part, the caller's included
    SPIN_LIMIT = 196  # i32: pauses that a worker spins for before it sleeps
    SYSCALL = 256  # ptr: the C library's syscall(long, ...), for futex
    TIMELINE = 264  # ptr or null: i64[launches + 1], the cycle counter read before every launch and after the last
    CHECK = 272  # ptr or null: i32 (*)(void), which loops call every few hundredths of a second; they stop where it gives anything but 0
    STOPPED = -1  # what `inferir_run` gives then
    FAULT = 384  # i64[4], written by the program where a check fails: number within its kernel, index, low, high


# Element types by their MLIR spelling. Types numpy lacks travel as the integers that hold their bits, a byte for the smallest.
DTYPES: dict[str, np.dtype] = {
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(np.uint16),
    "f8E4M3FN": np.dtype(np.uint8),
    "f8E5M2": np.dtype(np.uint8),
    "f8E4M3FNUZ": np.dtype(np.uint8),
    "f8E5M2FNUZ": np.dtype(np.uint8),
    "f8E8M0FNU": np.dtype(np.uint8),
    "f4E2M1FN": np.dtype(np.uint8),
    "i4": np.dtype(np.uint8),
    "ui4": np.dtype(np.uint8),
    "i2": np.dtype(np.uint8),
    "ui2": np.dtype(np.uint8),
    "i1": np.dtype(np.bool_),
    "i8": np.dtype(np.int8),
    "i16": np.dtype(np.int16),
    "i32": np.dtype(np.int32),
    "i64": np.dtype(np.int64),
    "ui8": np.dtype(np.uint8),
    "ui16": np.dtype(np.uint16),
    "ui32": np.dtype(np.uint32),
    "ui64": np.dtype(np.uint64),
    "complex<f32>": np.dtype(np.complex64),
    "complex<f64>": np.dtype(np.complex128),
}


STRING = "!framework.string"
"""Strings: numpy arrays of Python strings."""

CODES = "i32"
"""The element type of codes of strings."""

UNNAMED = "?"
"""A dimension that is neither a number nor has a name: only in programs that are native in parts."""


@dataclass(frozen=True)
class Port:
    """One input or output: its name, element type (MLIR spelling) and dimensions (a size, or an expression over the symbols).

    A port of a program that is native in parts may also be no tensor: `dtype` is then the whole type, such as `!framework.seq<...>`.
    Where there are `strings` the caller's elements are strings, which native code takes and gives as `CODES`: the k-th of them, counted
    from 1, is k; 0 is any other.
    """

    name: str
    dtype: str
    dims: tuple[int | str, ...]
    strings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}: {STRING if self.strings else self.dtype}[{', '.join(map(str, self.dims))}]"

    @cached_property
    def codes(self) -> dict[str, int]:
        """The code of each string that has one."""
        return {text: code for code, text in enumerate(self.strings, 1)}

    @cached_property
    def texts(self) -> np.ndarray:
        """The string of each code."""
        return np.array(["", *self.strings], object)


SEAL, SEAL_SIZE = "inferir_seal", 32
"""The constant in which a package ties its metadata to its code, and its bytes."""


def exports(name: str) -> tuple[str, str]:
    """The symbols under which an object exports a native function and the size of its arena."""
    suffix = "" if name == "main" else f"_{name}"
    return f"inferir_run{suffix}", f"inferir_arena_size{suffix}"


Assumptions = tuple[tuple[int | str, int | str, str], ...]
"""Pairs of dimensions that code takes to be equal, and what is wrong where they are not ("" for no more than that)."""


@dataclass(frozen=True)
class Entry:
    """A native function: its ports, the symbolic dimensions in the order it takes them, one name per kernel launch, what its checks are about."""

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    symbols: tuple[str, ...]
    launches: tuple[str, ...] = ()
    assumes: Assumptions = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostOp:
    """An op that has no native code: its name, the node of the source model, and why."""

    op: str
    node: str
    reason: str

    def __str__(self) -> str:
        return f"{self.op} (node '{self.node}')" if self.node else self.op


@dataclass
class Program:
    """A compiled model. Plain data: building one loads nothing and runs nothing."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    symbols: tuple[str, ...]  # the symbolic dimensions, in the order native code takes them
    code: bytes  # one relocatable ELF object
    weights: list[tuple[int, ArrayLike | Callable[[], ArrayLike]]] = field(default_factory=list)  # (byte offset, data or its maker)
    weights_size: int = 0  # bytes, padding included
    target: str = "cpu"
    arch: str = "x86_64"
    cpu_features: tuple[str, ...] = ()  # LLVM's names, such as "avx512f"
    launches: tuple[str, ...] = ()  # one name per launch, in order: the program fills `Pool.TIMELINE`
    producer: str = ""
    required_features: tuple[str, ...] = ()  # what a reader must know of beyond the format itself
    metadata: dict[str, str] = field(default_factory=dict)
    ir: dict[str, str] = field(default_factory=dict)  # text by level, for people
    entries: tuple[Entry, ...] = ()  # the native functions that `host` calls
    host: str = ""  # IR text of @main where not all of it is native; its weights are named by their offset in `weights`
    host_ops: tuple[HostOp, ...] = ()  # the ops of it that the reference executor runs
    assumes: Assumptions = ()  # checked before native code runs
    faults: tuple[str, ...] = ()  # what each check of native code is about, by error code less 1

    @property
    def main(self) -> Entry:
        """The program as one native function, which it is where there is no `host`."""
        return Entry("main", self.inputs, self.outputs, self.symbols, self.launches, self.assumes, self.faults)
