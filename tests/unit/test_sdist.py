"""The source distribution holds what a checkout holds, and the licence is where tools look for it."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", ".ci", ".gitignore", "build", "dist", "__pycache__", "Output", ".lit_test_times.txt"}


def kept(path: Path) -> bool:
    """Whether a file of the tree belongs to it: not made by a run."""
    parts = path.relative_to(ROOT).parts
    return not LEFT_OUT & {*parts} and not any(p.endswith((".egg-info", "_cache", ".pyc")) or p == ".hypothesis" for p in parts)


def test_an_sdist_is_complete(tmp_path: Path):
    tree = tmp_path / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.egg-info", ".*_cache", ".hypothesis"))
    build = f"from setuptools.build_meta import build_sdist; build_sdist({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
        metadata = next(m for m in tar.getmembers() if m.name.endswith("/PKG-INFO") and m.name.count("/") == 1)
        text = tar.extractfile(metadata).read().decode()  # pyright: ignore[reportOptionalMemberAccess]
    files = {str(f.relative_to(ROOT)) for f in ROOT.rglob("*") if f.is_file() and kept(f) and not any(p.is_symlink() for p in f.parents)}
    assert {"README.md", "docs/architecture.md", "tests/unit/test_sdist.py", "examples/downstream/tests/dialect.mlir"} <= files
    assert sorted(files - names) == []
    assert "License-Expression: Apache-2.0 WITH LLVM-exception" in text and "License-File: LICENSE" in text
