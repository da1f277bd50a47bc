"""The exceptions that inferir raises for what its user can get wrong: one family. Standard library only, as a deployed model has no compiler."""

from collections.abc import Sequence
from typing import Any

LONGEST_ROW = 2000
"""Characters of a message's row that are shown: a name or a type in it may be as long as its file."""


class InferError(Exception):
    """What every layer raises for bad input.

    `location` is an MLIR location attribute, None where there is no place to point at; `notes` are `inferir.core.Note`s.
    """

    def __init__(self, message: str, location: Any = None, notes: Sequence[Any] = ()):
        super().__init__(message)  # the rest is in __dict__, which pickles too
        self.message = message
        self.location = location
        self.notes = notes

    def __str__(self) -> str:
        return shortened(self.message)


def shortened(message: str) -> str:
    """A message without what its rows have after 2,000 characters."""
    return "\n".join(row if len(row) <= LONGEST_ROW else f"{row[:LONGEST_ROW]} ..." for row in message.split("\n"))
