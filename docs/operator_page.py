"""The page of operators, `docs/operators.md`: what each becomes and whether the cpu target has kernels for that.

Nothing on it is written by hand. The operators and their versions are the framework dialect's table, what one becomes is read in the source of
its rules (the ops and host functions that the rule and the functions it calls can build), and what the cpu target takes is what the patterns
of its lowering say they match.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from inferir.core import Op
from inferir.dialects import inference as inf
from inferir.dialects.framework.tflite import tflite_table
from inferir.dialects.framework.torch import torch_table
from inferir.passes.framework.lowering import Lowering, Rule, load_rules, rules

TABLE = Path(inspect.getfile(inf)).parents[1] / "framework" / "onnx" / "table.json"
TITLES = {
    "onnx": "ai.onnx",
    "onnx.ml": "ai.onnx.ml",
    "onnx.preview": "ai.onnx.preview",
    "onnx.training": "ai.onnx.preview.training",
    "com.microsoft": "com.microsoft: what ONNX Runtime's quantiser and optimiser write",
    "aten": "torch: aten",
    "higher_order": "torch: operators that take graphs",
    "sym": "torch: arithmetic between sizes",
    "tfl": "TFLite: builtin operators",
}
OVERLOADED = ("aten", "higher_order", "sym")
"""Domains of which only the operators with a rule are listed, overloads in place of versions."""
FREE = {"inference.constant", "inference.shape_of"}
"""What costs nothing at run time: folded, or known before."""


def operator_page() -> str:
    """The page."""
    load_rules()
    taken = native_ops()
    versions = known_versions()
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules():
        found.setdefault((rule.domain, rule.op_type), []).append(rule)
    parts = ["# Operators", INTRODUCTION]
    for domain, title in TITLES.items():
        names = sorted({n for d, n in (*(versions if domain not in OVERLOADED else ()), *found) if d == domain})
        rows = [row(name, versions.get((domain, name), []), found.get((domain, name), []), taken) for name in names]
        counts = [sum(cells[3].startswith(kind) for cells in rows) for kind in ("native", "in part", "fallback", "-")]
        parts += [f"## {title}", "{} operators: {} native, {} in part, {} by fallback, {} not converted.".format(len(rows), *counts)]
        head = ["| operator | since version | inference ops | cpu | what it becomes |", "|---|---|---|---|---|"]
        parts.append("\n".join([*head, *("| " + " | ".join(cells) + " |" for cells in rows)]))
    return "\n\n".join(parts) + "\n"


INTRODUCTION = """What every operator becomes in the [inference dialect](dialects/inference.md), and whether the cpu target takes all of it.

- torch's operators are those with a rule, with their overloads in place of versions; [a table](../tests/conformance/aten.tsv) has what each gives beside torch.
- TFLite's operators have one form for all versions; [a table](../tests/conformance/tflite.tsv) has what each gives beside LiteRT's reference kernels.
- *inference ops*: what the rules of `passes/framework/<source>_rules` can build for the operator, over all its versions and forms; *host: name* is a
  function of numpy that `inference.host_call` runs.
