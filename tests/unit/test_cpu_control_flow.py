"""Branches and loops: the reference executor on tensors, on buffers and in the arena, and native code, all agree."""

import numpy as np
import pytest

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core import PassManager, execute, make_context, parse
from inferir.dialects.cpu import execute_on_buffers

rng = np.random.default_rng(0)
LOWER = "inference-layout,func.func(convert-inference-to-cpu,fuse-epilogue,select-tiles,pack-weights,cse,bufferize)"


def agree(text: str, feeds: dict[str, np.ndarray], threads: int = 1) -> list[np.ndarray]:
    """Run a module in every way; the results."""
    ctx = make_context()
    expected = execute(parse(text, "control.mlir", ctx), feeds, ctx)
    module = parse(text, "control.mlir", ctx)
    for stage in (LOWER, "plan-arena"):
        PassManager(stage, ctx).run(module)
        assert str(parse(str(module), "again.mlir", ctx)) == str(module)
        for a, b in zip(execute_on_buffers(module, feeds, ctx), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    PassManager("convert-cpu-to-kernels", ctx).run(module)
    with Model(build_program(module, ctx), num_threads=threads) as model:
        got = model(*feeds.values())
    for a, b in zip(got if isinstance(got, tuple) else (got,), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    return expected


SWAP = """
func.func @main(%a: tensor<3xf32> {inference.name = "a"}, %b: tensor<3xf32> {inference.name = "b"}) -> (tensor<3xf32>, tensor<3xf32>, tensor<7x3xf32>) {
  %n = inference.constant dense<LIMIT> : tensor<i64>
  %0, %1, %2 = inference.loop %a, %b limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %x: tensor<3xf32>, %y: tensor<3xf32>):
    %s = inference.add %x, %y : tensor<3xf32>
    inference.yield %go, %y, %s, %x : (tensor<i1>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> ()
  } : (tensor<i64>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<LIMITx3xf32>)
  return %0, %1, %2 : tensor<3xf32>, tensor<3xf32>, tensor<LIMITx3xf32>
}"""


@pytest.mark.parametrize("limit", [7, 2, 0])
def test_carried_values_move_at_the_same_time(limit: int):
    text = SWAP.replace("7x3", "LIMITx3").replace("LIMIT", str(limit))
    feeds = {"a": np.ones(3, np.float32), "b": np.array([1, 2, 3], np.float32)}
    assert agree(text, feeds)[2].shape == (limit, 3)


EARLY = """
func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["N", 4]}, %most: tensor<i64> {inference.name = "most"},
                %bound: tensor<f32> {inference.name = "bound"}) -> (tensor<?x4xf32>, tensor<i64>) {
  %zero = inference.constant dense<0> : tensor<i64>
  %two = inference.constant dense<2.0> : tensor<f32>
  %scale = inference.exp %two : tensor<f32>
  %before = inference.tanh %x : tensor<?x4xf32>
  %0, %1 = inference.loop %x, %zero limit %most {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<?x4xf32>, %count: tensor<i64>):
    %a = inference.mul %v, %scale : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
    %b = inference.add %a, %before : tensor<?x4xf32>
    %sum = inference.reduce %b kind sum axes [0, 1] : (tensor<?x4xf32>) -> tensor<f32>
    %more = inference.compare %sum, %bound pred lt : (tensor<f32>, tensor<f32>) -> tensor<i1>
    inference.yield %more, %b, %i : (tensor<i1>, tensor<?x4xf32>, tensor<i64>) -> ()
  } : (tensor<i64>, tensor<?x4xf32>, tensor<i64>) -> (tensor<?x4xf32>, tensor<i64>)
  %y = inference.add %0, %before : tensor<?x4xf32>
  return %y, %1 : tensor<?x4xf32>, tensor<i64>
}"""


@pytest.mark.parametrize(("most", "bound", "last"), [(9, 500.0, 4), (2, 1e9, 1), (0, 1e9, 0)])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_loop_ends_at_its_limit_or_by_its_condition(most: int, bound: float, last: int, threads: int):
    feeds = {"x": np.full((1, 4), 0.01, np.float32), "most": np.array(most), "bound": np.array(bound, np.float32)}
    assert int(agree(EARLY, feeds, threads)[1]) == last


NESTED = """
func.func @main(%x: tensor<5x4xf32> {inference.name = "x"}, %c: tensor<i1> {inference.name = "c"}) -> (tensor<5x4xf32>, tensor<5x3x4xf32>) {
  %outer = inference.constant dense<5> : tensor<i64>
  %inner = inference.constant dense<3> : tensor<i64>
  %start = inference.constant dense<0.5> : tensor<4xf32>
  %w = inference.exp %x : tensor<5x4xf32>
  %0, %1, %2 = inference.loop %start limit %outer {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<4xf32>):
    %f = inference.cast %i to f32 : (tensor<i64>) -> tensor<f32>
    %row = inference.add %v, %f : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    %r = inference.if %c {
      %p, %stack = inference.loop %v limit %inner condition %go {
      ^bb1(%j: tensor<i64>, %more: tensor<i1>, %u: tensor<4xf32>):
        %t = inference.tanh %u : tensor<4xf32>
        %q = inference.add %t, %row : tensor<4xf32>
        inference.yield %more, %q, %t : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
      } : (tensor<i64>, tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<3x4xf32>)
      %cast = inference.add %stack, %p : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
      inference.yield %cast : (tensor<3x4xf32>) -> ()
    } {
      %n = inference.neg %v : tensor<4xf32>
      %z = inference.constant dense<1.0> : tensor<3x4xf32>
      %m = inference.mul %z, %n : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
      inference.yield %m : (tensor<3x4xf32>) -> ()
    } : (tensor<i1>) -> tensor<3x4xf32>
    %next = inference.reduce %r kind max axes [0] keepdims : (tensor<3x4xf32>) -> tensor<1x4xf32>
    %flat = inference.reshape %next shape [4] : (tensor<1x4xf32>) -> tensor<4xf32>
    inference.yield %go, %flat, %v, %r : (tensor<i1>, tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<5x4xf32>, tensor<5x3x4xf32>)
  %y = inference.add %w, %1 : tensor<5x4xf32>
  return %y, %2 : tensor<5x4xf32>, tensor<5x3x4xf32>
}"""


@pytest.mark.parametrize("taken", [True, False])
def test_branches_and_loops_within_loops(taken: bool):
    agree(NESTED, {"x": rng.standard_normal((5, 4)).astype(np.float32), "c": np.array(taken)}, 2)


BRANCH = """
func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["N", 4]}, %c: tensor<1xi1> {inference.name = "c"})
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x8xf32>) {
  %k = inference.constant dense<3.0> : tensor<4xf32>
  %e = inference.exp %x : tensor<?x4xf32>
  %0, %1 = inference.if %c {
    %a = inference.add %e, %k : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    inference.yield %a, %a : (tensor<?x4xf32>, tensor<?x4xf32>) -> ()
  } {
    %t = inference.tanh %e : tensor<?x4xf32>
    inference.yield %t, %x : (tensor<?x4xf32>, tensor<?x4xf32>) -> ()
  } : (tensor<1xi1>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  %both = inference.concat %0, %1 axis 1 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %0, %1, %both : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x8xf32>
}"""


@pytest.mark.parametrize("taken", [True, False])
def test_a_branch_leaves_its_results_where_they_are_wanted(taken: bool):
    agree(BRANCH, {"x": rng.standard_normal((3, 4)).astype(np.float32), "c": np.array([taken])})
