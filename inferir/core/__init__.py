"""The compiler infrastructure: the only place that touches xDSL's unstable corners.

What a dialect or a pass needs is exported here, and loaded when it is first asked for: a tool that only reads and prints
text starts without numpy. (`pipeline` and `dims` are also names of modules here, so those two are not lazy.)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import inferir.core.dims  # noqa: F401  (the module first, then the function of that name)
from inferir.core.pipeline import Pipeline as Pipeline
from inferir.core.pipeline import pipeline as pipeline
from inferir.core.properties import dims as dims

if TYPE_CHECKING:
    from inferir.core.constants import FoldAttr as FoldAttr
    from inferir.core.constants import WeightAttr as WeightAttr
    from inferir.core.constants import constant_value as constant_value
    from inferir.core.context import Context as Context
    from inferir.core.context import make_context as make_context
    from inferir.core.conversion import ConversionTarget as ConversionTarget
    from inferir.core.conversion import convert as convert
    from inferir.core.conversion import convert_fully as convert_fully
    from inferir.core.conversion import restored_on_error as restored_on_error
    from inferir.core.diagnostics import InferError as InferError
    from inferir.core.diagnostics import Note as Note
    from inferir.core.diagnostics import defined_here as defined_here
    from inferir.core.diagnostics import error_at as error_at
    from inferir.core.driver import apply_patterns as apply_patterns
    from inferir.core.executor import Executor as Executor
    from inferir.core.executor import execute as execute
    from inferir.core.op import Cost as Cost
    from inferir.core.op import Op as Op
    from inferir.core.op import define as define
    from inferir.core.parser import parse as parse
    from inferir.core.pass_base import Pass as Pass
    from inferir.core.pass_manager import PassManager as PassManager
    from inferir.core.printer import print_module as print_module
    from inferir.core.printer import text_of as text_of
    from inferir.core.properties import attribute as attribute
    from inferir.core.properties import enum as enum
    from inferir.core.properties import flag as flag
    from inferir.core.properties import integer as integer
    from inferir.core.properties import ints as ints
    from inferir.core.properties import number as number
    from inferir.core.properties import numbers as numbers
    from inferir.core.properties import string as string
    from inferir.core.rewriting import Pattern as Pattern
    from inferir.core.rewriting import Rewriter as Rewriter
    from inferir.core.rewriting import constant_of as constant_of
    from inferir.core.rewriting import rewrites as rewrites
    from inferir.core.traits import HasCanonicalizer as HasCanonicalizer
    from inferir.core.type_conversion import TypeConverter as TypeConverter
    from inferir.core.type_conversion import fold_casts as fold_casts
    from inferir.core.verifier import verify as verify
    from inferir.core.weights import WeightStore as WeightStore

EXPORTS = {
    "constants": ("FoldAttr", "WeightAttr", "constant_value"),
    "context": ("Context", "make_context"),
    "conversion": ("ConversionTarget", "convert", "convert_fully", "restored_on_error"),
    "diagnostics": ("InferError", "Note", "defined_here", "error_at"),
    "driver": ("apply_patterns",),
    "executor": ("Executor", "execute"),
    "op": ("Cost", "Op", "define"),
    "parser": ("parse",),
    "pass_base": ("Pass",),
    "pass_manager": ("PassManager",),
    "printer": ("print_module", "text_of"),
    "properties": ("attribute", "enum", "flag", "integer", "ints", "number", "numbers", "string"),
    "rewriting": ("Pattern", "Rewriter", "constant_of", "rewrites"),
    "traits": ("HasCanonicalizer",),
    "type_conversion": ("TypeConverter", "fold_casts"),
    "verifier": ("verify",),
    "weights": ("WeightStore",),
}
"""Exported names by module; a test holds it to the imports above."""

__all__ = [
    "Context",
    "ConversionTarget",
    "Cost",
    "Executor",
    "FoldAttr",
    "HasCanonicalizer",
    "InferError",
    "Note",
    "Op",
    "Pass",
    "PassManager",
    "Pattern",
    "Pipeline",
    "Rewriter",
    "TypeConverter",
    "WeightAttr",
    "WeightStore",
    "apply_patterns",
    "attribute",
    "constant_of",
    "constant_value",
    "convert",
    "convert_fully",
    "define",
    "defined_here",
    "dims",
    "enum",
    "error_at",
    "execute",
    "flag",
    "fold_casts",
    "integer",
    "ints",
    "make_context",
    "number",
    "numbers",
    "parse",
    "pipeline",
    "print_module",
    "restored_on_error",
    "rewrites",
    "string",
    "text_of",
    "verify",
]

_HOME = {name: module for module, names in EXPORTS.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module 'inferir.core' has no attribute '{name}'")
    value = getattr(import_module(f"inferir.core.{module}"), name)
    globals()[name] = value
    return value
