"""infer-reduce on several functions, blocks and symbols; scripts of any kind; the same failure from first to last."""

import io
from pathlib import Path

import pytest

from inferir.core import make_context, parse
from inferir.core.reduction import reduce, size
from inferir.tools.infer_reduce import main

CALLS = """
func.func @a(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.tanh %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}
func.func @b(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = func.call @a(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = inference.abs %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
"""
BLOCKS = """
func.func @main(%c: i1, %a: tensor<4xf32>) -> tensor<4xf32> {
  cf.cond_br %c, ^bb1, ^bb2
^bb1:
  %0 = inference.tanh %a : tensor<4xf32>
  cf.br ^bb2
^bb2:
  func.return %a : tensor<4xf32>
}
"""
LOOP = """
func.func @main(%n: index, %x: f32) -> f32 {
  cf.br ^head(%x : f32)
^head(%v: f32):
  %0 = math.tanh %v : f32
  %c = "plug.test"(%0) : (f32) -> i1
  cf.cond_br %c, ^head(%0 : f32), ^exit
^exit:
  return %0 : f32
}
"""
NESTED = """
builtin.module @outer {
  func.func private @f(%x: f32) -> f32 {
    %0 = math.tanh %x : f32
    return %0 : f32
  }
  builtin.module @inner {
    func.func private @f(%x: f32) -> f32 {
      %0 = math.exp %x : f32
      return %0 : f32
    }
    func.func @g(%x: f32) -> f32 {
      %0 = func.call @f(%x) : (f32) -> f32
      return %0 : f32
    }
  }
  "plug.register"() {hook = @f} : () -> ()
}
"""


@pytest.mark.parametrize("text", [CALLS, BLOCKS, LOOP, NESTED], ids=["calls", "blocks", "loop", "nested"])
def test_only_the_op_that_fails_is_left(text: str):
    module = parse(text, "<text>", make_context(allow_unregistered=True))
    small = reduce(module, lambda m: any(op.name.endswith(".tanh") for op in m.walk()))
    assert size(small) == 1


@pytest.mark.parametrize("text", [CALLS, BLOCKS, LOOP, NESTED], ids=["calls", "blocks", "loop", "nested"])
def test_a_failure_that_nothing_causes_leaves_nothing(text: str):
    module = parse(text, "<text>", make_context(allow_unregistered=True))
    assert size(reduce(module, lambda m: True)) == 0


def shrink(folder: Path, text: str, *options: str) -> tuple[int, str, str]:
    """Exit code, output and errors of infer-reduce."""
    file = folder / "m.mlir"
    file.write_text(text)
    out, err = io.StringIO(), io.StringIO()
    return main([str(file), *options], io.StringIO(), out, err), out.getvalue(), err.getvalue()


def script(folder: Path, text: str, mode: int = 0o755) -> str:
    """A test script in a file of its own."""
    file = folder / "test.sh"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


@pytest.mark.parametrize("first_line", ["#!/bin/sh\n", ""], ids=["shebang", "plain"])
def test_a_script_needs_no_first_line(tmp_path: Path, first_line: str):
    test = script(tmp_path, first_line + 'grep -q inference.tanh "$1" && exit 1\nexit 0\n')
    code, out, err = shrink(tmp_path, CALLS, "--test", test)
    assert (code, err) == (0, "infer-reduce: 5 ops -> 1\n") and "inference.tanh" in out


def test_a_file_that_is_not_executable_is_one_clear_line(tmp_path: Path):
    code, _, err = shrink(tmp_path, CALLS, "--test", script(tmp_path, "exit 1\n", 0o644))
    assert code == 1 and "is not executable" in err and "Traceback" not in err


def test_the_failure_stays_the_same(tmp_path: Path):
    test = script(
        tmp_path,
        'grep -q inference.tanh "$1" && { echo "error: tanh of 4 is wrong"; exit 1; }\n'
        'grep -q inference.relu "$1" || { echo "error: no relu"; exit 1; }\n',
    )
    code, out, _ = shrink(tmp_path, CALLS, "--test", test)
    assert code == 0 and "inference.tanh" in out
    code, out, _ = shrink(tmp_path, CALLS, "--test", test, "--any-failure")
    assert code == 0 and "inference.tanh" not in out
