"""The CPU ladder as a whole: after every stage the module runs in the reference executor and gives the same numbers, and its
text, read back, continues to the same result."""

import numpy as np
import pytest

from inferir.backends.target import LEVELS, find_target
from inferir.core import Context, PassManager, execute, make_context, parse, text_of
from inferir.core.constants import WeightAttr
from inferir.core.rewriting import constant_attribute_of
from inferir.dialects.cpu import execute_on_buffers

TENSORS = (
    "propagate-layout{to=nhwc}",
    "convert-inference-to-cpu",
    "fuse-epilogue",
    "select-conv-algorithm",
    "select-tiles",
    "pack-weights",
)
BUFFERS = ("bufferize", "plan-arena")

BRANCHES = """
func.func @main(%x: tensor<?x4x8x8xf32> {inference.name = "x", inference.dims = ["batch", 4, 8, 8]}) -> (tensor<?x10xf32> {inference.name = "y"}) {
  %w = inference.constant #inference.weight<"w"> : tensor<16x4x3x3xf32>
  %b = inference.constant #inference.weight<"b"> : tensor<16xf32>
  %v = inference.constant #inference.weight<"v"> : tensor<24x16x1x1xf32>
  %d = inference.constant #inference.weight<"d"> : tensor<16x1x3x3xf32>
  %m = inference.constant #inference.weight<"m"> : tensor<40x10xf32>
  %0 = inference.conv %x, %w bias %b pads [1, 1, 1, 1] : (tensor<?x4x8x8xf32>, tensor<16x4x3x3xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %1 = inference.relu %0 : tensor<?x16x8x8xf32>
  %2 = inference.add %1, %0 : tensor<?x16x8x8xf32>
  %3 = inference.conv %2, %v : (tensor<?x16x8x8xf32>, tensor<24x16x1x1xf32>) -> tensor<?x24x8x8xf32>
  %4 = inference.conv %2, %d pads [1, 1, 1, 1] groups 16 : (tensor<?x16x8x8xf32>, tensor<16x1x3x3xf32>) -> tensor<?x16x8x8xf32>
  %5 = inference.concat %3, %4 axis 1 : (tensor<?x24x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x40x8x8xf32>
  %6 = inference.max_pool %5 kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] : (tensor<?x40x8x8xf32>) -> tensor<?x40x4x4xf32>
  %7 = inference.reduce %6 kind mean axes [2, 3] : (tensor<?x40x4x4xf32>) -> tensor<?x40xf32>
  %8 = inference.matmul %7, %m : (tensor<?x40xf32>, tensor<40x10xf32>) -> tensor<?x10xf32>
  %9 = inference.softmax %8 : tensor<?x10xf32>
  return %9 : tensor<?x10xf32>
}
"""


def context(text: str) -> Context:
    """A context with seeded weights for every name in the text."""
    ctx = make_context()
    rng = np.random.default_rng(7)
    for op in parse(text, "model", ctx).walk():
        value = constant_attribute_of(op.results[0]) if len(op.results) == 1 else None
        if isinstance(value, WeightAttr):
            ctx.weights.add(value.key.data, 0.2 * rng.standard_normal(op.results[0].type.get_shape(), dtype=np.float32))  # pyright: ignore
    return ctx


@pytest.mark.parametrize("batch", [1, 3])
def test_every_stage_computes_the_same(batch: int):
    ctx = context(BRANCHES)
    module = parse(BRANCHES, "model", ctx)
    inputs = {"x": np.random.default_rng(1).standard_normal((batch, 4, 8, 8), dtype=np.float32)}
    (expected,) = execute(module, inputs, ctx)
    for stage in TENSORS:
        PassManager(stage, ctx).run(module)
        np.testing.assert_allclose(execute(module, inputs, ctx)[0], expected, rtol=1e-3, atol=1e-4)
    for stage in BUFFERS:
        PassManager(stage, ctx).run(module)
        np.testing.assert_allclose(execute_on_buffers(module, inputs, ctx)[0], expected, rtol=1e-3, atol=1e-4)


def test_the_text_of_every_stage_continues_to_the_same_result():
    ctx = context(BRANCHES)
    module = parse(BRANCHES, "model", ctx)
    stages = (*TENSORS, *BUFFERS)
    texts = []
    for stage in stages:
        PassManager(stage, ctx).run(module)
        texts.append(text_of(module))
    for done, text in enumerate(texts, 1):
        again = parse(text, "stage", ctx)
        assert text_of(again) == text
        PassManager(",".join(stages[done:]), ctx).run(again)
        assert text_of(again) == texts[-1]


@pytest.mark.parametrize("level", LEVELS)
def test_native_code_computes_the_same_for_any_batch_and_number_of_threads(level: str):
    ctx = context(BRANCHES)
    reference = parse(BRANCHES, "model", ctx)
    module = reference.clone()
    target = find_target("cpu")
    PassManager(target.pipeline(level), ctx).run(module)
    program = target.build(module, ctx)
    assert [str(p) for p in program.inputs] == ["x: f32[batch, 4, 8, 8]"]
    for threads in (1, 2):
        with target.load(program, threads) as model:
            for batch in (1, 3, 8):
                inputs = {"x": np.random.default_rng(batch).standard_normal((batch, 4, 8, 8), dtype=np.float32)}
                (expected,) = execute(reference, inputs, ctx)
                np.testing.assert_allclose(model.run(inputs)["y"], expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


def test_the_arena_is_as_small_as_it_can_be():
    ctx = context(BRANCHES)
    module = parse(BRANCHES, "model", ctx)
    target = find_target("cpu")
    PassManager(target.pipeline("layout"), ctx).run(module)
    program = target.build(module, ctx)
    assert int(program.metadata["cpu.arena"]) <= 1.1 * int(program.metadata["cpu.arena_bound"])
