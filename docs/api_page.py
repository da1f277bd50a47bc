"""The page of the Python API, `docs/python-api.md`: every exported name with its signature and what its docstring says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import inferir
from inferir import core
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError, Port
from inferir.backends.target import Runnable, Target
from inferir.core.pass_base import Option

INTRODUCTION = """Two modules are the API: `inferir`, for those who compile and run models, and `inferir.core`, for those who write ops, patterns and passes.
What they do not export may change at any time. All errors that a user can cause are [`InferError`](#infererror)s.

```python
import numpy as np

import inferir

model = inferir.compile("tests/models/data/lenet_dyn.onnx", num_threads=2)
y = model(np.zeros((2, 1, 28, 28), np.float32))
```

A pass of a notebook needs no file:

```python
from inferir.core import Pass, PassManager, Rewriter, make_context, parse, rewrites, text_of
from inferir.dialects import inference as inf


@rewrites(inf.ReluOp)
def relu_of_relu(outer: inf.ReluOp, rw: Rewriter) -> str | None:
    \"\"\"relu(relu(x)) = relu(x)\"\"\"
    if not isinstance(outer.x.owner, inf.ReluOp):
        return "its input is not a relu"
    rw.replace(outer, outer.x)


class RemoveDoubleRelu(Pass):
    \"\"\"Exporters repeat an activation.\"\"\"

    patterns = (relu_of_relu,)


ctx = make_context()
module = parse(
    \"\"\"func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = inference.relu %x : tensor<4xf32>
      %1 = inference.relu %0 : tensor<4xf32>
      return %1 : tensor<4xf32>
    }\"\"\",
    "notebook",
    ctx,
)
PassManager([RemoveDoubleRelu, "cse"], ctx).run(module)
assert text_of(module).count("inference.relu") == 1
model = inferir.compile(module)
```"""


def api_page() -> str:
    """The page."""
    parts = ["# Python API", INTRODUCTION, "## inferir"]
    parts += [entry("compile", inferir.compile), entry("load", inferir.load), *members("Model", Model), *members("Port", Port)]
    parts += [*members("InferError", inferir.InferError), *members("ModelError", ModelError)]
    parts += ["## Targets", *members("Target", Target), *members("Runnable", Runnable)]
    for module, names in core.EXPORTS.items():
        home = __import__(f"inferir.core.{module}", fromlist=["*"])
        parts += [f"## {module}", first_paragraph(home)]
        for name in names if module != "diagnostics" else [n for n in names if n != "InferError"]:
            thing = getattr(core, name)
            parts += members(name, thing) if inspect.isclass(thing) else [entry(name, thing)]
        if module == "pass_base":
            parts += members("Option", Option)
    parts += ["## pipeline", *members("Pipeline", core.Pipeline), entry("pipeline", core.pipeline), entry("dims", core.dims)]
    return "\n\n".join(p for p in parts if p) + "\n"


def members(name: str, cls: type) -> Iterator[str]:
    """A class, then its public methods and properties, those that it inherits from other classes of ours included."""
    yield entry(name, cls)
    ours = [c for c in reversed(cls.__mro__) if c.__module__.startswith("inferir")]
    found: dict[str, Any] = {}
    for owner in ours:
        found.update({n: v for n, v in vars(owner).items() if n == "__call__" or not n.startswith("_")})
    rows = []
    for key, value in found.items():
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value.fget if isinstance(value, property) else value
        if inspect.isfunction(function):
            shown = key if isinstance(value, property) else f"{key}{signature(function)}"
            rows.append(f"- `{shown}`: {' '.join(first_paragraph(function).split())}" if function.__doc__ else f"- `{shown}`")
    yield "\n".join(rows)


def entry(name: str, thing: Any) -> str:
    """A heading, the signature and the docstring."""
    made = inspect.isclass(thing)
    text = (
        f"{name}{signature(thing.__init__ if made and '__init__' in vars(thing) else thing)}"
        if not made or not _is_protocol(thing)
        else name
    )
    doc = inspect.getdoc(thing) or ""
    return f"### {name}\n\n```text\n{text}\n```\n\n{layout(doc) if not doc.startswith(name + '(') else ''}".rstrip()


def _is_protocol(cls: type) -> bool:
    return bool(getattr(cls, "_is_protocol", False))


def signature(thing: Callable[..., Any]) -> str:
    """The parameters and what is given back, `self` left out."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    kept = [p for n, p in found.parameters.items() if n not in ("self", "cls")]
    text = str(
        found.replace(
            parameters=kept, return_annotation=found.return_annotation if found.return_annotation != "None" else inspect.Signature.empty
        )
    )
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)  # annotations that are text
    text = re.sub(r"<factory>|<object object at 0x[0-9a-f]+>|<function [\w.<>]+ at 0x[0-9a-f]+>", "...", text)
    return re.sub(r"\b(?:inferir|xdsl|collections|typing|numpy)(?:\.\w+)*\.(\w+)", r"\1", text)


def first_paragraph(thing: Any) -> str:
    """The docstring up to its first empty line."""
    return (inspect.getdoc(thing) or "").split("\n\n")[0]


def layout(doc: str) -> str:
    """A docstring as Markdown: indented lines and tables of arguments stay as they are."""
    blocks = []
    for part in doc.split("\n\n"):
        rows = part.split("\n")
        fixed = all(row.startswith("    ") or re.match(r"\w+ {2,}\S", row) for row in rows)
        blocks.append(f"```text\n{inspect.cleandoc(part) if rows[0].startswith(' ') else part}\n```" if fixed else part)
    return "\n\n".join(blocks)
