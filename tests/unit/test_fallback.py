"""Operators without native code inside compiled programs: in memory, packaged, and where the compiler is missing."""

import subprocess
import sys

import numpy as np
import pytest

import inferir
from inferir.backends.host.model import HostedModel
from inferir.backends.package.writer import write_package
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError, Program
from inferir.core import InferError, make_context
from inferir.tools.driver import build_program

# Kernels, then an op whose result's size depends on the elements, then kernels on that size, and one that waits for nothing.
KEEP = """func.func @main(%x: tensor<?x?xf32> {inference.name = "x", inference.dims = ["rows", "columns"]},
                %keep: tensor<?xi1> {inference.name = "keep", inference.dims = ["rows"]})
    -> (tensor<?x?xf32> {inference.name = "kept"}, tensor<?x?xf32> {inference.name = "all"}) {
  %0 = inference.relu %x : tensor<?x?xf32>
  %1 = inference.compress %0, %keep axis 0 : (tensor<?x?xf32>, tensor<?xi1>) -> tensor<?x?xf32>
  %2 = inference.softmax %1 axis 1 : tensor<?x?xf32>
  %3 = inference.tanh %0 : tensor<?x?xf32>
  return %2, %3 : tensor<?x?xf32>, tensor<?x?xf32>
}"""

# The same around an operator that has no kernel.
UNIQUE = """func.func @main(%x: tensor<?x?xf32> {inference.name = "x", inference.dims = ["rows", "columns"]})
    -> (tensor<?x?xf32> {inference.name = "kept"}, tensor<?x?xf32> {inference.name = "all"}) {
  %0 = inference.relu %x : tensor<?x?xf32>
  %1, %first, %inverse, %counts = inference.host_call %0 callee "unique" config {axis = 0 : i64}
    : (tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  %2 = inference.softmax %1 axis 1 : tensor<?x?xf32>
  %3 = inference.tanh %0 : tensor<?x?xf32>
  return %2, %3 : tensor<?x?xf32>, tensor<?x?xf32>
}"""

PICK = """func.func @main(%keep: tensor<3xi1> {inference.name = "keep"}) -> (tensor<?x400xf32> {inference.name = "y"}) {
  %w = inference.constant #inference.weight<"w"> : tensor<3x400xf32>
  %0 = inference.compress %w, %keep axis 0 : (tensor<3x400xf32>, tensor<3xi1>) -> tensor<?x400xf32>
  %1 = inference.relu %0 : tensor<?x400xf32>
  return %1 : tensor<?x400xf32>
}"""


def compiled(text: str) -> Program:
    return build_program(text, "cpu", "layout", {}, make_context())


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (5, 3), (64, 17), (3, 0), (0, 4)])
def test_sizes_that_only_an_operator_knows_reach_the_kernels_after_it(rows, columns):
    rng = np.random.default_rng(rows)
    inputs = {"x": rng.standard_normal((rows, columns)).astype(np.float32), "keep": rng.integers(0, 2, rows).astype(np.bool_)}
    expected = inferir.compile(KEEP, target="interpreter").run(inputs)
    for level in ("none", "basic", "layout"):
        with inferir.compile(KEEP, opt_level=level) as model:
            found = model.run(inputs)
        for name, want in expected.items():
            np.testing.assert_allclose(found[name], want, 1e-5, 1e-6)


def test_a_program_says_what_is_not_native_and_times_it():
    program = compiled(UNIQUE)
    assert [str(op) for op in program.host_ops] == ["inference.host_call unique"]
    assert len(program.entries) == 2
    with HostedModel(program) as model:
        _, times = model.profile({"x": np.ones((2, 2), np.float32)})
    assert [name for name, _ in times if name.endswith("(host)")] == ["inference.host_call unique (host)"]
    assert all(seconds >= 0 for _, seconds in times)


def test_a_package_keeps_the_constants_of_the_host_with_the_weights(tmp_path):
    ctx = make_context()
    ctx.weights.add("w", w := np.arange(1200, dtype=np.float32).reshape(3, 400) - 600)
    write_package(tmp_path / "m.infer", build_program(PICK, "cpu", "layout", {}, ctx))
    with inferir.load(tmp_path / "m.infer", verify="load") as model:
        np.testing.assert_array_equal(model(np.array([True, False, True])), np.maximum(w[[0, 2]], 0))


def test_equal_models_give_equal_packages(tmp_path):
    for name in ("a.infer", "b.infer"):
        write_package(tmp_path / name, compiled(KEEP))
    assert (tmp_path / "a.infer").read_bytes() == (tmp_path / "b.infer").read_bytes()


def test_without_the_compiler_one_error_names_the_operators(tmp_path):
    write_package(tmp_path / "m.infer", compiled(UNIQUE))
    probe = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "xdsl":
            raise ModuleNotFoundError("No module named 'xdsl'", name="xdsl")
sys.meta_path.insert(0, Missing())
import inferir
from inferir.backends.runtime.program import ModelError
try:
    inferir.load({str(tmp_path / "m.infer")!r})
except ModelError as e:
    print(e)
"""
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert said.startswith("the model has operators without native code (inference.host_call unique), which need the compiler to run")
    assert said.endswith("xdsl is missing)\n")


def test_a_program_without_such_operators_is_one_native_call():
    program = compiled("""func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = inference.relu %x : tensor<4xf32>
      return %0 : tensor<4xf32>
    }""")
    assert not program.host and not program.entries and not program.host_ops and not program.required_features
    assert type(inferir.compile("func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  return %x : tensor<4xf32>\n}")) is Model


def test_refused_without_fallback():
    with pytest.raises(InferError, match=r"an operator has no native code: inference.host_call unique: no kernel computes 'unique'"):
        inferir.compile(UNIQUE, fallback=False)


def test_inputs_are_checked_as_those_of_native_programs():
    with inferir.compile(KEEP) as model:
        with pytest.raises(ModelError, match="input 'x' has element type float64, the model takes f32"):
            model.run({"x": np.ones((2, 2)), "keep": np.ones(2, np.bool_)})
        with pytest.raises(ModelError, match="input 'keep' has 3 at axis 0, but dimension 'rows' is 2 elsewhere"):
            model.run({"x": np.ones((2, 2), np.float32), "keep": np.ones(3, np.bool_)})
