"""Dialects and passes by file name: nothing is registered by hand, nothing is imported before it is named.

A dialect is a folder (or file) of `dialects/` whose module holds one `Dialect`. A pass is a file
`passes/<stage>/<verb_object>.py`; its command-line name is the file name with dashes.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from xdsl.ir import Dialect

from inferir.core.diagnostics import InferError, did_you_mean
from inferir.core.plugins import entry_points, load_entry, plugged

if TYPE_CHECKING:
    from inferir.core.pass_base import Pass
    from inferir.core.pipeline import Pipeline


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(f"inferir.{package}")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"inferir.{package} is missing: was the package installed whole?")
    return Path(next(iter(spec.submodule_search_locations)))


def stock_dialects() -> dict[str, Callable[[], Dialect]]:
    """xDSL's own dialects and those of packages that extend it, by name."""
    from xdsl.dialects import get_all_dialects

    found = {**get_all_dialects(), **_taught_dialects(get_all_dialects())}
    for universe in _universes():
        found.update(universe.all_dialects)
    return found


def _taught_dialects(stock: Mapping[str, Callable[[], Dialect]]) -> dict[str, Callable[[], Dialect]]:
    """Those of xDSL's dialects that are taught more of MLIR's syntax when they are loaded: a file of `dialects/_forms` each."""
    names = [path.stem for path in (_folder("dialects") / "_forms").glob("[a-z]*.py")]

    def taught(name: str) -> Dialect:
        dialect = stock[name]()
        importlib.import_module(f"inferir.dialects._forms.{name}").teach()
        return dialect

    return {name: lambda name=name: taught(name) for name in names if name in stock}


def our_dialects() -> dict[str, Callable[[], Dialect]]:
    """The dialects of `dialects/` and of plug-ins, by name."""
    return {**tree_dialects(), **{name: lambda dialect=dialect: dialect for name, dialect in plugged().dialects.items()}}


@cache
def tree_dialects() -> dict[str, Callable[[], Dialect]]:
    """The dialects of `dialects/`, by name."""
    found: dict[str, Callable[[], Dialect]] = {}
    for path in sorted(_folder("dialects").iterdir()):
        name = path.stem
        if name.startswith("_") or not (path.suffix == ".py" or (path / "__init__.py").is_file()):
            continue
        found[name] = lambda name=name: dialect_in(importlib.import_module(f"inferir.dialects.{name}"))
    return found


def dialect_in(module: ModuleType) -> Dialect:
    """The one `Dialect` object of a module."""
    found = [v for v in vars(module).values() if isinstance(v, Dialect)]
    if len(found) != 1:
        raise InferError(f"{module.__name__} must define one Dialect, it defines {len(found)}")
    return found[0]


@cache
def pass_modules() -> dict[str, str]:
    """Module name by pass name, for every pass file in the tree."""
    root = _folder("passes")
    found: dict[str, str] = {}
    for path in sorted(root.glob("*/*.py")):
        if path.stem.startswith("_") or path.stem == "pipeline":
            continue
        name = path.stem.replace("_", "-")
        module = ".".join(("inferir.passes", *path.relative_to(root).with_suffix("").parts))
        if name in found:
            raise InferError(f"two passes are named '{name}': {found[name]} and {module}")
        found[name] = module
    return found


STARTS_PROGRAMS = frozenset({"mlir-opt"})
"""Passes of xDSL's that run a program which an option names: pipelines come from files too, so none of ours has them."""


@cache
def stock_passes() -> dict[str, Callable[[], Any]]:
    """xDSL's own passes and those of packages that extend xDSL, by name; a pass of ours of the same name wins."""
    from xdsl.transforms import get_all_passes

    found: dict[str, Callable[[], Any]] = {name: make for name, make in get_all_passes().items() if name not in STARTS_PROGRAMS}
    for universe in _universes():
        found.update(universe.all_passes)
    return found


@cache
def _universes() -> list[Any]:
    """The extensions of xDSL that are installed (entry points of the group `xdsl.universe`)."""
    return [load_entry(point) for point in entry_points("xdsl.universe") if point.name != "xdsl"]


def quick_names() -> set[str]:
    """The names that can be given as flags: every pass and pipeline that is known without importing anything more."""
    from xdsl.transforms import get_all_passes

    return {*pass_modules(), *plugged().passes, *plugged().pipelines, *_pipeline_names(), *get_all_passes()} - STARTS_PROGRAMS


def anchor_of(name: str) -> str | None:
    """The op a pass must be nested on, None for any (and for pipelines)."""
    return None if name in pipelines() and name not in pass_modules() else find_pass(name).anchor


def is_plugged(name: str) -> bool:
    """Whether a pass comes from a plug-in."""
    return name in plugged().passes


def pass_names() -> list[str]:
    """Every pass that can be named: ours, those of plug-ins, xDSL's."""
    return sorted({*pass_modules(), *plugged().passes, *stock_passes()})


def find_pass(name: str) -> type[Pass]:
    """The pass class of a name. Raises InferError, with the closest name, for an unknown one."""
    from inferir.core.pass_base import Pass

    if name in plugged().passes:
        return plugged().passes[name]
    modules = pass_modules()
    if name not in modules:
        if name in stock_passes():
            from inferir.core.stock import wrapped

            return wrapped(stock_passes()[name]())
        if name in STARTS_PROGRAMS:
            raise InferError(f"pass '{name}' starts a program, which a pipeline may not do")
        known = {*pass_names(), *pipelines()}
        raise InferError(f"no pass named '{name}'{did_you_mean(name, known)} ('infer-opt --list-passes' lists all {len(known)})")
    module = importlib.import_module(modules[name])
    classes = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Pass) and v.__module__ == module.__name__]
    if len(classes) != 1:
        raise InferError(f"{modules[name]} must define one pass, it defines {len(classes)}")
    return classes[0]


@cache
def _pipeline_names() -> frozenset[str]:
    """The names of the pipelines in the tree, read off their files."""
    found = set()
    for path in _folder("passes").glob("*/pipeline.py"):
        for name in re.findall(r"^([A-Z][A-Z0-9_]*)\b.*=\s*(?:pipeline|Pipeline)\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            found.add(f"{path.parent.name}-{name.lower().replace('_', '-')}")
    return frozenset(found)


@cache
def tree_pipelines() -> dict[str, Pipeline]:
    """The named pipelines of the tree."""
    from inferir.core.pipeline import Pipeline

    found: dict[str, Pipeline] = {}
    root = _folder("passes")
    for path in sorted(root.glob("*/pipeline.py")):
        module = importlib.import_module(f"inferir.passes.{path.parent.name}.pipeline")
        for key, value in vars(module).items():
            if isinstance(value, Pipeline) and key.isupper():
                found[f"{path.parent.name}-{key.lower().replace('_', '-')}"] = value
    return found


def pipelines() -> dict[str, Pipeline]:
    """The named pipelines: `<stage>-<name>` for each `NAME = pipeline(...)` in `passes/<stage>/pipeline.py`."""
    return {**tree_pipelines(), **plugged().pipelines}
