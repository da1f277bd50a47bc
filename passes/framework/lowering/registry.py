"""Which rule converts which operator: the rules of `passes/framework/<source>_rules`, found by folder name, and those of plug-ins."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from xdsl.ir import Operation

from inferir.core import InferError
from inferir.core.plugins import in_scope
from inferir.dialects.framework import CustomOp, SourceOp
from inferir.dialects.framework.sources import rule_domain

_PACKAGE = "inferir.passes.framework"

Function = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Rule:
    """A rule: the operator, the version it holds from, the function."""

    domain: str
    op_type: str
    since: int
    function: Function

    @property
    def order(self) -> tuple[int, bool]:
        """Sorts the rules of an operator: newest version first, and for one version those from outside the tree first."""
        return -self.since, self.of_the_tree

    @property
    def of_the_tree(self) -> bool:
        """Whether it is ours, not a plug-in's."""
        return self.function.__module__.startswith("inferir.")

    @property
    def place(self) -> str:
        """Where it is written."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def replaces(self, other: Rule) -> bool:
        """Whether another rule for the same operator is of no more use: the same one, loaded anew."""
        return self.function.__module__ == other.function.__module__ and self.since == other.since

    def clashes(self, other: Rule) -> bool:
        """Whether both are ours, for the same operator and version."""
        return self.of_the_tree and other.of_the_tree and self.since == other.since


_rules: dict[tuple[str, str], list[Rule]] = {}
_lists: dict[tuple[str, str], tuple[tuple[int, ...], bool]] = {}


def lowering(domain: str, *op_types: str, since: int = 1) -> Callable[[Function], Function]:
    """Make a function `(op, lo) -> values` the rule for some operators of a domain from version `since` on.

    An operator with a dot in its name (`add.Tensor`) also has the rules of what stands before the dot (`add`). A plug-in's rule goes before one of
    ours for the same operator and version, wherever the plug-in is loaded; of two plug-ins' the later one. Raises InferError for a second rule of ours.
    """

    def wrap(function: Function) -> Function:
        for op_type in op_types:
            known = _rules.setdefault((domain, op_type), [])
            rule = Rule(domain, op_type, since, function)
            for other in known:
                if other.clashes(rule):
                    raise InferError(f"two rules for {domain}.{op_type}-{since}: {other.place} and {rule.place}")
            known[:] = [rule, *(r for r in known if not rule.replaces(r))]
            known.sort(key=lambda r: r.order)
        return function

    return wrap


def integer_lists(domain: str, operands: Mapping[str, Sequence[int]], strict: Sequence[str] = ()) -> None:
    """State which operands, by operator, are lists of integers. A single number in place of one is a list of one, for `strict` operators an error."""
    _lists.update({(domain, op_type): (tuple(indices), op_type in strict) for op_type, indices in operands.items()})


def lists_of(op: Operation) -> tuple[tuple[int, ...], bool]:
    """The operands of an op that are lists of integers, and whether a number in place of one is an error."""
    domain, op_type, _ = source_of(op)
    return _lists.get((domain, op_type), ((), False))


def load_rules() -> None:
    """Import the rules of every source."""
    _load_rules(tuple(importlib.import_module(_PACKAGE).__path__))


@cache
def _load_rules(folders: tuple[str, ...]) -> None:
    for module in sorted(m.name for m in pkgutil.iter_modules(folders) if m.ispkg and m.name.endswith("_rules")):
        package = importlib.import_module(f"{_PACKAGE}.{module}")
        for name in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
            importlib.import_module(f"{_PACKAGE}.{module}.{name}")


def source_of(op: Operation) -> tuple[str, str, int]:
    """Domain, operator and version of a framework op."""
    if isinstance(op, CustomOp):
        return op.domain, op.op_type, op.version
    namespace, _, op_type = op.name.removeprefix("framework.").partition(".")
    return rule_domain(namespace), op_type, op.version if isinstance(op, SourceOp) else 0


def find_rule(op: Operation) -> Rule | None:
    """The newest rule that is not newer than the op."""
    domain, op_type, version = source_of(op)
    family = op_type.partition(".")[0]
    known = [r for name in dict.fromkeys((op_type, family)) for r in _rules.get((domain, name), ())]
    return next((r for r in known if r.since <= max(version, 1) and in_scope(r.function.__module__)), None)


def rules() -> list[Rule]:
    """All rules that are loaded."""
    return [r for known in _rules.values() for r in known if in_scope(r.function.__module__)]
