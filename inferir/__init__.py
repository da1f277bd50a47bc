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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inferir.backends.runtime.model import Model
    from inferir.backends.runtime.package import Verify

# In a checkout the five folders are links; looking beside them first keeps tracebacks and breakpoints on the real files.
_beside = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
if os.path.exists(os.path.join(_beside, "pyproject.toml")):
    __path__.insert(0, _beside)

__version__ = "0.1.0"
__all__ = ["__version__", "compile", "load"]


def compile(
    model: Any,
    target: str = "cpu",
    opt_level: str = "layout",
    num_threads: int | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str = "f32",
    fallback: bool = True,
    cpu: str | None = None,
) -> Any:
    """Compile a model: the path of a model file or of IR text, the IR text itself, or a framework's live object.

    `opt_level` is none, basic, extended or layout; `dims` fixes symbolic dimensions by name; `num_threads` defaults to the
    processors this process may use; an operator without native code runs in the reference executor, unless `fallback` is false;
    `cpu` names the machine to compile for (host, x86-64-v3, x86-64-v4, neoverse-n1, or the path of a description; default: the host).
    Raises `inferir.core.InferError`, one clear line, for anything wrong with the model.
    """
    from inferir.tools.driver import compile_model

    return compile_model(model, target, opt_level, num_threads, dims, precision, fallback=fallback, cpu=cpu)


def load(path: str | os.PathLike[str], num_threads: int | None = None, verify: Verify = "first-run") -> Model:
    """A packaged model (`.infer`), ready to call. `num_threads` defaults to the processors this process may use.

    `verify` says when the weights are held against their checksum: at the "first-run", at "load", or "never".
    """
    from inferir.backends.runtime.model import load_program
    from inferir.backends.runtime.package import read_package

    return load_program(read_package(os.fspath(path), verify), num_threads)
