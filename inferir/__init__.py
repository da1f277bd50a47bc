"""inferir: a multi-dialect inference compiler.

    m = inferir.compile("model.onnx", target="cpu", opt_level="layout", num_threads=2)
    m = inferir.load("model.infer")
    y = m(x)                          # by position: an array, or a tuple
    m.run({"input": x})["logits"]     # by name

Loading needs numpy only; the compiler is imported when `compile` is first called.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, overload

from inferir.errors import InferError

if TYPE_CHECKING:
    from inferir.backends.interpreter.model import Interpreted
    from inferir.backends.runtime.model import Model
    from inferir.backends.runtime.package import Verify
    from inferir.backends.target import Runnable
    from inferir.core.context import Context
    from inferir.tools.model_source import Source

# In a checkout the five folders are links; looking beside them first keeps tracebacks and breakpoints on the real files.
_beside = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
if os.path.exists(os.path.join(_beside, "pyproject.toml")):
    __path__.insert(0, _beside)

__version__ = "0.1.0"
__all__ = ["InferError", "__version__", "compile", "load"]


@overload
def compile(
    model: Source,
    target: Literal["cpu"] = "cpu",
    opt_level: str = "layout",
    num_threads: int | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str = "f32",
    fallback: bool = True,
    cpu: str | None = None,
    *,
    ctx: Context | None = None,
) -> Model: ...


@overload
def compile(
    model: Source,
    target: Literal["interpreter"],
    opt_level: str = "layout",
    num_threads: int | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str = "f32",
    fallback: bool = True,
    cpu: str | None = None,
    *,
    ctx: Context | None = None,
) -> Interpreted: ...


@overload
def compile(
    model: Source,
    target: str,
    opt_level: str = "layout",
    num_threads: int | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str = "f32",
    fallback: bool = True,
    cpu: str | None = None,
    *,
    ctx: Context | None = None,
) -> Runnable: ...


def compile(
    model: Source,
    target: str = "cpu",
    opt_level: str = "layout",
    num_threads: int | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str = "f32",
    fallback: bool = True,
    cpu: str | None = None,
    *,
    ctx: Context | None = None,
) -> Runnable:
    """Compile a model, ready to call.

    model        the path of a model file or of IR text; IR text; the bytes of either; an `onnx.ModelProto`; a module (`ModuleOp`), which stays as it is
    target       "cpu", "interpreter" (the reference executor), or one of a plug-in
    opt_level    "none", "basic", "extended" or "layout"
    num_threads  by default as many as processors this process may use
    dims         sizes for symbolic dimensions, by name
    precision    "f32"
    fallback     whether an operator without native code may run in the reference executor
    cpu          the machine to compile for: host (the default), x86-64-v3, x86-64-v4, neoverse-n1, or the path of a description
    ctx          of a module: the context that holds its weights

    Raises InferError, one clear line, for anything wrong with the model or the arguments.
    """
    from inferir.tools.driver import compile_model

    return compile_model(model, target, opt_level, num_threads, dims, precision, ctx, fallback, cpu)


def load(path: str | os.PathLike[str], num_threads: int | None = None, verify: Verify = "first-run") -> Model:
    """A packaged model (`.infer`), ready to call. `num_threads` defaults to the processors this process may use.

    `verify` says when the weights are held against their checksum: at the "first-run", at "load", or "never". Raises InferError for a package
    that cannot be read.
    """
    from inferir.backends.runtime.model import load_program
    from inferir.backends.runtime.package import read_package

    return load_program(read_package(os.fspath(path), verify), num_threads)
