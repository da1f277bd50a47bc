"""Targets by name, and the interpreter as one of them: IR text in, arrays out."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import inferir
from inferir.backends.target import LEVELS, find_target, target_names
from inferir.core import InferError
from inferir.tools import infer_run

TEXT = """
func.func @main(%x: tensor<?x3xf32> {inference.name = "input", inference.dims = ["batch", 3]}) -> (tensor<?x3xf32> {inference.name = "y"}) {
  %0 = inference.relu %x : tensor<?x3xf32>
  func.return %0 : tensor<?x3xf32>
}
"""
X = np.array([[-1, 2, -3], [4, -5, 6]], np.float32)


@pytest.mark.parametrize("level", LEVELS)
def test_the_interpreter_runs_text_at_every_level(level: str):
    with inferir.compile(TEXT, target="interpreter", opt_level=level) as model:
        np.testing.assert_array_equal(model(X), np.maximum(X, 0))
        np.testing.assert_array_equal(model.run({"input": X[:1]})["y"], np.maximum(X[:1], 0))


def test_a_model_tells_its_inputs_and_outputs():
    model = inferir.compile(TEXT, target="interpreter")
    assert [str(p) for p in model.inputs] == ["input: f32[batch, 3]"]
    assert [p.name for p in model.outputs] == ["y"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "interpeter"}, "no target named 'interpeter'; did you mean 'interpreter'?"),
        ({"target": "interpreter", "opt_level": "layuot"}, "no optimisation level 'layuot'; did you mean 'layout'?"),
        ({"target": "interpreter", "precision": "f17"}, "no precision 'f17'"),
    ],
)
def test_a_wrong_choice_is_named(options: dict[str, Any], message: str):
    with pytest.raises(InferError, match=message.replace("?", r"\?")):
        inferir.compile(TEXT, **options)


def test_every_target_has_every_level():
    for name in target_names():
        assert tuple(find_target(name).pipelines) == LEVELS, name


def run(tmp_path: Path, *argv: str) -> tuple[int, str, str]:
    (tmp_path / "m.mlir").write_text(TEXT)
    stdout, stderr = io.StringIO(), io.StringIO()
    code = infer_run.main([str(tmp_path / "m.mlir"), *argv], io.StringIO(), stdout, stderr)
    return code, stdout.getvalue(), stderr.getvalue()


def test_infer_run_compiles_text_and_compares(tmp_path: Path):
    code, out, err = run(tmp_path, "--target", "interpreter", "--input", "random", "--dims", "batch=2", "--reference", "interpreter")
    assert (code, err) == (0, "")
    assert out.splitlines()[1] == "y: max error 0 against interpreter, 0 of what is allowed"


def test_infer_run_points_at_wrong_text(tmp_path: Path):
    (tmp_path / "bad.mlir").write_text("func.func @main() {\n  inference.relux\n}\n")
    stderr = io.StringIO()
    assert infer_run.main([str(tmp_path / "bad.mlir"), "--input", "random"], io.StringIO(), io.StringIO(), stderr) == 1
    assert stderr.getvalue().startswith(f"{tmp_path / 'bad.mlir'}:")
