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

from xdsl.ir import OpTraits
from xdsl.traits import Pure, RecursiveMemoryEffect

from inferir.dialects.framework.schema import onnx_table
from inferir.dialects.framework.source_op import SourceOp, source_op_class

NAMESPACES = {"": "onnx", "ai.onnx.ml": "onnx_ml", "ai.onnx.preview": "onnx_preview", "ai.onnx.preview.training": "onnx_training"}
"""Domain -> namespace within the framework dialect."""
_DOMAINS = {namespace: domain for domain, namespace in NAMESPACES.items()}


class OnnxOp(SourceOp):
    """An ONNX operator."""


@cache
def op_class(domain: str, name: str) -> type[OnnxOp] | None:
    """The class of an operator, None for one the table does not have."""
    schemas = onnx_table().schemas(domain, name) if domain in NAMESPACES else {}
    if not schemas:
        return None
    cls = source_op_class(f"framework.{NAMESPACES[domain]}.{name}", schemas, OnnxOp)
    newest = schemas[max(schemas)]
    if newest.graphs:
        cls.traits = OpTraits(lambda: (RecursiveMemoryEffect(),))
    elif newest.pure:
        cls.traits = OpTraits(lambda: (Pure(),))
    return cls


def find_op(full_name: str) -> type[OnnxOp] | None:
    """The class of `framework.onnx.Conv`, None where there is no such operator."""
    _, _, rest = full_name.partition(".")
    namespace, _, name = rest.partition(".")
    return op_class(_DOMAINS[namespace], name) if namespace in _DOMAINS else None


def full_names() -> list[str]:
    """The names of all operators of the tables."""
    return [f"framework.{NAMESPACES[domain]}.{name}" for domain in NAMESPACES for name in onnx_table().names(domain)]


class _Namespace:
    """The operators of one domain as attributes."""

    def __init__(self, domain: str):
        self._domain = domain

    def __getattr__(self, name: str) -> type[OnnxOp]:
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


def __getattr__(name: str) -> type[OnnxOp]:
    return getattr(_main, name)
