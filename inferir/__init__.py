"""inferir: a multi-dialect inference compiler."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inferir.backends.runtime.model import Model
    from inferir.backends.runtime.package import Verify

# In a checkout the five folders are links; looking beside them first keeps tracebacks and breakpoints on the real files.
_beside = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
if os.path.exists(os.path.join(_beside, "pyproject.toml")):
    __path__.insert(0, _beside)

__version__ = "0.1.0"


def load(path: str | os.PathLike[str], num_threads: int | None = None, verify: Verify = "first-run") -> Model:
    """A packaged model (`.infer`), ready to call. `num_threads` defaults to the processors this process may use.

    `verify` says when the weights are held against their checksum: at the "first-run", at "load", or "never".
    """
    from inferir.backends.runtime.model import Model
    from inferir.backends.runtime.package import read_package

    return Model(read_package(os.fspath(path), verify), num_threads)
