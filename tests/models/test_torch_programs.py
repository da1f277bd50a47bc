"""Programs that `torch.export` saved: imported without torch, at every level what torch computed, and their text reads back."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError, make_context, parse, text_of, verify
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


@pytest.mark.parametrize("target", ["interpreter", "cpu"])
def test_sizes_out_of_the_stated_range_are_refused(target: str):
    path = next(p for p in PROGRAMS if p.name == "lenet_dynbatch.pt2")
    model = inferir.compile(path, target=target, opt_level="none")
    with pytest.raises(
        (InferError, ModelError), match="dimension 's77' must be at least 1 and at most 1024, as the model states, with s77 = 1025"
    ):
        model(np.zeros((1025, 1, 28, 28), np.float32))
    with pytest.raises(InferError, match="at most 1024, as the model states, not 5000"):
        inferir.compile(path, target=target, dims={"s77": 5000})


@pytest.mark.parametrize("target", ["interpreter", "cpu"])
def test_what_a_program_writes_to_is_an_input_and_an_output(target: str):
    path = next(p for p in PROGRAMS if p.name == "state.pt2")
    model = inferir.compile(path, target=target)
    assert [p.name for p in model.inputs] == ["x", "position", "cache"]
    assert [p.name for p in model.outputs][1:] == ["x", "cache"]
    (x, _, cache), _ = reference(path)
    first = model.run({"x": x, "position": np.array([0]), "cache": cache})
    second = model.run({"x": x[:3], "position": np.array([3]), "cache": first["cache"]})
    np.testing.assert_array_equal(second["cache"][0], first["cache"][0])
    assert second["cache"][3].any() and not second["cache"][1:3].any()


@pytest.mark.parametrize("sizes", [(2, 1, 1), (9, 3, 8), (4, 64, 2), (3, 5, 31)])
def test_sizes_that_are_computed_follow_the_inputs(sizes: tuple[int, int, int]):
    path = next(p for p in PROGRAMS if p.name == "sizes.pt2")
    batch, first, second = sizes
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal((batch, n, 5)).astype(np.float32) for n in (first, second))
    both = np.concatenate([x, y], 1)
    probabilities = np.exp(both.reshape(-1, 5)) / np.exp(both.reshape(-1, 5)).sum(1, keepdims=True)
    masked = np.where((np.arange(first + second) % 2 == 0)[None, :, None], 0, both)
    wanted = (probabilities, masked, both.mean((0, 1)) * batch * (first + second))
    for a, b in zip(inferir.compile(path)(x, y), wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5 * float(np.abs(b).max()))


def archive(path: Path, *members: str) -> Path:
    """A zip archive with empty members."""
    with zipfile.ZipFile(path, "w") as file:
        for member in members:
            file.writestr(f"m/{member}", "")
    return path


def test_a_pickle_is_refused_with_the_way_out(tmp_path: Path):
    for path, says in (
        (
            archive(tmp_path / "module.pth", "data.pkl", "version"),
            "this is a pickle, which may run any program when it is read; export the module",
        ),
        (archive(tmp_path / "script.pt", "data.pkl", "code/model.py"), "this is TorchScript, which holds Python code; export the module"),
    ):
        with pytest.raises(InferError, match=says):
            import_model(path, make_context())


def test_the_bytes_of_a_program_are_a_model():
    path = next(p for p in PROGRAMS if p.name == "lenet_dynbatch.pt2")
    (x,), (y,) = reference(path)
    np.testing.assert_allclose(inferir.compile(path.read_bytes())(x), y, rtol=1e-3, atol=1e-5)


def test_the_content_says_what_a_file_is(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(PROGRAMS[0].read_bytes())
    assert frontend_for(tmp_path / "model.bin").__name__ == "inferir.frontends.torch"
