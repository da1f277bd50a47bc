"""Programs that `torch.export` saved: imported without torch, at every level what torch computed, and their text reads back."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.core import make_context, parse, text_of, verify
from inferir.core.diagnostics import node_names
from inferir.dialects.framework import SourceOp
from inferir.frontends import frontend_for, import_model

PROGRAMS = sorted((Path(__file__).parent / "data/torch").glob("*.pt2"))
LEVELS = [("interpreter", "none"), *(("cpu", level) for level in ("none", "basic", "extended", "layout"))]


def reference(path: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The inputs, and torch's outputs. A program after decomposition shares those of the one before."""
    with np.load(path.with_name(path.name.split(".")[0] + ".npz")) as stored:
        keys = sorted(stored, key=lambda k: int(k.lstrip("inout")))
        return [stored[k] for k in keys if k.startswith("in")], [stored[k] for k in keys if k.startswith("out")]


@pytest.mark.parametrize(("target", "level"), LEVELS, ids="-".join)
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_a_program_gives_what_torch_gives(path: Path, target: str, level: str):
    inputs, wanted = reference(path)
    found = inferir.compile(path, target=target, opt_level=level)(*inputs)
    found = found if isinstance(found, tuple) else (found,)
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5 * max(1e-30, float(np.abs(b).max(initial=0))))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_the_text_of_a_program_reads_back(path: Path):
    module = import_model(path, make_context())
    text = text_of(module)
    again = parse(text, path.name, make_context())
    verify(again)
    assert text_of(again) == text


def test_no_framework_is_imported():
    code = f"""
import sys, inferir
inferir.compile({str(PROGRAMS[0])!r}, target="interpreter")
print(*(n for n in ("torch", "onnx", "onnxruntime", "safetensors") if n in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_operators_carry_the_path_of_their_module():
    module = import_model(next(p for p in PROGRAMS if p.name == "lenet.pt2"), make_context())
    names = {op.name: node_names(op.location) for op in module.walk() if isinstance(op, SourceOp)}
    assert names["framework.aten.linear"] == ["f3/linear_2"] and names["framework.aten.softmax.int"] == ["softmax"]


def test_a_dynamic_program_runs_at_any_size():
    path = next(p for p in PROGRAMS if p.name == "lenet_dynbatch.pt2")
    (x,), (y,) = reference(path)
    model = inferir.compile(path)
    for size in (1, 3, 7, 16):
        found = model(np.resize(x, (size, *x.shape[1:])))
        np.testing.assert_allclose(found, np.resize(y, (size, *y.shape[1:])), rtol=1e-3, atol=1e-5)


def test_the_content_says_what_a_file_is(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(PROGRAMS[0].read_bytes())
    assert frontend_for(tmp_path / "model.bin").__name__ == "inferir.frontends.torch"
