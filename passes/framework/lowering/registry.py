"""Which rule converts which operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xdsl.ir import Operation

from inferir.dialects.framework import CustomOp, SourceOp

_NAMESPACES = {"onnx_ml": "onnx.ml", "onnx_preview": "onnx.preview", "onnx_training": "onnx.training"}


@dataclass(frozen=True)
class Rule:
    """A rule: the operator, the version it holds from, the function."""

    domain: str
    op_type: str
    since: int
    function: Callable[[Any, Any], Any]


_rules: dict[tuple[str, str], list[Rule]] = {}


def lowering(domain: str, *op_types: str, since: int = 1) -> Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]:
    """Make a function `(op, lo) -> values` the rule for some operators of a domain from version `since` on.

    A later registration for the same operator and version replaces the earlier one, so a plug-in may override a rule of ours.
    """

    def wrap(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        for op_type in op_types:
            known = _rules.setdefault((domain, op_type), [])
            known[:] = [r for r in known if r.since != since]
            known.append(Rule(domain, op_type, since, function))
            known.sort(key=lambda r: -r.since)
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
    found = [r for r in _rules.get((domain, op_type), ()) if r.since <= max(version, 1)]
    return found[0] if found else None


def rules() -> list[Rule]:
    """All rules that are loaded."""
    return [r for known in _rules.values() for r in known]