- *cpu*: *native*, every one of these ops has a lowering to kernels; *in part*, those named have none, and a form of the operator that needs
  them runs through the reference executor; *fallback*, all of it does. A lowering may still decline an element type or a form:
  `infer-compile --report` says what it was for a model, and [the backend suite's table](../tests/conformance/onnx_cpu.tsv) for every case.
- Shapes and constants are folded before, so `shape_of` and `constant` are not counted."""


def known_versions() -> dict[tuple[str, str], list[str]]:
    """The since-versions of every operator of the standard, the withdrawn ones in brackets."""
    out: dict[tuple[str, str], list[str]] = {}
    domains = {"": "onnx", "ai.onnx.ml": "onnx.ml", "ai.onnx.preview": "onnx.preview", "ai.onnx.preview.training": "onnx.training"}
    for op in json.loads(TABLE.read_text(encoding="utf-8"))["ops"]:
        if op["domain"] in domains:
            text = f"({op['since']})" if op.get("deprecated") else str(op["since"])
            out.setdefault((domains[op["domain"]], op["name"]), []).append(text)
    for domain, full in torch_table().rows:
        if domain in OVERLOADED:
            name, _, overload = full.partition(".")
            out.setdefault((domain, name), []).append(overload or "default")
    out |= {("tfl", name): ["all"] for name in tflite_table().names("")}
    return out


def native_ops() -> set[str]:
    """Names of the inference ops that patterns of the cpu lowering match."""
    from inferir.passes.cpu.convert_inference_to_cpu import ConvertInferenceToCpu

    every = [op for op in inf.Inference.operations if issubclass(op, Op)]
    kinds = tuple(k for pattern in ConvertInferenceToCpu.patterns for k in pattern.op_types)
    return {op.name for op in every if issubclass(op, kinds)} | FREE


def row(name: str, versions: list[str], found: list[Rule], taken: set[str]) -> list[str]:
    """The cells of an operator."""
    ops: set[str] = set()
    hosts: set[str] = set()
    for rule in found:
        built = Built(name)
        built.function(rule.function)
        ops |= built.ops
        hosts |= built.hosts
    ops -= FREE | {"inference.host_call"}
    missing = sorted(o.removeprefix("inference.") for o in ops - taken)
    form = ", ".join([f"`{o.removeprefix('inference.')}`" for o in sorted(ops)] + [f"host: {h}" for h in sorted(hosts)])
    if not found:
        cpu = "-"
    elif not ops & taken and (hosts or missing):
        cpu = "fallback"
    elif missing or hosts:
        cpu = "in part: not " + ", ".join([*missing, *(f"host {h}" for h in sorted(hosts))])
    else:
        cpu = "native"
    law = "; ".join(dict.fromkeys((inspect.getdoc(r.function) or "").split("\n")[0].rstrip(".") for r in found))
    return [name, ", ".join(versions) or "1", form or ("nothing: its operands" if found else "-"), cpu, law.replace("|", "\\|")]


class Built:
    """The ops and host functions that a rule can build for an operator: what its source names, and that of the functions it calls."""

    def __init__(self, op_type: str):
        self.op_type = op_type
        self.ops: set[str] = set()
        self.hosts: set[str] = set()
        self.seen: set[Any] = set()

    def function(self, function: Callable[..., Any]) -> None:
        """Read one function."""
        function = inspect.unwrap(function)
        if function in self.seen or not isinstance(function, FunctionType):
            return
        self.seen.add(function)
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        self.node(tree.body[0], function.__globals__)

    def node(self, node: ast.AST, names: dict[str, Any]) -> None:
        """Read an expression or statement, its decorators and annotations left out."""
        match node:
            case ast.FunctionDef(body=body):
                for part in body:
                    self.node(part, names)
                return
            case ast.Dict(keys=keys, values=values) if self.chosen(keys) is not None:
                self.node(values[self.chosen(keys) or 0], names)
                return
            case ast.Subscript(value=ast.Name(id=table)) if isinstance(names.get(table), dict):
                value = names[table].get(self.op_type)
                if isinstance(value, type) and issubclass(value, Op):
                    self.ops.add(value.name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="lo"), attr="host"), args=[ast.Constant(value=str(host)), *_]):
                self.hosts.add(host)
            case ast.Attribute(value=ast.Name(id="inf"), attr=name):
                self.op(getattr(inf, name, None))
            case ast.Attribute(value=ast.Name(id="lo" | "self"), attr=name):
                method = inspect.getattr_static(Lowering, name, None)
                if isinstance(method, FunctionType) and name not in ("host", "emit", "array", "region"):
                    self.function(method)
                else:
                    self.op(getattr(inf, "".join(w.capitalize() for w in name.split("_")) + "Op", None))
            case ast.Name(id=name, ctx=ast.Load()) if isinstance(names.get(name), FunctionType):
                if names[name].__module__.startswith("inferir.passes.framework"):
                    self.function(names[name])
        for child in ast.iter_child_nodes(node):
            self.node(child, names)

    def chosen(self, keys: list[ast.expr | None]) -> int | None:
        """Which entry of a table by operator names is this operator's."""
        return next((i for i, k in enumerate(keys) if isinstance(k, ast.Constant) and k.value == self.op_type), None)

    def op(self, found: Any) -> None:
        """Note an op."""
        if isinstance(found, type) and issubclass(found, inf.InferenceOp) and "name" in found.__dict__:
            self.ops.add(found.name)
