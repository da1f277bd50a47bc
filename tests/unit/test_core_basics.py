"""The parts of core that everything leans on: dims, properties, folds, pipelines, driver."""

import numpy as np
import pytest
from xdsl.dialects import func

from inferir.core import InferError, PassManager, execute, make_context, parse, pipeline, rewrites, text_of, verify
from inferir.core.dims import broadcast, evaluate, parse_dim, symbol
from inferir.core.driver import apply_patterns
from inferir.core.shapes import ShapeAnalysis
from inferir.dialects import inference as inf

MODULE = """
func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["batch", 4]}) -> tensor<?x2x2xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<1x4xf32>
  %f = inference.constant #inference.fold<inference.mul(#inference.weight<"w">, dense<2.0> : tensor<1x4xf32>) : tensor<1x4xf32>> : tensor<1x4xf32>
  %0 = inference.add %x, %w : (tensor<?x4xf32>, tensor<1x4xf32>) -> tensor<?x4xf32>
  %1 = inference.mul %0, %f : (tensor<?x4xf32>, tensor<1x4xf32>) -> tensor<?x4xf32>
  %2 = inference.reshape %1 shape [-1, 2, 2] : (tensor<?x4xf32>) -> tensor<?x2x2xf32>
  return %2 : tensor<?x2x2xf32>
}
"""


def module():
    ctx = make_context()
    ctx.weights.add("w", np.arange(4, dtype=np.float32).reshape(1, 4))
    parsed = parse(MODULE, "m.mlir", ctx)
    verify(parsed)
    return parsed, ctx


def test_dims_have_a_normal_form():
    b = symbol("batch")
    assert 2 * b + b == 3 * b
    assert b - b == 0
    assert (4 * b) // 2 == 2 * b
    assert str((b + 1) // 2) == "((batch+1)//2)"
    assert evaluate((b + 1) // 2 + 3, {"batch": 5}) == 6
    assert parse_dim("2*batch+1") == 2 * b + 1
    assert broadcast((b, 1), (1, 3)) == (b, 3)


def test_text_round_trips_and_runs():
    parsed, ctx = module()
    text = text_of(parsed)
    assert text_of(parse(text, "again.mlir", make_context())) == text
    assert text_of(parse(text_of(parsed, generic=True), "generic.mlir", make_context())) == text
    x = np.ones((3, 4), np.float32)
    w = np.arange(4, dtype=np.float32)
    (y,) = execute(parsed, {"x": x}, ctx)
    np.testing.assert_array_equal(y, ((x + w) * (w * 2)).reshape(3, 2, 2))


def test_shape_analysis_names_every_dimension():
    parsed, _ = module()
    function = next(op for op in parsed.ops if isinstance(op, func.FuncOp))
    analysis = ShapeAnalysis(function)
    reshape = next(op for op in parsed.walk() if isinstance(op, inf.ReshapeOp))
    assert analysis[reshape.result] == (symbol("batch"), 2, 2)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "input 'x' is missing"),
        ({"y": np.ones((1, 4), np.float32)}, "no input is called 'y'"),
        ({"x": np.ones((1, 4))}, "has element type float64, the model takes f32"),
        ({"x": np.ones(4, np.float32)}, r"has shape \[4\] of rank 1, the model takes x: f32\["),
        ({"x": np.ones((1, 5), np.float32)}, r"has shape \[1, 5\], the model takes x: f32\["),
    ],
)
def test_wrong_inputs_are_named(inputs, message):
    parsed, ctx = module()
    with pytest.raises(InferError, match=message):
        execute(parsed, inputs, ctx)


@pytest.mark.parametrize("op", ["inference.conv %x, %w", "inference.max_pool %x kernel [3, 3]", "inference.avg_pool %x kernel [3, 3]"])
def test_a_window_that_turns_out_larger_than_its_input_is_an_error(op: str):
    ctx = make_context()
    operands = "(tensor<1x1x?x3xf32>, tensor<1x1x3x3xf32>)" if "%w" in op else "(tensor<1x1x?x3xf32>)"
    text = f"""
        func.func @main(%x: tensor<1x1x?x3xf32>, %w: tensor<1x1x3x3xf32>) -> tensor<1x1x?x1xf32> {{
          %0 = {op} : {operands} -> tensor<1x1x?x1xf32>
          return %0 : tensor<1x1x?x1xf32>
        }}"""
    parsed = parse(text, "m", ctx)
    w = np.ones((1, 1, 3, 3), np.float32)
    assert execute(parsed, [np.ones((1, 1, 3, 3), np.float32), w], ctx)[0].shape == (1, 1, 1, 1)
    with pytest.raises(InferError, match=r"the window \[3, 3\] is larger than the padded input \[2, 3\]"):
        execute(parsed, [np.ones((1, 1, 2, 3), np.float32), w], ctx)


def test_special_floats_survive_text():
    ctx = make_context()
    text = "func.func @f() -> tensor<4xf32> {\n  %0 = inference.constant dense<[0x7F800000, 0xFFC00001, -0.0, 1.0e-45]> : tensor<4xf32>\n  return %0 : tensor<4xf32>\n}"
    once = text_of(parse(text, "a", ctx))
    assert text_of(parse(once, "b", make_context())) == once
    assert "0x7f800000, 0xffc00001, -0.000000e+00" in once


def test_use_before_definition_is_an_error():
    text = 'func.func @f() {\n  %a = "test.op"(%b) : (i32) -> i32\n  %b = "test.op"() : () -> i32\n  return\n}'
    with pytest.raises(InferError, match="%b does not dominate this use"):
        verify(parse(text, "a", make_context()))


def test_unknown_pass_and_option_are_named():
    ctx = make_context()
    with pytest.raises(InferError, match="did you mean 'fold-batch-norm'"):
        PassManager("fold-batchnorm", ctx)
    with pytest.raises(InferError, match="has no option 'size'"):
        PassManager("cse{size=3}", ctx)
    with pytest.raises(InferError, match=r"expected '\)' or ','"):
        PassManager("builtin.module(cse", ctx)


def test_pipelines_nest_and_print():
    spec = "builtin.module(func.func(cse,fold-batch-norm),cse)"
    assert PassManager(spec, make_context()).spec() == spec
    assert str(pipeline("cse", pipeline("fold-batch-norm"))) == "cse,fold-batch-norm"


def test_endless_rewriting_names_the_pattern():
    @rewrites(inf.AddOp)
    def forever(op, rw):
        """x + y = y + x"""
        rw.replace(op, inf.AddOp.make(op.rhs, op.lhs))

    parsed, ctx = module()
    with pytest.raises(InferError, match="pattern 'forever'"):
        apply_patterns(parsed, [forever], ctx)


def test_new_ops_take_the_locations_of_what_they_replace():
    @rewrites(inf.MulOp)
    def swap(op, rw):
        """x * y = y + x, for the test's sake"""
        rw.replace(op, inf.AddOp.make(op.rhs, op.lhs))

    parsed, ctx = module()
    apply_patterns(parsed, [swap], ctx)
    assert 'loc("m.mlir":6:3)' in text_of(parsed, debuginfo=True)
