"""Stopping native loops: they call `Interruption.address` now and then, which lets Python run the handlers of signals (Ctrl-C)."""

import ctypes
from collections.abc import Generator


class Interruption:
    """What a loop of one loaded program asks. `problem` is what a handler raised, and why the loop was told to stop."""

    def __init__(self) -> None:
        self.problem: BaseException | None = None
        # Resuming a generator is the one call that runs handlers inside of its `try` already; a function would run them before its first line.
        answers = self._answers()
        next(answers)
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int)(answers.__next__)
        self.address = ctypes.cast(self._callback, ctypes.c_void_p).value or 0

    def _answers(self) -> Generator[int]:
        answer = 0
        while True:
            try:
                while True:
                    yield answer
                    answer = 0
            except GeneratorExit:
                return
            except BaseException as problem:  # noqa: BLE001  (it is raised again where the model was called)
                self.problem, answer = problem, 1

    def raised(self) -> BaseException | None:
        """What stopped the loop; it is forgotten then."""
        problem, self.problem = self.problem, None
        return problem
