"""inferir: a multi-dialect inference compiler."""

import os

# In a checkout the five folders are links; looking beside them first keeps tracebacks and breakpoints on the real files.
_beside = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
if os.path.exists(os.path.join(_beside, "pyproject.toml")):
    __path__.insert(0, _beside)

__version__ = "0.1.0"
