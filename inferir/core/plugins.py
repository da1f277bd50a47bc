"""Plug-ins: dialects, passes, pipelines and targets that come from outside the tree.

A plug-in is a Python file or package that a tool is given (`--plugin file.py`, `--plugin folder`), or an installed package with an entry point of the group
`inferir.plugins` that names a module of it. Either way, what the module holds is known by name: `Dialect` objects, `Pass` classes (named
after themselves: `MyPass` is `my-pass`), upper-case `pipeline(...)` values, `Target` objects. Rules for operators register themselves.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from xdsl.ir import Dialect

from inferir.core.diagnostics import InferError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from inferir.core.pass_base import Pass
    from inferir.core.pipeline import Pipeline

GROUP = "inferir.plugins"
FILE = "inferir_plugin_"
"""What the names of the modules of plug-in files begin with."""


@dataclass
class Plugged:
    """What the plug-ins define, by name; the later of two wins."""

    modules: list[ModuleType] = field(default_factory=list)
    dialects: dict[str, Dialect] = field(default_factory=dict)
    passes: dict[str, type[Pass]] = field(default_factory=dict)
    pipelines: dict[str, Pipeline] = field(default_factory=dict)
    installed: bool = False
    """Whether the installed packages are among them."""

    def adopt(self, module: ModuleType) -> None:
        """Make what a module defines, or imports from below itself, known by name."""
        from inferir.core.pass_base import Pass
        from inferir.core.pipeline import Pipeline

        self.modules.append(module)
        for key, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Pass) and _is_of(value.__module__, module.__name__):
                self.passes[value.name] = value
            elif isinstance(value, Dialect):
                self.dialects[value.name] = value
            elif isinstance(value, Pipeline) and key.isupper():
                self.pipelines[key.lower().replace("_", "-")] = value

    def copy(self) -> Plugged:
        """The same, to be added to."""
        return Plugged(list(self.modules), dict(self.dialects), dict(self.passes), dict(self.pipelines), self.installed)


_plugged = Plugged()


def plugged() -> Plugged:
    """What is there at the moment. Raises InferError where an installed plug-in cannot be loaded."""
    here = _plugged
    if not here.installed:
        here.installed = True  # first: a plug-in may ask while it is being loaded
        for module in _installed():
            here.adopt(module)
    return here


@contextmanager
def own_plugins(paths: Iterable[str] = ()) -> Iterator[None]:
    """Load plug-in files for the length of a block; those that are loaded in it are forgotten at its end."""
    global _plugged
    outside, _plugged = _plugged, _plugged.copy()
    try:
        for path in paths:
            load_plugin(path)
        yield
    finally:
        _plugged = outside


def load_plugin(path: str) -> None:
    """Load a plug-in file. Raises InferError where it cannot be run."""
    module = _loaded(path)
    if all(module is not other for other in plugged().modules):
        plugged().adopt(module)


_files: dict[str, tuple[tuple[int, int], ModuleType]] = {}
"""By path, the module of a file that was run, and the time and size the file had."""


def _loaded(path: str) -> ModuleType:
    """The module of a file or of a folder that is a package; a file that changed is run anew."""
    file = os.path.abspath(path)
    if os.path.isfile(os.path.join(file, "__init__.py")):
        file = os.path.join(file, "__init__.py")
    try:
        found = os.stat(file)
    except (OSError, ValueError):
        raise InferError(f"cannot load plug-in '{path}': no such Python file") from None
    stamp = found.st_mtime_ns, found.st_size
    if (known := _files.get(file)) is not None and known[0] == stamp:
        return known[1]
    if os.path.basename(file) == "__init__.py":
        _files[file] = stamp, _package(os.path.dirname(file))
        return _files[file][1]
    name = FILE + Path(file).stem
    while name in sys.modules and getattr(sys.modules[name], "__file__", None) != file:
        name += "_"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not os.path.isfile(file):
        raise InferError(f"cannot load plug-in '{path}': no such Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and type hints look names up
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        del sys.modules[name]
        raise InferError(f"cannot load plug-in '{path}': {type(problem).__name__}: {problem}") from problem
    _files[file] = stamp, module
    return module


def _package(folder: str) -> ModuleType:
    """The package in a folder, imported under the folder's name."""
    parent, name = os.path.split(folder)
    sys.path.insert(0, parent)
    try:
        module = importlib.import_module(name)
    except Exception as problem:
        raise InferError(f"cannot load plug-in '{folder}': {type(problem).__name__}: {problem}") from problem
    finally:
        sys.path.remove(parent)
    if not any(os.path.samefile(folder, place) for place in getattr(module, "__path__", ())):
        raise InferError(f"cannot load plug-in '{folder}': another module is named '{name}': {getattr(module, '__file__', None)}")
    return module


def in_scope(module: str) -> bool:
    """Whether what a module of this name registered somewhere holds here: that of a plug-in file does where the file is loaded."""
    return not module.startswith(FILE) or any(module == loaded.__name__ for loaded in plugged().modules)


def entry_points(group: str) -> list[EntryPoint]:
    """The installed entry points of a group, by name. `importlib.metadata` takes 40 ms to load: it is only asked where some
    package other than xDSL names the group."""
    if not any(f"[{group}]" in text for text in _entry_point_files()):
        return []
    from importlib import metadata

    return sorted(metadata.entry_points(group=group), key=lambda p: p.name)


def load_entry(point: EntryPoint) -> Any:
    """What an entry point names. Raises InferError, naming the package, where that cannot be loaded."""
    try:
        return point.load()
    except Exception as problem:
        package = f" of package '{point.dist.name}'" if point.dist is not None else ""
        raise InferError(f"cannot load plug-in '{point.name}'{package} ({point.value}): {type(problem).__name__}: {problem}") from problem


@cache
def _installed() -> list[ModuleType]:
    found = [(point, load_entry(point)) for point in entry_points(GROUP)]
    for point, thing in found:
        if not isinstance(thing, ModuleType):
            raise InferError(f"plug-in '{point.name}' ({point.value}) must name a module")
    return [module for _, module in found]


@cache
def _entry_point_files() -> list[str]:
    """The texts of the entry points of every installed package but xDSL."""
    files = (f for folder in sys.path for kind in ("dist", "egg") for f in Path(folder or ".").glob(f"*.{kind}-info/entry_points.txt"))
    return [f.read_text(encoding="utf-8") for f in files if not f.parent.name.startswith("xdsl-")]


def _is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")
