"""The fences of tests/fuzz/fences.py: what lies outside of a tensor cannot be touched."""

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
