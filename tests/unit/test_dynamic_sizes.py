"""One native program for all sizes: several symbols anywhere, expressions, empty tensors, and symbols that must agree."""

import numpy as np
import onnx
import onnx.parser
import pytest

import inferir
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.core.dims import evaluate, parse_dim

SIZES = ({"a": 2, "b": 3, "c": 5}, {"a": 7, "b": 1, "c": 64}, {"a": 1, "b": 40, "c": 1}, {"a": 0, "b": 5, "c": 3}, {"a": 3, "b": 0, "c": 2})
CASES = {
    "along columns": (["a b c", "b 1"], "inference.add %x0, %x1"),
    "outer": (["a 1", "b"], "inference.mul %x0, %x1"),
    "turned": (["a b c"], "inference.transpose %x0 permutation [2, 0, 1]"),
    "channels last": (["a 3 b c"], "inference.transpose %x0 permutation [0, 2, 3, 1]"),
    "channels first": (["a b c 5"], "inference.transpose %x0 permutation [0, 3, 1, 2]"),
    "mixed": (["a b 2 c"], "inference.transpose %x0 permutation [3, 1, 2, 0]"),
    "last stays": (["a b c"], "inference.transpose %x0 permutation [1, 0, 2]"),
    "along the last axis": (["a b", "a c"], "inference.concat %x0, %x1 axis 1"),
    "product": (["a b", "b c"], "inference.matmul %x0, %x1"),
    "inner rows": (["a b"], "inference.softmax %x0 axis 0"),
    "an expression": (["2*a+1 b", "a b"], "inference.concat %x0, %x1 axis 0"),
}


def size(dim: str, sizes: dict[str, int]) -> int:
    value = evaluate(parse_dim(dim), sizes)
    assert isinstance(value, int)
    return value


def tensor(dims: str) -> str:
    return "".join(f"{d}x" if d.isdigit() else "?x" for d in dims.split())


def module(arguments: list[str], op: str, rank: int) -> str:
    ports = ", ".join(
        f'%x{i}: tensor<{tensor(d)}f32> {{inference.name = "x{i}", inference.dims = [{", ".join(n if n.isdigit() else chr(34) + n + chr(34) for n in d.split())}]}}'
        for i, d in enumerate(arguments)
    )
    types = ", ".join(f"tensor<{tensor(d)}f32>" for d in arguments)
    result = f"tensor<{'?x' * rank}f32>"
    return f"func.func @main({ports}) -> {result} {{\n  %y = {op} : ({types}) -> {result}\n  return %y : {result}\n}}"


@pytest.mark.parametrize("name", CASES)
def test_any_size_is_native_and_right(name):
    arguments, op = CASES[name]
    text = module(arguments, op, max(len(d.split()) for d in arguments) if name != "outer" else 2)
    reference = inferir.compile(text, target="interpreter", opt_level="none")
    with inferir.compile(text) as model:
        assert type(model) is Model
        for sizes in SIZES:
            rng = np.random.default_rng(0)
            shapes = [[size(d, sizes) for d in dims.split()] for dims in arguments]
            inputs = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
            np.testing.assert_allclose(model(*inputs), reference(*inputs), 1e-4, 1e-5)


def test_sizes_that_kernels_take_to_be_equal_are_checked():
    with inferir.compile(module(["a 4", "b 4"], "inference.add %x0, %x1", 1).replace("tensor<?xf32>", "tensor<?x4xf32>")) as model:
        x = np.ones((3, 4), np.float32)
        np.testing.assert_array_equal(model(x, x), x + x)
        with pytest.raises(ModelError, match="a is 3 and b is 2 where the model was compiled for equal sizes"):
            model(x, x[:2])


def test_a_window_without_room_is_an_error_and_not_a_number():
    text = module(["1 2 a b"], "inference.max_pool %x0 kernel [3, 3] strides [2, 2]", 4)
    with inferir.compile(text, num_threads=1) as model:
        assert np.asarray(model(np.ones((1, 2, 3, 4), np.float32))).shape == (1, 2, 1, 1)
        with pytest.raises(ModelError, match="the window is larger than the padded input, with a = 3, b = 2"):
            model(np.ones((1, 2, 3, 2), np.float32))


GRIDS = """func.func @main(%a: tensor<?xf32> {{inference.dims = ["w"]}}, %b: tensor<?xf32> {{inference.dims = ["h"]}}, %c: tensor<?x2xf32> {{inference.dims = ["n", 2]}})
    -> (tensor<?x2xf32>) {{
  %s = inference.shape_of %a : (tensor<?xf32>) -> tensor<1xi64>
  %t = inference.shape_of %b : (tensor<?xf32>) -> tensor<1xi64>
  %e = inference.concat %t, %s : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %x = inference.broadcast %a to %e : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %bb = inference.reshape %b shape [-1, 1] : (tensor<?xf32>) -> tensor<?x1xf32>
  %y = inference.broadcast %bb to %e : (tensor<?x1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %ux = inference.reshape %x shape ["d0", "d1", 1] : (tensor<?x?xf32>) -> tensor<?x?x1xf32>
  %uy = inference.reshape %y shape ["d0", "d1", 1] : (tensor<?x?xf32>) -> tensor<?x?x1xf32>
  %z = inference.concat %ux, %uy axis 2 : (tensor<?x?x1xf32>, tensor<?x?x1xf32>) -> tensor<?x?x2xf32>
  %r = inference.reshape %z shape [-1, 2] : (tensor<?x?x2xf32>) -> tensor<?x2xf32>
  %o = inference.concat {0} axis 0 : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  return %o : tensor<?x2xf32>
}}"""


@pytest.mark.parametrize("order", ["%c, %r", "%r, %c", "%r, %r"])
@pytest.mark.parametrize("level", ["none", "layout"])
def test_columns_of_a_part_of_a_concatenation(level: str, order: str):
    """Columns that are copied into a part lie where the part does, not at the start of the whole: the grids of a detector's levels."""
    text = GRIDS.format(order)
    with inferir.compile(text, opt_level=level) as model:
        for w, h, n in ((3, 2, 2), (6, 4, 5), (1, 7, 0)):
            a, b, c = np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32) + 10, np.full((n, 2), -1, np.float32)
            r = np.stack(np.broadcast_arrays(a, b[:, None]), -1).reshape(-1, 2)
            parts = {"%c": c, "%r": r}
            np.testing.assert_array_equal(model(a, b, c), np.concatenate([parts[p] for p in order.split(", ")]))


def test_a_range_of_floats_up_to_a_size_is_native(tmp_path):
    """Exporters write arange(h) as floats: its length is the size, not a number of the run."""
    text = """<ir_version: 8, opset_import: ["" : 13]>
    agraph (float[n, h] x) => (float[k] y) <int64 one = {1}, float zero = {2.0}, float step = {3.0}, float half = {0.5}> {
      s = Shape(x)
      h0 = Gather(s, one)
      f = Cast<to = 1>(h0)
      r = Range(zero, f, step)
      y = Add(r, half)
    }"""
    onnx.save(onnx.parser.parse_model(text), tmp_path / "m.onnx")
    for level in ("none", "layout"):
        with inferir.compile(tmp_path / "m.onnx", opt_level=level) as model:
            assert not model.program.host  # pyright: ignore[reportAttributeAccessIssue]
            for h in (0, 2, 3, 5, 6, 31):
                np.testing.assert_array_equal(model(np.zeros((1, h), np.float32)), np.arange(2, h, 3, dtype=np.float32) + np.float32(0.5))
