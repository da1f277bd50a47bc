"""One native program for all sizes: several symbols anywhere, expressions, empty tensors, and symbols that must agree."""

import numpy as np
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
