"""`Instrument`: watches the passes of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import Operation

if TYPE_CHECKING:
    from inferir.core.pass_base import Pass


class Instrument:
    """Watches the passes of a run. Override what is of interest."""

    def enter(self, anchor: str, op: Operation) -> None:
        """A nested pipeline is about to run on `op`."""

    def leave(self, anchor: str, op: Operation) -> None:
        """The nested pipeline has run."""

    def wanted(self, step: Pass, op: Operation) -> bool:
        """Whether `step` is to run on `op` at all."""
        return True

    def before(self, step: Pass, op: Operation) -> None:
        """`step` is about to run on `op`."""

    def check(self, step: Pass, op: Operation) -> None:
        """`step` has run on `op`, and the result verifies: raise InferError where it is still not what it should be."""

    def after(self, step: Pass, op: Operation) -> None:
        """`step` has run on `op`, and nothing is wrong."""

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """`step` raised, or left IR that does not verify."""

    def finished(self, op: Operation) -> None:
        """All passes have run on `op`: raise InferError where something is missing."""
