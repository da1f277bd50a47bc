"""Names of values, graph within graph."""

from __future__ import annotations

from xdsl.ir import SSAValue


class Scope:
    """The values a graph can see: its own, then those around it."""

    def __init__(self, outer: Scope | None = None):
        self.values: dict[str, SSAValue] = {}
        self.outer = outer

    def find(self, name: str) -> SSAValue | None:
        """The value of that name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None
