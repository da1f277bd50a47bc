"""The threads of one loaded program: parked in native code, woken by `inferir_run`, stopped with the model."""

import ctypes
import threading

import numpy as np

from inferir.backends.runtime.elf import LoadedObject
from inferir.backends.runtime.program import Pool

_JOIN_SECONDS = 5.0


class Workers:
    """A pool block and the daemon threads parked on it.

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
        self._threads: list[threading.Thread] = []
        if num_threads > 1:
            park = code.function("inferir_worker", None, ctypes.c_void_p)
            for i in range(num_threads - 1):
                thread = threading.Thread(target=park, args=(self.address,), name=f"inferir-{i + 1}", daemon=True)
                thread.start()
                self._threads.append(thread)

    def record(self, on: bool) -> None:
        """Have the program write its timeline from the next call on, or stop."""
        self._timeline_word[0] = self._timeline.ctypes.data if on else 0

    def fault(self) -> tuple[int, int, int]:
        """The index that a check refused last, and the range [low, high) it should have been in."""
        _, index, low, high = self._block[Pool.FAULT : Pool.FAULT + 32].view(np.int64).tolist()
        return index, low, high

    def stop(self) -> None:
        """Wake the threads, let them return, and unmap the code. It stays mapped if a thread does not come back."""
        if self._threads:
            self._code.function("inferir_stop", None, ctypes.c_void_p)(self.address)
            for thread in self._threads:
                thread.join(_JOIN_SECONDS)
            if any(thread.is_alive() for thread in self._threads):
                _LEFT_BEHIND.append(self)
                return
        self._code.close()


# Pools whose threads did not come back: freeing what they may still read would crash the process.
_LEFT_BEHIND: list[Workers] = []


def aligned_bytes(size: int, zeroed: bool = False) -> np.ndarray:
    """`size` bytes at a 64-byte boundary; pages are taken from the system when they are first touched."""
    raw = (np.zeros if zeroed else np.empty)(size + 64, np.uint8)
    skip = -raw.ctypes.data % 64
    return raw[skip : skip + size]
