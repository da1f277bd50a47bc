"""The examples do what they say."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inferir.backends.target import find_target
from inferir.core import InferError, PassManager, make_context, parse, text_of
from inferir.core.plugins import load_plugin, own_plugins
from inferir.tools import infer_run
from inferir.tools.driver import compile_model

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SMALL = """
func.func @main(%x: tensor<4xf32> {inference.name = "x"}) -> (tensor<4xf32> {inference.name = "y"}) {
  %0 = inference.add %x, %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  func.return %1 : tensor<4xf32>
}
"""


@pytest.fixture
def plug() -> Iterator[Callable[[str], None]]:
    """Loads an example as a plug-in for the length of a test."""
    with own_plugins():
        yield lambda name: load_plugin(str(EXAMPLES / name))


def test_a_pass_from_outside(plug):
    plug("remove_zero_add.py")
    ctx = make_context()
    text = SMALL.replace("inference.add %x, %x", "inference.add %x, %zero").replace(
        "  %0", "  %zero = inference.constant dense<0.0> : tensor<4xf32>\n  %0"
    )
    module = parse(text, "m", ctx)
    PassManager("builtin.module(remove-zero-add)", ctx).run(module)
    assert "inference.add" not in text_of(module)


def test_a_target_from_outside(plug):
    plug("abacus_target.py")
    model = compile_model(SMALL, "abacus")
    x = np.array([1, -2, 3, -4], np.float32)
    np.testing.assert_array_equal(model.run({"x": x})["y"], [2, 0, 6, 0])
    assert model.beads == 8  # pyright: ignore[reportAttributeAccessIssue]


def test_a_target_from_outside_lists_what_it_cannot_do(plug):
    plug("abacus_target.py")
    with pytest.raises(InferError, match=r"cannot convert inference.sqrt"):
        compile_model(SMALL.replace("relu", "sqrt"), "abacus")


def test_a_target_from_outside_on_the_command_line(tmp_path: Path):
    (tmp_path / "m.mlir").write_text(SMALL)
    stdout, stderr = io.StringIO(), io.StringIO()
    argv = [
        str(tmp_path / "m.mlir"),
        "--input=random",
        "--target=abacus",
        f"--plugin={EXAMPLES / 'abacus_target.py'}",
        "--reference=interpreter",
    ]
    assert infer_run.main(argv, io.StringIO(), stdout, stderr) == 0, stderr.getvalue()
    with pytest.raises(InferError, match="no target named 'abacus'"):  # the tool's plug-ins are its own
        find_target("abacus")


def test_a_rule_for_a_custom_operator(plug):
    custom = ROOT / "tests/models/data/custom_op.onnx"
    with pytest.raises(InferError, match=r"cannot be converted: com\.acme\.FusedThing"):
        compile_model(custom)
    plug("custom_op_rule.py")
    x = np.array([[1, -2, 3, -4]], np.float32)
    np.testing.assert_array_equal(compile_model(custom).run({"x": x})["y"], [[3, 0, 9, 0]])


def test_a_rule_is_forgotten_with_its_plugin():
    custom = ROOT / "tests/models/data/custom_op.onnx"
    for _ in range(2):
        with own_plugins([str(EXAMPLES / "custom_op_rule.py")]):
            compile_model(custom)
        with pytest.raises(InferError, match=r"cannot be converted: com\.acme\.FusedThing"):
            compile_model(custom)


def test_three_lines():
    command = [sys.executable, EXAMPLES / "three_lines.py"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "{'softmax': (2, 10)}\n"
