"""How long everything took: mlir-opt's execution time report."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import IO

from xdsl.ir import Operation

from inferir.core.instrument import Instrument
from inferir.core.pass_base import Pass

RULE = "===" + "-" * 73 + "===\n"


class Timer:
    """A named span of time and the spans inside it."""

    def __init__(self, name: str):
        self.name = name
        self.seconds = 0.0
        self.children: dict[str, Timer] = {}
        self._since = 0.0

    def child(self, name: str) -> Timer:
        """The span of that name inside this one."""
        return self.children.setdefault(name, Timer(name))

    def start(self) -> None:
        """Begin, or go on."""
        self._since = time.perf_counter()

    def stop(self) -> None:
        """Add what passed since `start`."""
        self.seconds += time.perf_counter() - self._since


class Timing(Instrument):
    """Times passes and, through `phase`, what else a tool does."""

    def __init__(self) -> None:
        self.root = Timer("Total")
        self.root.start()
        self._stack = [self.root]

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a block as a child of what is running."""
        self._push(name)
        try:
            yield
        finally:
            self._pop()

    def enter(self, anchor: str, op: Operation) -> None:
        """A nested pipeline."""
        self._push(f"'{anchor}' Pipeline")

    def leave(self, anchor: str, op: Operation) -> None:
        """Its end."""
        self._pop()

    def before(self, step: Pass, op: Operation) -> None:
        """A pass."""
        self._push(f"{type(step).__name__} ({step.name})")

    def after(self, step: Pass, op: Operation) -> None:
        """Its end."""
        self._pop()

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """Its end, and that of the pipelines around it."""
        while self._stack[-1].name.endswith("Pipeline") or "(" in self._stack[-1].name:
            self._pop()

    def report_json(self, stream: IO[str]) -> None:
        """Write the report as mlir-opt's JSON."""
        while len(self._stack) > 1:
            self._pop()
        self.root.stop()
        total = self.root.seconds

        def entry(timer: Timer, nested: bool = True) -> dict[str, object]:
            wall = {"duration": round(timer.seconds, 4), "percentage": round(100 * timer.seconds / total, 1) if total else 0.0}
            passes = {"passes": [entry(child) for child in timer.children.values()]} if nested else {}
            return {"wall": wall, "name": timer.name, **passes}

        rest = Timer("Rest")
        rest.seconds = total - sum(c.seconds for c in self.root.children.values())
        entries = [*map(entry, self.root.children.values()), entry(rest, False), entry(self.root, False)]
        stream.write("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n")

    def report(self, stream: IO[str], flat: bool = False) -> None:
        """Write the report: a tree in order, or a list with the longest first."""
        while len(self._stack) > 1:
            self._pop()
        self.root.stop()
        total = self.root.seconds
        stream.write(f"{RULE}{'... Execution time report ...':^80}\n{RULE}  Total Execution Time: {total:.4f} seconds\n\n")
        stream.write("  ----Wall Time----  ----Name----\n")
        lines = list(_tree(self.root, 0))
        if flat:
            summed: dict[str, float] = {}
            for _, name, seconds in lines:
                summed[name] = summed.get(name, 0.0) + seconds
            lines = sorted(((0, n, s) for n, s in summed.items()), key=lambda e: -e[2])
        rest = total - sum(c.seconds for c in self.root.children.values())
        for depth, name, seconds in [*lines, (0, "Rest", rest), (0, "Total", total)]:
            share = f"({seconds / total if total else 0:6.1%})"
            stream.write(f"  {seconds:8.4f} {share}  {'  ' * depth}{name}\n")

    def _push(self, name: str) -> None:
        timer = self._stack[-1].child(name)
        timer.start()
        self._stack.append(timer)

    def _pop(self) -> None:
        self._stack.pop().stop()


def _tree(timer: Timer, depth: int) -> Iterator[tuple[int, str, float]]:
    for child in timer.children.values():
        yield depth, child.name, child.seconds
        yield from _tree(child, depth + 1)
