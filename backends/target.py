"""A target: what makes a program of the upper dialects run somewhere, under a name.

`backends/<name>/target.py` defines one `Target`; so may a plug-in file. Nothing is imported before its name is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, Self

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from inferir import backends
from inferir.backends.runtime.program import Port
from inferir.core import Context, InferError
from inferir.core.diagnostics import did_you_mean
from inferir.core.plugins import plugged

LEVELS = ("none", "basic", "extended", "layout")
"""The optimisation levels; each contains the ones before."""


class Runnable(Protocol):
    """A model that is ready to be called: `inferir.backends.runtime.model.Model`, or a target's own."""

    @property
    def inputs(self) -> Sequence[Port]: ...
    @property
    def outputs(self) -> Sequence[Port]: ...
    def __call__(self, *inputs: Any) -> np.ndarray | tuple[np.ndarray, ...]: ...
    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


@dataclass(frozen=True)
class Target:
    """What a backend offers."""

    name: str
    pipelines: Mapping[str, str]
    """Pass pipeline by optimisation level, from any level of the ladder to what `build` reads."""
    build: Callable[[ModuleOp, Context], Any]
    """The lowered module as an artefact: a `runtime.program.Program` where it can be packaged."""
    load: Callable[[Any, int | None], Runnable]
    """The artefact made ready to run, with a number of threads (None: the target's choice)."""
    describe: Callable[[ModuleOp, str | None], None] | None = None
    """Writes `#inferir.target<...>` into a module, for a machine by name or description file (None: the module's own, else the host).
    A target without it has no machines to choose from."""
    texts: Mapping[str, Callable[[ModuleOp, Context], str]] = field(default_factory=dict)
    """Final code of a lowered module as text, by the name that infer-translate has for it."""
    is_lowered: Callable[[ModuleOp], bool] = lambda module: False
    """Whether a module is one that `build` and `texts` take, so that no pipeline needs to run."""

    def pipeline(self, level: str) -> str:
        """The pass pipeline of a level. Raises InferError for an unknown one."""
        if level not in self.pipelines:
            raise InferError(
                f"no optimisation level '{level}'{did_you_mean(level, self.pipelines)} (there are {', '.join(self.pipelines)})"
            )
        return self.pipelines[level]

    def prepare(self, module: ModuleOp, machine: str | None) -> None:
        """Write into a module what it is compiled for. Raises InferError for a machine that is unknown, or named to a target that has none."""
        if self.describe is not None:
            self.describe(module, machine)
        elif machine is not None:
            raise InferError(f"target '{self.name}' has no machines: '{machine}' cannot be chosen")


def target_names() -> list[str]:
    """Every target that can be named, those of plug-ins included."""
    folders = {f.parent.name for root in backends.__path__ for f in Path(root).glob("*/target.py")}
    return sorted(folders | _plugged().keys())


def find_target(name: str) -> Target:
    """The target of a name. Raises InferError, with the closest name, for an unknown one."""
    if name in (plugged := _plugged()):
        return plugged[name]
    if name not in (known := target_names()):
        raise InferError(f"no target named '{name}'{did_you_mean(name, known)} (there are {', '.join(known)})")
    return _targets_in(import_module(f"inferir.backends.{name}.target"))[0]


def _plugged() -> dict[str, Target]:
    return {target.name: target for module in plugged().modules for target in _targets_in(module)}


def _targets_in(module: ModuleType) -> list[Target]:
    return [value for value in vars(module).values() if isinstance(value, Target)]
