"""Write the committed table of ONNX operators, `table.json`, from the onnx package.

    python -m inferir.dialects.framework.onnx.build_table --update

One line of the table is one version of one operator:

    name, domain, since     Conv, "" (ai.onnx), 11
    in, out                 [name, type variable or type, "single" | "optional" | "variadic", least count of a variadic, homogeneous]
    vars                    {type variable: number of a set in "type_sets"}
    attrs                   {name: [kind, required, default]}; kind is AttributeProto's (INT, FLOATS, TENSOR, GRAPH, ...)
    pure, deprecated        whether equal inputs give equal outputs; whether the standard has withdrawn it
    doc                     the first sentence of its documentation

Only this file imports onnx; the dialect reads the table.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")


def build() -> str:
    """The text of the table, from the installed onnx package."""
    import onnx
    from onnx import defs, helper

    type_sets: dict[tuple[str, ...], int] = {}
    schemas = sorted(defs.get_all_schemas_with_history(), key=lambda s: (s.domain, s.name, s.since_version))
    rows = [json.dumps(_row(s, type_sets), separators=(",", ":"), ensure_ascii=False) for s in schemas]
    sets = [json.dumps(list(types), separators=(",", ":")) for types in type_sets]
    opsets = {domain or "ai.onnx": version for (domain, version) in sorted(helper.OP_SET_ID_VERSION_MAP) if domain != "ai.onnx"}
    for schema in schemas:
        domain = schema.domain or "ai.onnx"
        opsets[domain] = max(opsets.get(domain, 1), schema.since_version)
    head = f'{{"onnx":{json.dumps(onnx.__version__)},"opsets":{json.dumps(opsets)},"type_sets":[\n'
    return head + ",\n".join(sets) + '\n],"ops":[\n' + ",\n".join(rows) + "\n]}\n"


def _row(schema: Any, type_sets: dict[tuple[str, ...], int]) -> dict[str, Any]:
    row: dict[str, Any] = {"name": schema.name, "domain": schema.domain, "since": schema.since_version}
    row["in"] = [_parameter(p) for p in schema.inputs]
    row["out"] = [_parameter(p) for p in schema.outputs]
    row["vars"] = {
        c.type_param_str: type_sets.setdefault(tuple(sorted(c.allowed_type_strs)), len(type_sets)) for c in schema.type_constraints
    }
    row["attrs"] = {name: _attribute(a) for name, a in sorted(schema.attributes.items())}
    row["pure"] = schema.node_determinism.name != "NonDeterministic"
    if schema.deprecated:
        row["deprecated"] = True
    row["doc"] = _first_sentence(schema.doc)
    return row


def _parameter(parameter: Any) -> list[Any]:
    option = parameter.option.name.lower()
    short = [parameter.name, parameter.type_str, option]
    return [*short, parameter.min_arity, parameter.is_homogeneous] if option == "variadic" else short


def _attribute(attribute: Any) -> list[Any]:
    from onnx import helper

    kind = attribute.type.name
    default = None
    if attribute.default_value.ByteSize():
        default = helper.get_attribute_value(attribute.default_value)
        if isinstance(default, bytes):
            default = default.decode()
        elif isinstance(default, list | tuple):
            default = [d.decode() if isinstance(d, bytes) else d for d in default]
        elif kind == "TENSOR":
            default = None if not default.dims and not default.data_type else {"dtype": default.data_type, "dims": list(default.dims)}
    return [kind, bool(attribute.required), default]


def _first_sentence(doc: str) -> str:
    paragraph = re.split(r"\n\s*\n", doc.strip(), maxsplit=1)[0]
    text = re.sub(r"\s+", " ", paragraph).strip()
    sentence = re.split(r"(?<=[.])\s", text, maxsplit=1)[0]
    return sentence if len(sentence) <= 160 else sentence[:157].rstrip() + "..."


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit(__doc__)
    TABLE.write_text(build(), encoding="utf-8")
