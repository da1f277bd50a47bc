"""What there is, as text: passes with their options, dialects, what a pipeline does."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, get_args, get_origin

from inferir.core import discovery
from inferir.core.pass_base import Pass
from inferir.core.pass_manager import PassManager, Scope

if TYPE_CHECKING:
    from inferir.core.pass_base import Option


def list_passes(stream: IO[str]) -> None:
    """Every pass with its options, then every named pipeline."""
    ours = [n for n in discovery.pass_names() if not _is_stock(n)]
    stream.write("Passes:\n")
    for name in ours:
        _describe(name, stream)
    stream.write("\nPipelines:\n")
    for name, pipeline in sorted(discovery.pipelines().items()):
        stream.write(f"  {name:<32} - {pipeline}\n")
    stream.write("\nPasses of xDSL:\n")
    for name in discovery.pass_names():
        if _is_stock(name):
            _describe(name, stream)


def show_dialects(stream: IO[str], names: list[str]) -> None:
    """The names of the dialects, as mlir-opt writes them."""
    stream.write(f"Available Dialects: {', '.join(sorted(names))}\n")


def explain_pipeline(manager: PassManager, stream: IO[str]) -> None:
    """The pipeline, one pass a line with what it is for and the options it runs with."""
    stream.write("builtin.module\n")
    for depth, line in _explained(manager.root, 1):
        stream.write(f"{'  ' * depth}{line}\n")


def summary(cls: type[Pass]) -> str:
    """The first sentence of a pass's docstring."""
    text = " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
    head, dot, _ = text.partition(". ")
    return head + "." if dot else text


def _explained(scope: Scope, depth: int) -> Iterator[tuple[int, str]]:
    for step in scope.steps:
        if isinstance(step, Scope):
            yield depth, f"each {step.anchor}"
            yield from _explained(step, depth + 1)
        else:
            yield depth, f"{step.spec():<32} {summary(type(step))}".rstrip()


def _is_stock(name: str) -> bool:
    return name in discovery.stock_passes() and name not in discovery.pass_modules() and not discovery.is_plugged(name)


def _describe(name: str, stream: IO[str]) -> None:
    try:
        cls = discovery.find_pass(name)
    except ImportError as problem:
        stream.write(f"  {name:<32} - cannot be loaded: {problem}\n")
        return
    stream.write(f"  {name:<32} - {summary(cls)}\n")
    for key, option in cls.options().items():
        default = "" if option.default is None else f" (default {_text(option.default)})"
        text = f"    {key.replace('_', '-')}=<{_type(option)}>"
        stream.write(f"{text:<34} - {option.help}{default}\n")


def _type(option: Option) -> str:
    origin = get_origin(option.type)
    if origin in (tuple, list):
        return f"{get_args(option.type)[0].__name__},..."
    return getattr(option.type, "__name__", str(option.type))


def _text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ",".join(str(v) for v in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
