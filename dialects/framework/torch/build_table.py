"""Write the committed table of torch's operators, `table.json`, from torch's own schema registry.

    python -m inferir.dialects.framework.torch.build_table --update        # in an environment that has torch

A row is one overload: `linear` (the default one), `add.Tensor`. Its operands are the tensors of the signature, then what is a number there but may be
a symbolic value in a dynamic program; every argument that is no tensor is an attribute too.

    in        [name, "Tensor", "single" | "optional" | "variadic"], numbers as [name, "symbolic", "optional" | "variadic"]
    out       [name, "Tensor", "single" | "variadic"]
    attrs     {name: [kind, required, default]}
    mutates   the operands that the operator writes to
    view_of   the operand whose elements the result shows

Left out: `out=` forms, backward and optimizer steps, operators of one device or of torch's tests.
Only this file imports torch; the dialect reads the table.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
NAMESPACES = ("aten", "quantized_decomposed", "torchao")
LEFT_OUT = re.compile(
    r"backward|cudnn|miopen|mkldnn|mps|xnnpack|_cuda|nested|sparse|csr|_foreach|_amp_|fused_(adam|sgd|moving|dropout)|_test_|_cslt|_histogramdd|"
    r"^q_|fbgemm|quantized_(lstm|gru|rnn|batch|max)|_linalg_check|_validate|record_stream|rename|align_|set_data|_fw_primal|_make_dual|"
    r"^__(?!(and|or|xor|lshift|rshift)__)[a-z]*__$|_standard_gamma|_triton|_transformer_encoder|_native_multi|_version|retain_grad|requires_grad|_fused_rms|dtensor"
)

KINDS = {
    "int": "INT",
    "SymInt": "INT",
    "float": "DOUBLE",
    "SymFloat": "DOUBLE",
    "bool": "BOOL",
    "SymBool": "BOOL",
    "str": "STRING",
    "number": "NUMBER",
    "Scalar": "NUMBER",
    "ScalarType": "TYPE",
    "Layout": "STRING",
    "Device": "STRING",
    "MemoryFormat": "STRING",
    "Dimname": "STRING",
    "QScheme": "STRING",
}
LISTS = {"INT": "INTS", "DOUBLE": "DOUBLES", "BOOL": "BOOLS", "STRING": "STRINGS", "NUMBER": "NUMBERS"}
SYMBOLIC = ("INT", "DOUBLE", "BOOL", "NUMBER")
"""The kinds of results that are numbers: tensors without dimensions here."""

ONE, MANY = "single", "variadic"
HIGHER_ORDER = {
    "cond": (["pred", "true_graph", "false_graph", "operands*"], 2),
    "while_loop": (["cond_graph", "body_graph", "carried*", "additional*"], 2),
    "scan": (["body_graph", "init*", "xs*", "additional*"], 1),
    "map_impl": (["body_graph", "xs*", "additional*"], 1),
    "wrap_with_set_grad_enabled": (["enabled", "body_graph", "operands*"], 1),
    "invoke_subgraph": (["body_graph", "identifier", "operands*"], 1),
}
"""Operators that take graphs: their arguments in order, `*` for lists of tensors."""
ATTRIBUTES = {"enabled": ["BOOL", True, None], "identifier": ["STRING", False, None]}
NUMBERS = {1: ("neg", "abs", "floor", "ceil", "trunc", "round", "sqrt", "not_", "sym_not", "sym_int", "sym_float", "sym_sqrt", "int", "float"),
           2: ("add", "sub", "mul", "floordiv", "truediv", "mod", "pow", "eq", "ne", "lt", "le", "gt", "ge", "and_", "or_", "sym_max", "sym_min"),
           3: ("sym_ite",)}  # fmt: skip
"""Arithmetic between numbers of a program: Python's `operator`, `math` and torch's `sym_*`."""


def build() -> str:
    """The text of the table, from the installed torch package."""
    torch: Any = importlib.import_module("torch")

    rows = []
    for schema in torch._C._jit_get_all_schemas():
        namespace, _, name = schema.name.partition("::")
        if namespace in NAMESPACES and schema.overload_name != "out" and not LEFT_OUT.search(name):
            row = _row(schema, namespace, name)
            if row is not None:
                rows.append(row)
    rows += [_higher_order(name, *signature) for name, signature in HIGHER_ORDER.items()]
    rows += [_arithmetic(name, count) for count, names in NUMBERS.items() for name in names]
    unique = {(row["domain"], row["name"]): row for row in rows}
    ordered = [unique[key] for key in sorted(unique)]
    lines = [json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in ordered]
    return f'{{"torch":{json.dumps(torch.__version__.split("+")[0])},"ops":[\n' + ",\n".join(lines) + "\n]}\n"


def _higher_order(name: str, arguments: list[str], graphs: int) -> dict[str, Any]:
    operands = [[a.rstrip("*"), "Tensor", MANY if a.endswith("*") else ONE] for a in arguments if a in ("pred",) or a.endswith("*")]
    attributes = {
        a: ["GRAPH", True, None] if a.endswith("graph") else ATTRIBUTES[a] for a in arguments if a.endswith("graph") or a in ATTRIBUTES
    }
    out = [["results", "Tensor", MANY]]
    return {"name": name, "domain": "higher_order", "since": 0, "in": operands, "out": out, "attrs": attributes, "pure": False}


def _arithmetic(name: str, count: int) -> dict[str, Any]:
    names = ["a", "b", "c"][:count]
    out = [["result", "Tensor", ONE]]
    attributes = {n: ["NUMBER", False, None] for n in names}
    return {"name": name, "domain": "sym", "since": 0, "in": [[n, "symbolic", "optional"] for n in names], "out": out, "attrs": attributes}


def _row(schema: Any, namespace: str, name: str) -> dict[str, Any] | None:
    """A row, None for a signature that a program's graph cannot call."""
    tensors, symbolic, attributes, mutates, view_of = [], [], {}, [], None
    for argument in schema.arguments:
        text = str(argument.type)
        optional = text.startswith("Optional[")
        inner = text.removeprefix("Optional[").removesuffix("]") if optional else text
        is_list = inner.startswith("List[")
        element = inner.removeprefix("List[").removesuffix("]") if is_list else inner
        if argument.is_out:
            return None
        if element in ("Tensor", "Optional[Tensor]"):
            tensors.append([argument.name, "Tensor", "variadic" if is_list else "optional" if optional else "single"])
            mutates += [argument.name] if argument.alias_info is not None and argument.alias_info.is_write else []
            shown = argument.alias_info is not None and not argument.alias_info.is_write
            view_of = argument.name if shown and view_of is None else view_of
            continue
        if element == "Generator":
            continue
        kind = _kind(argument, element)
        if kind is None or (is_list and kind not in LISTS):
            return None
        has_default = argument.has_default_value() or optional
        default = _default(argument.default_value, kind) if argument.has_default_value() else None
        attributes[argument.name] = [LISTS[kind] if is_list else kind, not has_default, default]
        if kind == "NUMBER" or re.search(rf"Sym(Int|Float|Bool)[][0-9?]* {argument.name}\b", str(schema)):
            symbolic.append([argument.name, "symbolic", "variadic" if is_list else "optional"])
    results = []
    for number, result in enumerate(schema.returns):
        text = str(result.type)
        kind = {"Tensor": "single", "List[Tensor]": "variadic"}.get(text, "single" if KINDS.get(text) in SYMBOLIC else None)
        if kind is None:
            return None
        results.append([result.name or f"result{number}", "Tensor", kind])
    row: dict[str, Any] = {"name": name + (f".{schema.overload_name}" if schema.overload_name else ""), "domain": namespace, "since": 0}
    row |= {"in": [*tensors, *symbolic], "out": results, "attrs": attributes}
    if mutates:
        row["mutates"] = mutates
    if view_of is not None:
        row["view_of"] = view_of
    if mutates or _effects(name):
        row["pure"] = False
    return row


def _kind(argument: Any, element: str) -> str | None:
    """The kind of an argument that is no tensor: torch calls a dtype, a layout and a memory format `int`, its `real_type` tells them apart."""
    real = str(getattr(argument, "real_type", element))
    for name in ("ScalarType", "Layout", "MemoryFormat", "SymInt", "QScheme"):
        if name in real:
            return KINDS[name]
    return KINDS.get(element.partition("[")[0])


def _default(value: Any, kind: str) -> Any:
    """A default as JSON has it."""
    torch: Any = importlib.import_module("torch")

    if kind == "TYPE":
        return None
    if isinstance(value, torch.dtype | torch.layout | torch.device | torch.memory_format):
        return None
    if isinstance(value, float) and not abs(value) < float("inf"):
        return str(value)
    return value if isinstance(value, int | float | str | list | None) else None


def _effects(name: str) -> bool:
    return bool(
        re.search(r"^_?(assert|rand|bernoulli|multinomial|normal|poisson|dropout|.*dropout|rrelu)|_like$|sym_constrain|_print", name)
    ) and ("zeros" not in name and "ones" not in name and "full" not in name and "empty" not in name)


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit(__doc__)
    TABLE.write_text(build(), encoding="utf-8")
