"""inferir from Python: what `compile` takes and gives, one family of exceptions, and what a notebook does."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from xdsl.builder import ImplicitBuilder
from xdsl.dialects.builtin import ModuleOp, f32
from xdsl.dialects.func import FuncOp, ReturnOp

import inferir
from inferir.backends.interpreter.model import Interpreted
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError, Pass, PassManager, Rewriter, make_context, parse, rewrites, text_of, verify
from inferir.core.types import tensor
from inferir.dialects import inference as inf
from inferir.frontends import import_model

ROOT = Path(__file__).resolve().parents[2]
LENET = ROOT / "tests/models/data/lenet.onnx"
X = np.linspace(-1, 1, 4).astype(np.float32)
LINE = "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> { %0 = inference.relu %x : tensor<4xf32> return %0 : tensor<4xf32> }"


def module_of(text: str) -> ModuleOp:
    ctx = make_context()
    module = parse(text, "m", ctx)
    verify(module)
    return module


def relu(model: Model | Interpreted) -> None:
    np.testing.assert_array_equal(model(X), np.maximum(X, 0))


def test_text_in_one_line_or_several_or_in_bytes():
    for text in (LINE, LINE.replace("{ ", "{\n"), LINE.encode()):
        relu(inferir.compile(text))
        relu(inferir.compile(text, "interpreter"))


def test_a_module_which_stays_as_it_is():
    module = module_of(LINE)
    before = text_of(module)
    relu(inferir.compile(module))
    assert text_of(module) == before


def lenet_input() -> np.ndarray:
    return np.random.default_rng(0).standard_normal(
        [d if isinstance(d, int) else 2 for d in inferir.compile(LENET).inputs[0].dims], np.float32
    )


def test_a_live_model_and_its_bytes_give_what_the_file_gives():
    x = lenet_input()
    expected = inferir.compile(LENET)(x)
    for model in (str(LENET), LENET.read_bytes(), onnx.load(LENET)):
        np.testing.assert_array_equal(inferir.compile(model)(x), expected)


def test_a_module_with_weights_in_its_context():
    x, ctx = lenet_input(), make_context()
    module = import_model(LENET, ctx)
    count = len(ctx.weights)
    np.testing.assert_array_equal(inferir.compile(module, ctx=ctx)(x), inferir.compile(LENET)(x))
    assert len(ctx.weights) == count
    with pytest.raises(InferError, match="no weight"):
        inferir.compile(module)(x)


def test_a_live_model_for_sizes_that_broadcast():
    """The model is compiled once more behind the scenes, from the same object."""
    text = """func.func @main(%x: tensor<?x4xf32> {inference.dims = ["n", 4]}, %y: tensor<?x4xf32> {inference.dims = ["m", 4]}) -> tensor<?x4xf32> {
      %0 = inference.add %x, %y : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
      return %0 : tensor<?x4xf32>
    }"""
    x, y = np.ones((3, 4), np.float32), np.full((1, 4), 2, np.float32)
    for model in (text, module_of(text)):
        np.testing.assert_array_equal(inferir.compile(model)(x, y), np.full((3, 4), 3, np.float32))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (3, "a builtins.int is no model"),
        (None, "a builtins.NoneType is no model"),
        (b"\xff\xfe\0", "these bytes are no model"),
        (LENET.read_bytes()[:5000], "<bytes>: not a whole ONNX model"),
        (onnx.ModelProto(), "<ModelProto>: not an ONNX model: it has no graph"),
        ("absent.onnx", "absent.onnx: no such file"),
        ("func.func @main( {", "Expected argument or type"),
        (LINE.replace("relu", "rely"), "inference.rely is not registered; did you mean 'inference.relu'"),
    ],
    ids=["int", "None", "bytes", "part", "empty", "absent", "text", "op"],
)
def test_what_is_no_model(model, says: str):
    with pytest.raises(inferir.InferError, match=says):
        inferir.compile(model)


def test_one_family_of_exceptions(tmp_path: Path):
    assert inferir.InferError is InferError and issubclass(ModelError, InferError)
    for wrong in (lambda: inferir.compile(LINE, num_threads=0), lambda: inferir.compile(LINE)(X, X), lambda: inferir.load(tmp_path / "no")):
        with pytest.raises(InferError):
            wrong()


def test_the_runtime_raises_the_same_without_the_compiler(tmp_path: Path):
    program = f"import inferir, sys\ntry:\n  inferir.load({str(tmp_path / 'no.infer')!r})\nexcept inferir.InferError as e:\n  print('xdsl' in sys.modules, e)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False ") and "no.infer" in done.stdout


@rewrites(inf.ReluOp)
def twice(op: inf.ReluOp, rw: Rewriter) -> str | None:
    """relu = abs, for the sake of the test"""
    rw.replace(op, inf.AbsOp.make(op.x))


class FromANotebook(Pass):
    """No file holds it."""

    patterns = (twice,)
    anchor = "func.func"


def test_a_pass_that_no_file_holds():
    for stages in (FromANotebook, FromANotebook(), ["cse", FromANotebook], ("builtin.module(cse)", FromANotebook(), "func.func(cse)")):
        module, ctx = module_of(LINE), make_context()
        manager = PassManager(stages, ctx)
        manager.run(module)
        assert "inference.abs" in text_of(module)
        assert "func.func(from-a-notebook)" in manager.spec()
    with pytest.raises(TypeError, match="a pipeline is made of"):
        PassManager([3], make_context())  # pyright: ignore[reportArgumentType]


def test_make_inside_a_builder_of_xdsls():
    module = ModuleOp([])
    with ImplicitBuilder(module.body):
        function = FuncOp("main", ([tensor([4], f32)], [tensor([4], f32)]))
        with ImplicitBuilder(function.body) as (x,):
            y = inf.ReluOp.make(inf.AbsOp.make(x).result)
            ReturnOp(y.result)
    verify(module)
    assert [op.name for op in module.walk()] == ["builtin.module", "func.func", "inference.abs", "inference.relu", "func.return"]


def test_make_verifies_values():
    x = FuncOp("f", ([tensor([4], f32)], [])).body.block.args[0]
    with pytest.raises(InferError, match=r"inference.gelu: approximate: 'tan' is none of none, tanh"):
        inf.GeluOp.make(x, approximate="tan")
    with pytest.raises(InferError, match=r"inference.gelu: approximate: '3' is none of"):
        inf.GeluOp.make(x, approximate=3)
    with pytest.raises(InferError, match=r"inference.softmax: axis: 'one' is not of kind 'integer'"):
        inf.SoftmaxOp.make(x, axis="one")
    with pytest.raises(InferError, match=r"inference.transpose: permutation: 3 is not of kind 'ints'"):
        inf.TransposeOp.make(x, permutation=3)
    with pytest.raises(TypeError, match="has no property 'axes'"):
        inf.SoftmaxOp.make(x, axes=1)
    assert not list(x.uses)
