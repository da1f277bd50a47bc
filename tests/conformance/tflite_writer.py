"""Small TFLite files of one operator, written by the tables that the reader reads by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np

from inferir.dialects.framework.tflite import enums, rows_by_code
from inferir.frontends.common.flatbuffer import DTYPES
from inferir.frontends.tflite.schema import schema

TYPES = {
    "float32": "FLOAT32",
    "float16": "FLOAT16",
    "int32": "INT32",
    "uint8": "UINT8",
    "int64": "INT64",
    "bool": "BOOL",
    "int16": "INT16",
    "int8": "INT8",
    "uint32": "UINT32",
    "complex64": "COMPLEX64",
}
SIZES = {"bool": "Bool", "i8": "Int8", "u8": "Uint8", "i16": "Int16", "u16": "Uint16", "i32": "Int32", "u32": "Uint32"}
SIZES |= {"i64": "Int64", "u64": "Uint64", "f32": "Float32", "f64": "Float64"}


@dataclass
class Operand:
    """An operand: its value, whether the file holds it, how its integers stand for numbers."""

    value: np.ndarray
    constant: bool = False
    quantization: tuple[Any, Any, int] | None = None
    variable: bool = False


@dataclass
class Result:
    """A result: its element type, how its integers stand for numbers."""

    dtype: str = "float32"
    quantization: tuple[Any, Any, int] | None = None


@dataclass
class Case:
    """One operator with options, operands (None is absent) and results."""

    name: str
    operator: str
    operands: list[Operand | None]
    results: list[Result] = field(default_factory=lambda: [Result()])
    options: dict[str, Any] = field(default_factory=dict)
    subgraphs: list[Any] = field(default_factory=list)


def write(case: Case, version: int = 1) -> bytes:
    """The file, its operator of a version."""
    tensors, buffers = [], [{}]
    inputs, operands = [], []
    for operand in case.operands:
        operands.append(-1 if operand is None else len(tensors))
        if operand is None:
            continue
        if operand.constant:
            buffers.append({"data": operand.value.reshape(-1).view(np.uint8)})
        elif not operand.variable:
            inputs.append(len(tensors))
        shape = np.array(operand.value.shape, np.int32)
        entry = _tensor(f"x{len(tensors)}", operand.value.dtype.name, shape, operand.quantization)
        tensors.append({**entry, "buffer": len(buffers) - 1 if operand.constant else 0, "is_variable": operand.variable})
    outputs = list(range(len(tensors), len(tensors) + len(case.results)))
    tensors += [_tensor(f"y{i}", r.dtype, np.zeros(0, np.int32), r.quantization) for i, r in enumerate(case.results)]
    row = next(r for r in rows_by_code().values() if r["name"] == case.operator)
    operator: dict[str, Any] = {"inputs": np.array(operands, np.int32), "outputs": np.array(outputs, np.int32)}
    if "options" in row:
        suffix = "" if row["options"][0] == 1 else "_2"
        operator[f"builtin_options{suffix}_type"] = row["options"][1]
        operator[f"builtin_options{suffix}"] = (case.operator, _numbered(row, case.options))
    graph = {"tensors": tensors, "inputs": np.array(inputs, np.int32), "outputs": np.array(outputs, np.int32), "operators": [operator]}
    code = {"deprecated_builtin_code": min(row["code"], 127), "builtin_code": row["code"], "version": version}
    model = {"version": 3, "operator_codes": [code], "subgraphs": [graph], "buffers": buffers}
    builder = flatbuffers.Builder(1024)
    builder.Finish(_table(builder, "Model", model), b"TFL3")
    return bytes(builder.Output())


def _tensor(name: str, dtype: str, shape: np.ndarray, quantization: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"name": name, "type": enums()["TensorType"].index(TYPES[dtype]), "shape": shape}
    if quantization is not None:
        scale, zero, axis = quantization
        out["quantization"] = {
            "scale": np.atleast_1d(np.array(scale, np.float32)),
            "zero_point": np.atleast_1d(np.array(zero, np.int64)),
            "quantized_dimension": axis,
        }
    return out


def _numbered(row: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Options with enums as their numbers."""
    out = {}
    for name, value in options.items():
        enum = row["fields"][name][3:]
        out[name] = enums()[enum[0]].index(value) if enum else value
    return out


def _table(builder: Any, name: str, values: dict[str, Any]) -> int:
    fields = schema()[name]
    placed = {n: _place(builder, fields[n].kind, v) if fields[n].kind not in SIZES else v for n, v in values.items()}
    builder.StartObject(max((f.slot for f in fields.values()), default=-1) + 1)
    for n, value in placed.items():
        found = fields[n]
        if found.kind in SIZES:
            getattr(builder, f"Prepend{SIZES[found.kind]}Slot")(found.slot, value, None)
        elif value is not None:
            builder.PrependUOffsetTRelativeSlot(found.slot, value, 0)
    return builder.EndObject()


def _place(builder: Any, kind: str, value: Any) -> int | None:
    if kind == "string":
        return builder.CreateString(value)
    if kind == "table":
        return _table(builder, *value)
    if not kind.startswith("["):
        return _table(builder, kind, value)
    if kind[1:-1] in SIZES:
        return builder.CreateNumpyVector(np.asarray(value, DTYPES[kind[1:-1]]))
    places = [_table(builder, kind[1:-1], v) for v in value]
    builder.StartVector(4, len(places), 4)
    for place in reversed(places):
        builder.PrependUOffsetTRelative(place)
    return builder.EndVector()
