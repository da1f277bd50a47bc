"""What a compilation shares: dialects, weights, the text of the parsed files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import xdsl.context
from xdsl.ir import Attribute, Operation

from inferir.core.diagnostics import Diagnostic

if TYPE_CHECKING:
    import numpy as np

    from inferir.core.weights import WeightStore


WEIGHTS_FROM = "INFERIR_WEIGHTS_FROM"
"""The environment variable with folders that every text may read weights from; a tool adds those of --weights-from."""


@dataclass
class Context(xdsl.context.Context):
    """An xDSL context that knows our dialects by folder name and holds the weights of the module being compiled."""

    stored_weights: WeightStore | None = None
    sources: dict[str, str] = field(default_factory=dict)
    """Text by file name, for carets in errors."""
    folded: dict[Attribute, np.ndarray] = field(default_factory=dict)
    """Evaluated lazy constants."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    """Warnings and remarks so far; a tool prints them, `--verify-diagnostics` compares them with what was expected."""

    fold_types: dict[object, Any] = field(default_factory=dict)
    """Type and properties of the ops that lazy constants are made of, by name and types of the operands: nets repeat themselves."""

    weight_folders: list[str] = field(default_factory=lambda: [f for f in os.environ.get(WEIGHTS_FROM, "").split(os.pathsep) if f])
    """Folders, besides its own, below which a text may name files of weights."""

    analyses: dict[Operation, Any] = field(default_factory=dict)
    """What is known of functions (`analysed`), while no pass changes what it depends on; kept by the pass manager only."""
    keeps_analyses: bool = False
    """Whether a driver invalidates `analyses` in time."""

    @property
    def weights(self) -> WeightStore:
        """The weights; made when first asked for, so that a tool that needs none starts without numpy."""
        if self.stored_weights is None:
            from inferir.core.weights import WeightStore

            self.stored_weights = WeightStore()
        return self.stored_weights

    @weights.setter
    def weights(self, store: WeightStore) -> None:
        self.stored_weights = store

    def warn(self, message: str, location: Attribute | None = None) -> None:
        """Say something that is not an error."""
        self.diagnostics.append(Diagnostic("warning", message, location))

    def remark(self, message: str, location: Attribute | None = None) -> None:
        """Say what was done, or why not."""
        self.diagnostics.append(Diagnostic("remark", message, location))

    def _get_known_op(self, name: str) -> type[Operation] | None:
        """The class of an op; a dialect with `find_op` makes its classes when their names are first met."""
        found = super()._get_known_op(name)
        if found is None and (dialect := self._loaded_dialects.get(name.partition(".")[0])) is not None:
            find_op: Callable[[str], type[Operation] | None] | None = getattr(dialect, "find_op", None)
            found = find_op(name) if find_op is not None else None
            if found is not None:
                self._loaded_ops[name] = found
        return found

    def clone(self) -> Context:
        """A context with the same dialects and weights."""
        copy = Context(
            self.allow_unregistered,
            self._loaded_dialects.copy(),
            self._loaded_ops.copy(),
            self._loaded_attrs.copy(),
            self._loaded_types.copy(),
            self._registered_dialects.copy(),
            self.weights,
            self.sources,
            self.folded,
            self.diagnostics,
        )
        copy.weight_folders = self.weight_folders
        return copy


def make_context(allow_unregistered: bool = False) -> Context:
    """A context with every dialect of xDSL's and ours registered; each is loaded when first named."""
    from inferir.core.discovery import our_dialects, stock_dialects

    ctx = Context(allow_unregistered)
    for name, factory in {**stock_dialects(), **our_dialects()}.items():
        ctx.register_dialect(name, factory)
    return ctx
