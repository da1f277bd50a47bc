"""Write what is needed to see a failure again: the IR and the pipeline, in one file that `--run-reproducer` runs.

The format is mlir-opt's: the module, then `{-# external_resources: {mlir_reproducer: {pipeline: "..."}} #-}`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xdsl.ir import Operation

from inferir.core.diagnostics import InferError
from inferir.core.files import write_whole
from inferir.core.instrument import Instrument
from inferir.core.printer import text_of
from inferir.core.walk import root_of

if TYPE_CHECKING:
    from inferir.core.pass_base import Pass

GROUP = "mlir_reproducer"
_QUOTED = r'"(?:[^"\\]|\\.)*"'


def reproducer_text(module_text: str, pipeline: str, verify_each: bool = True) -> str:
    """A reproducer as text."""
    escaped = pipeline.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"{module_text}\n{{-#\n  external_resources: {{\n    {GROUP}: {{\n"
        f'      pipeline: "{escaped}",\n      disable_threading: true,\n      verify_each: {str(verify_each).lower()}\n    }}\n  }}\n#-}}\n'
    )


class CrashReproducer(Instrument):
    """Writes a reproducer when a pass fails: from the start of the pipeline, or `local` with only the pass that failed."""

    def __init__(self, path: str, pipeline: str, verify_each: bool, local: bool = False):
        self.path = path
        self.pipeline = pipeline
        self.verify_each = verify_each
        self.local = local
        self.written = False
        self._anchors: list[str] = []
        self._text: str | None = None

    def enter(self, anchor: str, op: Operation) -> None:
        """Remember the nesting."""
        self._anchors.append(anchor)

    def leave(self, anchor: str, op: Operation) -> None:
        """Forget it."""
        self._anchors.pop()

    def before(self, step: Pass, op: Operation) -> None:
        """Keep the IR the pass is given."""
        if self._text is None or self.local:
            self._text = text_of(root_of(op), debuginfo=True)

    def failed(self, step: Pass, op: Operation, error: Exception) -> None:
        """Write the file."""
        pipeline = self.pipeline
        if self.local:
            pipeline = step.spec()
            for anchor in reversed(self._anchors):
                pipeline = f"{anchor}({pipeline})"
            pipeline = f"builtin.module({pipeline})"
        write_whole(self.path, reproducer_text(self._text or "", pipeline, self.verify_each))
        self.written = True


def pipeline_of(text: str, name: str) -> str:
    """The pipeline that a reproducer names. Raises InferError where the text is not one."""
    group = re.search(rf"{GROUP}\s*:\s*\{{((?:[^\"{{}}]|{_QUOTED})*)\}}", text)
    found = re.search(rf"pipeline\s*:\s*({_QUOTED})", group[1]) if group is not None else None
    if found is None:
        raise InferError(f"{name} is no reproducer: it has no '{GROUP}' with a pipeline in its external_resources")
    return re.sub(r"\\(.)", r"\1", found[1][1:-1])
