"""After `make setup`, a type checker finds the package from any folder, with the types that it declares."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import inferir
from inferir.core import Pass
from inferir.dialects import inference as inf

model = inferir.compile("m.onnx")
reveal_type(model)
reveal_type(inferir.compile(b"", "interpreter"))
reveal_type(inferir.compile("m.onnx", "somewhere"))
reveal_type(inferir.load("m.infer"))
reveal_type(Pass.name)
reveal_type(inf.ReluOp.name)
"""
TYPES = ["Model", "Interpreted", "Runnable", "Model", "str", "str"]


def test_pyright_finds_the_package_from_outside(tmp_path: Path):
    sources, outside, env = tmp_path / "sources", tmp_path / "outside", tmp_path / "env"
    ignored = shutil.ignore_patterns(".*", "build", "__pycache__", "tests", "*.egg-info")
    shutil.copytree(ROOT, sources, symlinks=True, ignore=ignored)
    setup = re.search(r"pip install (.*) -e '\.\[dev\]'", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert setup is not None
    venv.create(env)
    site = next(env.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(env / "bin/python"), "install", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, *setup[1].split(), "-e", str(sources)], check=True)
    outside.mkdir()
    (outside / "use.py").write_text(PROGRAM)
    (outside / "pyrightconfig.json").write_text(json.dumps({"venvPath": str(tmp_path), "venv": "env"}))
    done = subprocess.run([sys.executable, "-m", "pyright", "--outputjson"], cwd=outside, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["generalDiagnostics"]
    assert [d["message"] for d in found if d["severity"] != "information"] == []
    assert [re.search(r' is "(\w+)"', d["message"])[1] for d in found] == TYPES  # pyright: ignore[reportOptionalSubscript]
