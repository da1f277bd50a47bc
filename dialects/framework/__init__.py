"""The framework dialect: a model as its source says it, losslessly.

Operators of a source are ops in its namespace, `framework.onnx.Conv`; their classes come from a committed table when a name is first met. A
source is a folder here (see `sources`); what stands beside the folders knows none of them.
`framework.custom` stands for operators no table knows. `framework.constant`, `framework.none` and `framework.yield` are common to all.
"""

from __future__ import annotations

from xdsl.ir import Dialect, Operation

from inferir.dialects.framework.constants import SparseTensorAttr, StringsAttr, TensorAttr, tensor_attribute, value_and_type
from inferir.dialects.framework.ops import ConstantOp, CustomOp, NoneOp, YieldOp
from inferir.dialects.framework.quantized import QuantizedAttr
from inferir.dialects.framework.source_op import SourceOp
from inferir.dialects.framework.sources import find_op, sources
from inferir.dialects.framework.types import ANY, NONE, STRING, AnyType, MapType, OptionalType, SeqType, SparseType, StringType


class FrameworkDialect(Dialect):
    """A dialect whose operator classes are made on demand."""

    def find_op(self, name: str) -> type[Operation] | None:
        """The class of an operator by its full name, None where no table has it."""
        return find_op(name)

    def made_on_demand(self) -> list[str]:
        """The full names of all operators in the tables, for suggestions."""
        return [name for source in sources().values() for name in source.full_names()]


Framework = FrameworkDialect(
    "framework",
    [ConstantOp, NoneOp, YieldOp, CustomOp],
    [AnyType, StringType, SeqType, OptionalType, MapType, SparseType, TensorAttr, StringsAttr, SparseTensorAttr, QuantizedAttr],
)

__all__ = [
    "ANY",
    "NONE",
    "STRING",
    "AnyType",
    "ConstantOp",
    "CustomOp",
    "Framework",
    "MapType",
    "NoneOp",
    "OptionalType",
    "QuantizedAttr",
    "SeqType",
    "SourceOp",
    "SparseTensorAttr",
    "SparseType",
    "StringType",
    "StringsAttr",
    "TensorAttr",
    "YieldOp",
    "tensor_attribute",
    "value_and_type",
]
