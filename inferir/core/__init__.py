"""The compiler infrastructure: the only place that touches xDSL's unstable corners.

What a dialect or a pass needs is exported here.
"""

from inferir.core.constants import FoldAttr, WeightAttr, constant_value
from inferir.core.context import Context, make_context
from inferir.core.conversion import ConversionTarget, TypeConverter, convert, convert_fully
from inferir.core.diagnostics import InferError, Note, defined_here, error_at
from inferir.core.driver import apply_patterns
from inferir.core.executor import Executor, execute
from inferir.core.op import Cost, Op, define
from inferir.core.parser import parse, print_module, text_of
from inferir.core.pass_base import Pass
from inferir.core.pass_manager import PassManager
from inferir.core.pipeline import Pipeline, pipeline
from inferir.core.properties import attribute, dims, enum, flag, integer, ints, number, numbers, string
from inferir.core.rewriting import Pattern, Rewriter, constant_of, rewrites
from inferir.core.verifier import verify
from inferir.core.weights import WeightStore

__all__ = [
    "Context", "ConversionTarget", "Cost", "Executor", "FoldAttr", "InferError", "Note", "Op", "Pass", "PassManager", "Pattern",
    "Pipeline", "Rewriter", "TypeConverter", "WeightAttr", "WeightStore", "apply_patterns", "attribute", "constant_of",
    "constant_value", "convert", "convert_fully", "define", "defined_here", "dims", "enum", "error_at", "execute", "flag",
    "integer", "ints", "make_context", "number", "numbers", "parse", "pipeline", "print_module", "rewrites", "string", "text_of", "verify",
]  # fmt: skip
