"""`inferir.core` hands out names without loading what is behind them; the tool that only reads text starts without numpy."""

import ast
import subprocess
import sys
from pathlib import Path

import inferir.core

SOURCE = Path(inferir.core.__file__)


def test_the_table_and_the_imports_say_the_same():
    imported: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("inferir.core."):
            imported.setdefault(node.module.rpartition(".")[2], set()).update(a.name for a in node.names)
    eager = {"pipeline": {"Pipeline", "pipeline"}, "properties": {"dims"}}
    table = {module: set(names) | eager.get(module, set()) for module, names in inferir.core.EXPORTS.items()}
    assert imported == {**eager, **table}


def test_a_star_import_gives_every_name():
    here: dict[str, object] = {}
    exec("from inferir.core import *", here)  # noqa: S102
    lazy = {name for names in inferir.core.EXPORTS.values() for name in names}
    assert set(inferir.core.__all__) == lazy | {"Pipeline", "dims", "pipeline"}
    assert here.keys() >= lazy


def test_every_name_is_there():
    for names in inferir.core.EXPORTS.values():
        for name in names:
            assert getattr(inferir.core, name).__name__ == name


def test_reading_text_needs_no_numpy():
    program = (
        "import io, sys\nfrom inferir.tools.infer_opt import main\n"
        "main([], io.StringIO('func.func @f() {\\n  return\\n}'), io.StringIO(), sys.stderr)\n"
        "print(*(n for n in ('numpy', 'ml_dtypes', 'onnx', 'llvmlite') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "" and done.stderr == ""
