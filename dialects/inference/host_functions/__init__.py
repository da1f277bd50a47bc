"""The host functions that `inference.host_call` names, one file per family; loaded when the first is called."""

import importlib
from pathlib import Path

for _file in sorted(Path(__file__).parent.glob("*.py")):
    if not _file.stem.startswith("_"):
        importlib.import_module(f"{__name__}.{_file.stem}")
