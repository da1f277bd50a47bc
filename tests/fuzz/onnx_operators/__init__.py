"""How a node of each operator is drawn: one file per family, loaded together."""

import importlib
from pathlib import Path

for _file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(f"{__name__}.{_file.stem}")
