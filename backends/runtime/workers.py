"""The threads of one loaded program: parked in native code, woken by `inferir_run`, stopped with the model."""

import ctypes
import threading
import time

import numpy as np

from inferir.backends.runtime.elf import LoadedObject, keep_for_ever
from inferir.backends.runtime.interruption import Interruption
from inferir.backends.runtime.program import ModelError, Pool

_JOIN_SECONDS = 5.0


class Workers:
    """A pool block and the daemon threads parked on it. Raises ModelError, with none of them left, where not all can be started.

    Workers hold the pool and the code, never the model, so a forgotten model can be collected and its finaliser stops them.
    """

    def __init__(self, code: LoadedObject, num_threads: int, spin_limit: int, timeline: np.ndarray):
        self._code = code
        self._block = aligned_bytes(Pool.SIZE, zeroed=True)
        self.address = int(self._block.ctypes.data)
        self._block[Pool.THREADS :].view(np.int32)[:2] = num_threads, spin_limit
        words = self._block.view(np.uint64)
        words[Pool.SYSCALL // 8] = ctypes.cast(ctypes.CDLL(None).syscall, ctypes.c_void_p).value or 0
        self._timeline = timeline
        self._timeline_word = words[Pool.TIMELINE // 8 : Pool.TIMELINE // 8 + 1]
        self.interruption = Interruption()
        words[Pool.CHECK // 8] = self.interruption.address
        self._threads: list[threading.Thread] = []
        park = code.function("inferir_worker", None, ctypes.c_void_p) if num_threads > 1 else None
        try:
            for i in range(num_threads - 1):
                thread = threading.Thread(target=park, args=(self.address,), name=f"inferir-{i + 1}", daemon=True)
                thread.start()
                self._threads.append(thread)
        except (RuntimeError, MemoryError) as e:
            started = len(self._threads) + 1
            self._halt()
            raise ModelError(
                f"only {started} of {num_threads} threads could be started ({e or 'not enough memory'}): set num_threads"
            ) from None

    def record(self, on: bool) -> None:
        """Have the program write its timeline from the next call on, or stop."""
        self._timeline_word[0] = self._timeline.ctypes.data if on else 0

    def fault(self) -> tuple[int, int, int]:
        """The index that a check refused last, and the range [low, high) it should have been in."""
        _, index, low, high = self._block[Pool.FAULT : Pool.FAULT + 32].view(np.int64).tolist()
        return index, low, high

    def stop(self) -> None:
        """Wake the threads, let them return, and unmap the code. It stays mapped if a thread does not come back."""
        self._halt()
        self._code.close()

    def _halt(self) -> None:
        """Wake the threads and let them return. Where one does not come back, what it may still read stays."""
        if not self._threads:
            return
        self._code.function("inferir_stop", None, ctypes.c_void_p)(self.address)
        end = time.monotonic() + _JOIN_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            self._code.pin()
            keep_for_ever(self)
        self._threads = []


def aligned_bytes(size: int, zeroed: bool = False) -> np.ndarray:
    """`size` bytes at a 64-byte boundary; pages are taken from the system when they are first touched."""
    raw = (np.zeros if zeroed else np.empty)(size + 64, np.uint8)
    skip = -raw.ctypes.data % 64
    return raw[skip : skip + size]
