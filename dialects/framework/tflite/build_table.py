"""Write the committed table of TFLite operators, `table.json`, from the schema's classes in the PyPI package `tflite` and from `operands.txt`.

    python -m inferir.dialects.framework.tflite.build_table --update        (needs `pip install tflite`)

One line of the table is one operator, in the form of every source's table (`in`, `out`, `attrs`), and how its options lie in a file:

    code     its number in BuiltinOperator; `others` names the operators that have no row
    options  [1 or 2 (which of the unions), number in the union], absent where it has none
    fields   {attribute: [slot, type in the file, default in the file, its enum if it is one]}; an enum is a text in `attrs`

Only this file imports tflite; the dialect reads the table. Operators of StableHLO belong to their own dialect and have no options here.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
OPERANDS = Path(__file__).with_name("operands.txt")

ENUMS = {
    "padding": "Padding",
    "fused_activation_function": "ActivationFunctionType",
    "weights_format": "FullyConnectedOptionsWeightsFormat",
    "kernel_type": "LSTMKernelType",
    "combiner": "CombinerType",
    "reduce_function": "ReduceWindowFunction",
    "in_data_type": "TensorType",
    "out_data_type": "TensorType",
    "out_type": "TensorType",
    "output_type": "TensorType",
    "idx_out_type": "TensorType",
    "quantized_bias_type": "TensorType",
    "key_dtype": "TensorType",
    "value_dtype": "TensorType",
}
"""The enum of a field, by its name."""
ENUMS_OF = {("MirrorPadOptions", "mode"): "MirrorPadMode", ("LSHProjectionOptions", "type"): "LSHProjectionType"}
"""The enum of a field whose name says too little."""
OPTIONS = {
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "L2_POOL_2D": "Pool2DOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNNOptions",
    "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "RANDOM_UNIFORM": "RandomOptions",
    "RANDOM_STANDARD_NORMAL": "RandomOptions",
    "MULTINOMIAL": "RandomOptions",
    "CONV_3D_TRANSPOSE": "Conv3DOptions",
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL"), "ReducerOptions"),
}
"""The options of operators that do not share their name."""
WORDS = {"False": False, "True": True, "None": None}
KINDS = {"Bool": "INT", "Float32": "FLOAT", "String": "STRING"}
IMPURE = ("RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "CALL_ONCE", "CALL")
IMPURE += ("HASHTABLE", "HASHTABLE_IMPORT", "HASHTABLE_FIND", "HASHTABLE_SIZE")
GRAPHS = {
    "IF": {"then_subgraph_index": "then_branch", "else_subgraph_index": "else_branch"},
    "WHILE": {"cond_subgraph_index": "condition", "body_subgraph_index": "body"},
    "CALL_ONCE": {"init_subgraph_index": "body"},
    "CALL": {"subgraph": "body"},
}
"""Fields that name a subgraph, and the region it becomes."""
_METHOD = re.compile(r"def (\w+)\(self(?:, \w+)?\):\n\s+o = .*?Offset\((\d+)\)\)\n(.*?)\n\n", re.DOTALL)


def build() -> str:
    """The text of the table, from the installed package."""
    from importlib.metadata import version

    import tflite

    folder = Path(tflite.__file__).parent
    codes = _enum(folder, "BuiltinOperator")
    ops = {n: c for n, c in codes.items() if not n.startswith("STABLEHLO_") and n != "CUSTOM"}
    unions = [_enum(folder, "BuiltinOptions"), _enum(folder, "BuiltinOptions2")]
    operands = dict(line.split(": ", 1) for line in OPERANDS.read_text().splitlines() if line and line[0] != "#")
    rows = [_row(name, code, operands[name], folder, unions) for name, code in ops.items()]
    names = sorted({*ENUMS.values(), *ENUMS_OF.values()})
    enums = {name: list(_enum(folder, name)) for name in names}
    others = {c: n for n, c in codes.items() if n not in ops}
    head = f'{{"tflite":"{version("tflite")}","enums":{json.dumps(enums)},\n"others":{json.dumps(others)},\n"ops":[\n'
    return head + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]}\n"


def _enum(folder: Path, name: str) -> dict[str, int]:
    text = (folder / f"{name}.py").read_text()
    return {n: int(v) for n, v in re.findall(r"^    (\w+) = (\d+)$", text, re.MULTILINE)}


def _row(name: str, code: int, operands: str, folder: Path, unions: list[dict[str, int]]) -> dict[str, Any]:
    given, _, results = operands.partition("->")
    row: dict[str, Any] = {"name": name, "domain": "", "since": 0, "in": _parameters(given), "out": _parameters(results)}
    camel = "".join(w.capitalize() for w in name.split("_"))
    wanted = OPTIONS.get(name, f"{camel}Options")
    found = [(i + 1, o) for i, union in enumerate(unions) for o in union if o.lower() == wanted.lower()]
    attrs: dict[str, Any] = {}
    if found:
        which, options = found[0]
        fields = _fields(folder, options)
        attrs = {n: [*_attribute(options, n, type, default, folder)] for n, (_, type, default) in fields.items()}
        for field, region in GRAPHS.get(name, {}).items():
            del attrs[field]
            attrs[region] = ["GRAPH", True, None]
        row["options"], row["fields"] = [which, unions[which - 1][options]], {n: [*f, *_enum_of(options, n)] for n, f in fields.items()}
    row["attrs"], row["code"], row["pure"] = attrs, code, name not in IMPURE
    if name in GRAPHS:
        row["graphs"] = GRAPHS[name]
    return row


def _parameters(text: str) -> list[list[str]]:
    options = {"?": "optional", "*": "variadic"}
    return [[word.rstrip("?*"), "any", options.get(word[-1], "single")] for word in text.split()]


def _fields(folder: Path, options: str) -> dict[str, tuple[int, str, Any]]:
    """The fields of a table of the schema: slot, type, default."""
    out: dict[str, tuple[int, str, Any]] = {}
    for name, offset, body in _METHOD.findall((folder / f"{options}.py").read_text()):
        if name.endswith(("AsNumpy", "Length", "IsNone")):
            continue
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
        vector, types = "Vector" in body, re.findall(r"number_types\.(\w+)Flags", body)
        type = "String" if "_tab.String" in body else next(t for t in types if t != "UOffsetT" or len(types) == 1)
        last = body.rsplit("return ", 1)[1].strip()
        default = WORDS[last] if last in WORDS else json.loads(last)
        out[snake] = ((int(offset) - 4) // 2, f"[{type}]" if vector else type, None if vector else default)
    return out


def _enum_of(options: str, name: str) -> list[str]:
    """The enum of a field, if it has one."""
    found = ENUMS_OF.get((options, name)) or ENUMS.get(name)
    return [] if found is None else [found]


def _attribute(options: str, name: str, type: str, default: Any, folder: Path) -> tuple[str, bool, Any]:
    for enum in _enum_of(options, name):
        return "STRING", False, list(_enum(folder, enum))[default]
    if type.startswith("["):
        return f"{KINDS.get(type[1:-1], 'INT')}S", False, None
    return KINDS.get(type, "INT"), False, int(default) if isinstance(default, bool) else default


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit(__doc__)
    TABLE.write_text(build(), encoding="utf-8")
