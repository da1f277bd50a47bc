"""ONNX: `.onnx` files, weights inside or in files beside them, to the framework dialect.

Weights are not read: the context's WeightStore learns where they lie. Every op carries the name of its node as location, values keep
their names as SSA names, symbolic dimensions stand in `inference.dims`, operator sets and provenance in the module's attributes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, ModuleOp, StringAttr, UnitAttr
from xdsl.ir import Attribute

from inferir.core import Context, InferError
from inferir.dialects.framework.onnx import onnx_table
from inferir.dialects.framework.values import int_attr, strings_attr
from inferir.frontends.onnx.graph import GraphReader, domain_name
from inferir.frontends.onnx.source import Source, detect, open_source, require_text, source_of
from inferir.frontends.onnx.tensors import TensorReader
from inferir.frontends.onnx.types import TypeReader

SUFFIXES = (".onnx",)


def load(path: Path, ctx: Context) -> ModuleOp:
    """Import a model. Raises InferError, naming the file, for what cannot be read."""
    return _loaded(open_source(path), ctx)


def load_object(model: object, ctx: Context) -> ModuleOp | None:
    """Import an `onnx.ModelProto`, or the bytes of one; None for anything else. External data is looked for from the working directory."""
    source = source_of(model)
    return None if source is None else _loaded(source, ctx)


def _loaded(source: Source, ctx: Context) -> ModuleOp:
    path = source.path
    try:
        return _module(source.model, TensorReader(source, ctx))
    except InferError as problem:
        raise InferError(f"{path}: {problem}", None, problem.notes) from None
    except RecursionError:
        raise InferError(f"{path}: subgraphs are nested too deeply") from None


def _module(model: Any, tensors: TensorReader) -> ModuleOp:
    reader = GraphReader(model, tensors, TypeReader())
    main = reader.main(model.graph)
    functions = [f for f in reader.local.values() if f is not None]
    require_text(model.graph.name)
    symbol = re.sub(r"\W+", "_", model.graph.name, flags=re.ASCII).strip("_")
    module = ModuleOp([main, *functions], sym_name=StringAttr(symbol) if symbol else None)
    module.attributes.update(_provenance(model))
    if reader.shared_dims:
        module.attributes["framework.shared_dims"] = DictionaryAttr({k: strings_attr(v) for k, v in reader.shared_dims.items()})
    return module


def _provenance(model: Any) -> dict[str, Attribute]:
    """What the file says about itself."""
    out: dict[str, Attribute] = {}
    pairs = [*model.metadata_props, *(p for a in model.graph.quantization_annotation for p in a.quant_parameter_tensor_names)]
    require_text(model.producer_name, model.producer_version, model.domain, *(text for p in pairs for text in (p.key, p.value)))
    require_text(*(a.tensor_name for a in model.graph.quantization_annotation))
    producer = f"{model.producer_name} {model.producer_version}".strip()
    if producer:
        out["framework.producer"] = StringAttr(producer)
    out["framework.opsets"] = DictionaryAttr({domain_name(o.domain) or "ai.onnx": int_attr(o.version) for o in model.opset_import})
    out["framework.ir_version"] = int_attr(model.ir_version)
    if model.model_version:
        out["framework.model_version"] = int_attr(model.model_version)
    if model.domain:
        out["framework.domain"] = StringAttr(model.domain)
    if model.metadata_props:
        out["framework.metadata"] = DictionaryAttr({p.key: StringAttr(p.value) for p in model.metadata_props})
    annotations = {
        a.tensor_name: DictionaryAttr({p.key: StringAttr(p.value) for p in a.quant_parameter_tensor_names})
        for a in model.graph.quantization_annotation
    }
    if annotations:
        out["framework.quantization"] = DictionaryAttr(annotations)
    if model.training_info:
        out["framework.training_info_dropped"] = UnitAttr()
    return out


def warnings(module: ModuleOp) -> list[str]:
    """What a reader of the imported module should know."""
    out = []
    opsets = module.attributes.get("framework.opsets")
    for domain, version in opsets.data.items() if isinstance(opsets, DictionaryAttr) else ():
        newest = onnx_table().opsets.get(domain)
        if newest is not None and isinstance(version, IntegerAttr) and version.value.data > newest:
            out.append(f"operator set {version.value.data} of {domain} is newer than any known; its operators are read as of {newest}")
    if "framework.training_info_dropped" in module.attributes:
        out.append("the training information of the model was left out")
    return out


__all__ = ["SUFFIXES", "detect", "load", "load_object", "warnings"]
