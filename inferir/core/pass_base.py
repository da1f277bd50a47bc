"""`Pass`: what changes a program. One pass a file, named by its file.

    class FoldBatchNorm(Pass):
        \"\"\"Why it exists, in one or two sentences.\"\"\"
        patterns = (into_conv,)

Options are annotated class attributes with a default; their help is a `#:` comment's job for readers and
`Annotated[int, "help"]` for tools.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from xdsl.ir import Operation

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, did_you_mean
from inferir.core.driver import GreedyDriver, RewriteLog
from inferir.core.rewriting import Pattern

TRUE = ("true", "True", "TRUE", "1", "")
FALSE = ("false", "False", "FALSE", "0")
"""How LLVM's command lines spell the values of a flag."""


@dataclass(frozen=True)
class Option:
    """A declared option of a pass."""

    name: str
    type: type
    default: Any
    help: str


class Pass:
    """A transformation of the op it is anchored on. Subclass with `patterns`, or override `run`."""

    name: ClassVar[str] = ""
    anchor: ClassVar[str | None] = None
    """Name of the op the pass works on; None for any."""
    patterns: ClassVar[Sequence[Pattern]] = ()
    keeps_shapes: ClassVar[bool] = False
    """Whether the shape analysis (`shapes.analysed`) that the pass began with still holds when it ends; else the next pass makes its own."""

    def __init_subclass__(cls) -> None:
        module = cls.__module__
        if module.startswith("inferir.passes."):
            cls.name = module.rpartition(".")[2].replace("_", "-")
        elif "name" not in cls.__dict__:
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()

    def __init__(self, **options: Any):
        declared = self.options()
        for key, value in options.items():
            name = key.replace("-", "_")
            if name not in declared:
                known = [o.replace("_", "-") for o in declared]
                listing = f"it has: {', '.join(known)}" if known else "it has no options"
                raise InferError(f"pass '{self.name}' has no option '{key}'{did_you_mean(key, known)} ({listing})")
            setattr(self, name, _typed(self.name, declared[name], value))
        self.statistics: dict[str, int] = {}
        self.log = RewriteLog()

    @classmethod
    def options(cls) -> dict[str, Option]:
        """The declared options by Python name."""
        out = {}
        for owner in reversed(cls.__mro__):
            if not issubclass(owner, Pass) or owner is Pass:
                continue
            hints = get_type_hints(owner, include_extras=True) if owner.__annotations__ else {}
            for name, hint in hints.items():
                if name not in owner.__annotations__ or get_origin(hint) is ClassVar or name in ("statistics", "log"):
                    continue
                help_text = next((a for a in get_args(hint)[1:] if isinstance(a, str)), "") if get_origin(hint) is Annotated else ""
                plain = get_args(hint)[0] if get_origin(hint) is Annotated else hint
                out[name] = Option(name, plain, getattr(owner, name, None), help_text)
        return out

    def spec(self) -> str:
        """The pass as it stands in a pipeline, options that differ from their default included."""
        given = []
        for name, option in self.options().items():
            value = getattr(self, name)
            if value != option.default:
                given.append(f"{name.replace('_', '-')}={_text(value)}")
        return self.name + (f"{{{' '.join(given)}}}" if given else "")

    def run(self, op: Operation, ctx: Context) -> None:
        """Transform `op`. By default: apply `patterns` greedily. Raise InferError where the pass cannot do its work."""
        GreedyDriver(self.patterns, ctx, self.log, options=self).run(op)

    def count(self, what: str, by: int = 1) -> None:
        """Add to a statistic of the pass."""
        self.statistics[what] = self.statistics.get(what, 0) + by


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ",".join(str(v) for v in value)
    return str(value)


def _typed(pass_name: str, option: Option, value: Any) -> Any:
    """The option's value from text (or an already typed value)."""
    if not isinstance(value, str):
        return value
    shown = option.name.replace("_", "-")
    origin = get_origin(option.type)
    try:
        if option.type is bool:
            if value not in (*TRUE, *FALSE):
                raise ValueError
            return value in TRUE
        if option.type in (int, float):
            return option.type(value)
        if origin in (tuple, list):
            item = get_args(option.type)[0]
            return tuple(item(v) for v in value.split(",") if v)
    except ValueError:
        name = getattr(option.type, "__name__", str(option.type))
        raise InferError(f"pass '{pass_name}': option '{shown}' takes {_kind(option.type, name)}, not '{value}'") from None
    return value


def _kind(type: Any, name: str) -> str:
    return {"bool": "true or false", "int": "an integer", "float": "a number"}.get(name, "a list" if get_origin(type) else name)
