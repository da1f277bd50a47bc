"""What the tables of a TFLite file hold, slot by slot. Source: tflite/converter/schema/schema.fbs, version 3. Options: the dialect's table."""

from __future__ import annotations

from functools import cache

from inferir.dialects.framework.tflite import rows_by_code
from inferir.frontends.common.flatbuffer import Field, Schema, fields

KINDS = {
    "Bool": "bool",
    "Int8": "i8",
    "Uint8": "u8",
    "Int16": "i16",
    "Uint16": "u16",
    "Int32": "i32",
    "Uint32": "u32",
    "Int64": "i64",
    "Uint64": "u64",
    "Float32": "f32",
    "String": "string",
}

TABLES = {
    "Model": fields(
        "version: u32",
        "operator_codes: [OperatorCode]",
        "subgraphs: [SubGraph]",
        "description: string",
        "buffers: [Buffer]",
        "metadata_buffer: [i32]",
        "metadata: [Metadata]",
        "signature_defs: [SignatureDef]",
    ),
    "OperatorCode": fields("deprecated_builtin_code: i8", "custom_code: string", "version: i32 = 1", "builtin_code: i32"),
    "SubGraph": fields("tensors: [Tensor]", "inputs: [i32]", "outputs: [i32]", "operators: [Operator]", "name: string"),
    "Tensor": fields(
        "shape: [i32]",
        "type: i8",
        "buffer: u32",
        "name: string",
        "quantization: QuantizationParameters",
        "is_variable: bool",
        "sparsity: SparsityParameters",
        "shape_signature: [i32]",
        "has_rank: bool",
    ),
    "QuantizationParameters": fields(
        "min: [f32]", "max: [f32]", "scale: [f32]", "zero_point: [i64]", "details_type: u8", "details: table", "quantized_dimension: i32"
    ),
    "SparsityParameters": fields("traversal_order: [i32]", "block_map: [i32]", "dim_metadata: [DimensionMetadata]"),
    "DimensionMetadata": fields(
        "format: i8",
        "dense_size: i32",
        "array_segments_type: u8",
        "array_segments: table",
        "array_indices_type: u8",
        "array_indices: table",
    ),
    "Int32Vector": fields("values: [i32]"),
    "Uint16Vector": fields("values: [u16]"),
    "Uint8Vector": fields("values: [u8]"),
    "Operator": fields(
        "opcode_index: u32",
        "inputs: [i32]",
        "outputs: [i32]",
        "builtin_options_type: u8",
        "builtin_options: table",
        "custom_options: [u8]",
        "custom_options_format: i8",
        "mutating_variable_inputs: [bool]",
        "intermediates: [i32]",
        "large_custom_options_offset: u64",
        "large_custom_options_size: u64",
        "builtin_options_2_type: u8",
        "builtin_options_2: table",
    ),
    "Buffer": fields("data: [u8]", "offset: u64", "size: u64"),
    "Metadata": fields("name: string", "buffer: u32"),
    "SignatureDef": fields("inputs: [TensorMap]", "outputs: [TensorMap]", "signature_key: string", "-", "subgraph_index: u32"),
    "TensorMap": fields("name: string", "tensor_index: u32"),
}


@cache
def schema() -> Schema:
    """The tables, with the options of each operator under its name."""
    out = dict(TABLES)
    for row in rows_by_code().values():
        out[row["name"]] = {
            name: Field(name, slot, _kind(type), 0 if default is None else default)
            for name, (slot, type, default, *_) in row.get("fields", {}).items()
        }
    return out


def _kind(type: str) -> str:
    return f"[{KINDS[type[1:-1]]}]" if type.startswith("[") else KINDS[type]
