"""The fences of tests/fuzz/fences.py: what lies outside of a tensor cannot be touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
import numpy as np
sys.path.insert(0, {folder!r})
from fences import install
install({side!r})
from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core import make_context, parse
from inferir.passes.cpu.convert_cpu_to_kernels import ConvertCpuToKernels
ctx = make_context()
module = parse('''func.func @main(%arena: memref<?xi8>, %weights: memref<?xi8>, %x: memref<?xi8> {{inference.name = "x", inference.dims = [20]}},
    %y: memref<?xi8> {{inference.name = "y", inference.dims = [20], inference.output = 0}}) {{
  %c0 = arith.constant 0 : index
  %at = arith.constant {offset} : index
  %a = cpu.view %x at %at sizes() : memref<?xi8> to memref<20xf32>
  %b = cpu.view %y at %c0 sizes() : memref<?xi8> to memref<20xf32>
  cpu.map %a outs %b {{}} : (memref<20xf32>, memref<20xf32>) -> ()
  func.return
}}
func.func @arena_size() -> index {{
  %c0 = arith.constant 0 : index
  func.return %c0 : index
}}''', "m.mlir", ctx)
ConvertCpuToKernels().run(module, ctx)
x = np.arange(20, dtype=np.float32)
y = Model(build_program(module, ctx), 1)(x)
assert np.array_equal(y, x)
"""


@pytest.mark.parametrize(("side", "offset", "dies"), [("right", 0, False), ("left", 0, False), ("right", 4, True), ("left", -4, True)])
def test_a_read_outside_of_the_input(side: str, offset: int, dies: bool):
    """A view that is four bytes off reads one number too many: the fence on that side ends the process."""
    folder = str(Path(__file__).parents[1] / "fuzz")
    text = PROGRAM.format(folder=folder, side=side, offset=offset)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == (-11 if dies else 0), done.stderr


UPDATES = """
import sys
import numpy as np
sys.path.insert(0, {folder!r})
from fences import install
install({side!r})
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import agree, numbers
x, u = ([numbers({name!r}, k, False, (rows, k)) for k in range(1, 18)] for rows in (3, 5))
i = np.array([2, 0, -1, 2, -3])[:, None]
agree([i, *x, *u], *(lambda i, *v, k=k: inf.ScatterNdOp.make(v[k], i, v[k + 17], reduction={reduction!r}) for k in range(17)))
"""


@pytest.mark.parametrize("name", ["float32", "float64", "int32", "int8", "float16"])
@pytest.mark.parametrize("reduction", ["none", "max"])
def test_rows_of_any_length_that_are_read_under_a_condition(name: str, reduction: str):
    """Code for AVX2: LLVM 22 drops the half of a mask that is known to be empty where another condition is in it."""
    tests = Path(__file__).parents[1]
    text = UPDATES.format(folder=str(tests / "fuzz"), side="right", name=name, reduction=reduction)
    environment = {**os.environ, "INFERIR_CPU": "x86-64-v3"}
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=170, env=environment, cwd=tests.parent
    )
    assert done.returncode == 0, done.stderr
