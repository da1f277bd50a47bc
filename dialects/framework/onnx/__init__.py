"""ONNX operators as ops: `onnx.Conv` is the class of `framework.onnx.Conv`, made when first asked for.

| domain                    | namespace                  |
|---------------------------|----------------------------|
| ai.onnx (the empty one)   | `framework.onnx`           |
| ai.onnx.ml                | `framework.onnx_ml`        |
| ai.onnx.preview           | `framework.onnx_preview`   |
| ai.onnx.preview.training  | `framework.onnx_training`  |

    from inferir.dialects.framework import onnx
    onnx.Conv.SCHEMAS[11].operands          # the table's row
    onnx.ml.LinearRegressor
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from inferir.dialects.framework.onnx.types import onnx_name
from inferir.dialects.framework.schema import Table, read_table
from inferir.dialects.framework.source_op import SourceOp
from inferir.dialects.framework.sources import Source

NAMESPACES = {"": "onnx", "ai.onnx.ml": "onnx_ml", "ai.onnx.preview": "onnx_preview", "ai.onnx.preview.training": "onnx_training"}
"""Domain -> namespace within the framework dialect."""


@cache
def onnx_table() -> Table:
    """The committed table of ONNX, read when first asked for."""
    return read_table(Path(__file__).with_name("table.json"))


SOURCE = Source(
    domains={namespace: domain for domain, namespace in NAMESPACES.items()},
    table=onnx_table,
    type_name=onnx_name,
    rule_domains={"onnx_ml": "onnx.ml", "onnx_preview": "onnx.preview", "onnx_training": "onnx.training"},
)


def op_class(domain: str, name: str) -> type[SourceOp] | None:
    """The class of an operator, None for one the table does not have."""
    return SOURCE.op_class(NAMESPACES[domain], name) if domain in NAMESPACES else None


class _Namespace:
    """The operators of one domain as attributes."""

    def __init__(self, domain: str):
        self._domain = domain

    def __getattr__(self, name: str) -> type[SourceOp]:
        cls = None if name.startswith("_") else op_class(self._domain, name)
        if cls is None:
            raise AttributeError(f"ONNX domain '{self._domain or 'ai.onnx'}' has no operator '{name}'")
        return cls

    def __dir__(self) -> list[str]:
        return onnx_table().names(self._domain)


ml = _Namespace("ai.onnx.ml")
preview = _Namespace("ai.onnx.preview")
training = _Namespace("ai.onnx.preview.training")
_main = _Namespace("")


def __getattr__(name: str) -> type[SourceOp]:
    return getattr(_main, name)
