"""The walls of the house: which folder may import which, how long a file may be, what a start-up may load."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# core <- dialects <- passes <- frontends, backends <- tools; frontends and passes know nothing of each other.
MAY_IMPORT = {
    "inferir/core": {"core"},
    "dialects": {"core", "dialects"},
    "passes": {"core", "dialects", "passes"},
    "frontends": {"core", "dialects", "frontends"},
    "backends": {"core", "dialects", "passes", "backends"},
    "tools": {"core", "dialects", "passes", "frontends", "backends", "tools"},
}
SHARED = {"errors", "whole_file"}  # modules of the root that need the standard library only: every folder may import them
HEAVY = ("xdsl", "onnx", "onnxruntime", "torch", "llvmlite", "google.protobuf", "flatbuffers", "ml_dtypes", "safetensors")
LONGEST_FILE = 700


def sources(*folders: str) -> list[Path]:
    """The Python files under some folders of the checkout, each once (the links inside inferir/ lead back to them)."""
    return sorted(f for folder in folders for f in (ROOT / folder).rglob("*.py") if not any(p.is_symlink() for p in f.parents))


def imports(file: Path) -> Iterator[str]:
    """The dotted names that a file imports anywhere in it, relative ones made absolute."""
    package = list(file.relative_to(ROOT).parent.parts)
    package = package if package[:1] == ["inferir"] else ["inferir", *package]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from ([f"{name}.{alias.name}" for alias in node.names] if name == "inferir" else [name])


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_point_one_way(folder: str):
    wrong = []
    for file in sources(folder):
        for name in imports(file):
            parts = name.split(".")
            if parts[0] == "inferir" and len(parts) > 1 and parts[1] not in MAY_IMPORT[folder] | SHARED:
                wrong.append(f"{file.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_the_runtime_needs_numpy_and_the_standard_library_only():
    wrong = []
    for file in sources("backends/runtime"):
        for name in imports(file):
            known = (
                name.split(".")[0] in sys.stdlib_module_names
                or name.split(".")[0] == "numpy"
                or name.startswith("inferir.backends.runtime")
                or name.removeprefix("inferir.").split(".")[0] in SHARED
            )
            if not known:
                wrong.append(f"{file.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_what_every_folder_may_import_needs_the_standard_library_only():
    names = [name for module in SHARED for name in imports(ROOT / "inferir" / f"{module}.py")]
    assert [name for name in names if name.split(".")[0] not in sys.stdlib_module_names] == []


def test_files_stay_short():
    too_long = {str(f.relative_to(ROOT)): n for f in everything() if (n := f.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE}
    assert too_long == {}


def everything() -> list[Path]:
    """Every Python file of the project."""
    return [*sources(*MAY_IMPORT, "tests", "benchmarks", "examples"), *(ROOT / "inferir").glob("*.py")]


def test_a_file_is_named_after_what_it_does():
    assert [str(f) for f in everything() if f.stem in ("utils", "util", "common", "helpers", "helper", "misc")] == []


def test_nothing_is_left_for_later():
    """Notes to oneself, unfinished branches and switched-off tests are not landed."""
    words = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", r"pytest\.(mark\.)?" + "skip", "x" + "fail")))
    found = [
        f"{f.relative_to(ROOT)}:{n}"
        for f in everything()
        for n, line in enumerate(f.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []


def loaded_by(statement: str) -> set[str]:
    """The heavy packages that a fresh interpreter has loaded after a statement."""
    probe = f"{statement}\nimport sys\nprint(*(n for n in {HEAVY!r} if n in sys.modules))"
    return set(subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.split())


def test_import_inferir_loads_nothing_heavy():
    assert loaded_by("import inferir") == set()


def test_the_runtime_loads_nothing_heavy():
    modules = [".".join(("inferir", *f.relative_to(ROOT).with_suffix("").parts)) for f in sources("backends/runtime")]
    assert loaded_by("\n".join(f"import {m}" for m in modules)) == set()
