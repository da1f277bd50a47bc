"""Which rule converts which operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xdsl.ir import Operation

from inferir.core.plugins import in_scope
from inferir.dialects.framework import CustomOp, SourceOp

_NAMESPACES = {"onnx_ml": "onnx.ml", "onnx_preview": "onnx.preview", "onnx_training": "onnx.training"}


@dataclass(frozen=True)
class Rule:
    """A rule: the operator, the version it holds from, the function."""

    domain: str
    op_type: str
    since: int
    function: Callable[[Any, Any], Any]

    @property
    def order(self) -> tuple[int, bool]:
        """Sorts the rules of an operator: newest version first, and for one version those from outside the tree first."""
        return -self.since, self.of_the_tree

    @property
    def of_the_tree(self) -> bool:
        """Whether it is ours, not a plug-in's."""
        return self.function.__module__.startswith("inferir.")

    def replaces(self, other: Rule) -> bool:
        """Whether another rule for the same operator is of no more use."""
        same = self.function.__module__ == other.function.__module__ or (self.of_the_tree and other.of_the_tree)
        return same and self.since == other.since


_rules: dict[tuple[str, str], list[Rule]] = {}


def lowering(domain: str, *op_types: str, since: int = 1) -> Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]:
    """Make a function `(op, lo) -> values` the rule for some operators of a domain from version `since` on.

    A plug-in's rule goes before one of ours for the same operator and version, wherever the plug-in is loaded; of two plug-ins' the later one.
    """

    def wrap(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        for op_type in op_types:
            known = _rules.setdefault((domain, op_type), [])
            rule = Rule(domain, op_type, since, function)
            known[:] = [rule, *(r for r in known if not rule.replaces(r))]
            known.sort(key=lambda r: r.order)
        return function

    return wrap


def source_of(op: Operation) -> tuple[str, str, int]:
    """Domain, operator and version of a framework op."""
    if isinstance(op, CustomOp):
        return op.domain, op.op_type, op.version
    namespace, _, op_type = op.name.removeprefix("framework.").rpartition(".")
    return _NAMESPACES.get(namespace, namespace), op_type, op.version if isinstance(op, SourceOp) else 0


def find_rule(op: Operation) -> Rule | None:
    """The newest rule that is not newer than the op."""
    domain, op_type, version = source_of(op)
    known = _rules.get((domain, op_type), ())
    return next((r for r in known if r.since <= max(version, 1) and in_scope(r.function.__module__)), None)


def rules() -> list[Rule]:
    """All rules that are loaded."""
    return [r for known in _rules.values() for r in known if in_scope(r.function.__module__)]
