"""Print the IR around passes, on a stream or as a tree of files, as mlir-opt does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation

from inferir.core.diagnostics import InferError
from inferir.core.instrument import Instrument
from inferir.core.pass_base import Pass
from inferir.core.printer import PrintOptions, print_module, text_of
from inferir.core.walk import root_of


@dataclass
class IrPrinting(Instrument):
    """Which passes to print around. `before` and `after` are pass names; `every` stands for all of them."""

    stream: IO[str]
    options: PrintOptions = field(default_factory=PrintOptions)
    names_before: Collection[str] = ()
    names_after: Collection[str] = ()
    all_before: bool = False
    all_after: bool = False
    on_change: bool = False
    """After a pass, only when it changed something."""
    on_failure: bool = False
    """After a pass, only when it failed."""
    whole_module: bool = False
    tree: Path | None = None
    """Write `<tree>/<op>_<symbol>/.../<number>_<pass>.mlir` instead of to the stream."""

    def __post_init__(self) -> None:
        self._text_before: list[str] = []
        self._counts: list[int] = [0]

    def enter(self, anchor: str, op: Operation) -> None:
        """Number what is inside on its own."""
        self._counts.append(0)

    def leave(self, anchor: str, op: Operation) -> None:
        """Count the nested pipeline as one step."""
        self._counts.pop()
        self._counts[-1] += 1

    def before(self, step: Pass, op: Operation) -> None:
        """Print, and remember what there was."""
        if self.all_before or step.name in self.names_before:
            self._print("Before", step, op)
        self._text_before.append(text_of(op, generic=True) if self.on_change else "")

    def after(self, step: Pass, op: Operation) -> None:
        """Print, if asked and changed."""
        text = self._text_before.pop()
        wanted = self.all_after or step.name in self.names_after or (self.on_change and not self.names_after)
        if wanted and not self.on_failure and not (self.on_change and text_of(op, generic=True) == text):
            self._print("After", step, op)
        self._counts[-1] += 1

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """Print what the pass left."""
        self._text_before.pop()
        if self.on_failure or self.all_after or step.name in self.names_after:
            self._print("After", step, op, " Failed")
        self._counts[-1] += 1

    def _print(self, when: str, step: Pass, op: Operation, how: str = "") -> None:
        title = f"IR Dump {when} {type(step).__name__}{how} ({step.name})"
        root = root_of(op)
        if op is not root:
            title += f" ('{op.name}' operation{': @' + _symbol(op) if _symbol(op) else ''})"
        shown = root if self.whole_module else op
        if self.tree is not None:
            self._write(f"// -----// {title} //----- //\n", when, step, op, shown)
            return
        self.stream.write(f"// -----// {title} //----- //\n")
        print_module(shown, self.stream, options=self.options)
        self.stream.write("\n")

    def _write(self, header: str, when: str, step: Pass, op: Operation, shown: Operation) -> None:
        folders = []
        at: Operation | None = op
        while at is not None:
            folders.append(f"{at.name.replace('.', '_')}_{_symbol(at) or 'no-symbol-name'}")
            at = at.parent_op()
        assert self.tree is not None
        suffix = "_before" if when == "Before" else ""
        name = "_".join(str(c) for c in self._counts) + f"_{step.name}{suffix}.mlir"
        path = self.tree.joinpath(*reversed(folders), name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(header + text_of(shown, options=self.options), encoding="utf-8")
        except OSError as problem:
            raise InferError(f"cannot write '{path}': {problem.strerror}") from None


def _symbol(op: Operation) -> str:
    name = op.properties.get("sym_name", op.attributes.get("sym_name"))
    return name.data if isinstance(name, StringAttr) else ""
