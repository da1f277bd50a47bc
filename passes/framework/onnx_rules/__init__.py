"""What ONNX's operators become: one file per family of operators, every version of an operator in one place.

Every module here is loaded when the conversion runs; `@lowering("onnx", "Conv", since=1)` registers a rule.
"""

import importlib
from pathlib import Path

for _file in sorted(Path(__file__).parent.glob("*.py")):
    if not _file.stem.startswith("_"):
        importlib.import_module(f"{__name__}.{_file.stem}")
