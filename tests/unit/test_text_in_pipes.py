"""Weights stay within reach of a text wherever it goes: into a file, through a pipe, into a file by redirection."""

import io
from pathlib import Path

import pytest

from inferir.core import make_context, parse
from inferir.core.sidecar import attach_weights
from inferir.tools import infer_import, infer_opt, infer_reduce

LENET = Path(__file__).resolve().parents[1] / "models" / "data" / "lenet.onnx"


@pytest.fixture
def model(tmp_path: Path, monkeypatch) -> str:
    """A model in a folder below the working directory, its weights beside it."""
    (tmp_path / "dir").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    assert infer_import.main([str(LENET), "-o", "dir/m.mlir"], io.StringIO(), io.StringIO(), io.StringIO()) == 0
    return "dir/m.mlir"


def output(tool, *argv: str, stdin: str = "") -> str:
    """What a tool writes to standard output."""
    out, err = io.StringIO(), io.StringIO()
    assert tool.main(argv, io.StringIO(stdin), out, err) == 0, err.getvalue()
    return out.getvalue()


def weights(text: str, folder: str) -> list[str]:
    """The weights that can be read of a text in a folder."""
    ctx = make_context()
    attach_weights(parse(text, "m", ctx), ctx, Path(folder))
    return sorted(ctx.weights.keys())


def test_through_a_pipe_and_back_into_a_file(model: str):
    text = output(infer_opt, model)
    assert 'inference.weights = "dir/m.safetensors"' in text
    assert weights(text, ".") == weights(Path(model).read_text(), "dir") != []
    output(infer_opt, "-", "-o", "elsewhere/out.mlir", stdin=output(infer_opt, "-", stdin=text))
    assert 'inference.weights = "../dir/m.safetensors"' in Path("elsewhere/out.mlir").read_text()


def test_redirected_into_the_folder_of_the_weights(model: str):
    Path("dir/out.mlir").write_text(output(infer_opt, model, "--cse"))
    assert weights(Path("dir/out.mlir").read_text(), "dir") == weights(Path(model).read_text(), "dir")
    output(infer_opt, "dir/out.mlir", "-o", "elsewhere/out.mlir")
    assert 'inference.weights = "../dir/m.safetensors"' in Path("elsewhere/out.mlir").read_text()


def test_reduced_to_standard_output(model: str):
    text = output(infer_reduce, model, "--test", "infer-opt --no-such-pass")
    assert "dir/m.safetensors" in text
