"""Register tiles fit the registers of each machine: no block of code that multiplies touches the stack."""

import re

import pytest

from inferir.core.context import make_context
from inferir.tools.driver import translated

MATMUL = """func.func @main(%x: tensor<384x768xf32>) -> tensor<384x768xf32> {
  %w = inference.constant dense<1.5> : tensor<768x768xf32>
  %0 = inference.matmul %x, %w : (tensor<384x768xf32>, tensor<768x768xf32>) -> tensor<384x768xf32>
  return %0 : tensor<384x768xf32>
}
"""
CONVOLUTION = """func.func @main(%x: tensor<1x64x56x56xf32>) -> tensor<1x64x28x28xf32> {
  %w = inference.constant dense<1.5> : tensor<64x64x3x3xf32>
  %0 = inference.conv %x, %w strides [2, 2] pads [1, 1, 1, 1] : (tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x28x28xf32>
  return %0 : tensor<1x64x28x28xf32>
}
"""
ATTENTION = """func.func @main(%q: tensor<1x2x128x64xf32>, %k: tensor<1x2x128x64xf32>, %v: tensor<1x2x128x64xf32>) -> tensor<1x2x128x64xf32> {
  %0 = inference.attention %q, %k, %v : (tensor<1x2x128x64xf32>, tensor<1x2x128x64xf32>, tensor<1x2x128x64xf32>) -> tensor<1x2x128x64xf32>
  return %0 : tensor<1x2x128x64xf32>
}
"""
RECURRENCE = """func.func @main(%x: tensor<5x8x64xf32>, %w: tensor<1x256x64xf32>, %r: tensor<1x256x64xf32>) -> tensor<5x1x8x64xf32> {
  %y, %h, %c = inference.lstm %x, %w, %r : (tensor<5x8x64xf32>, tensor<1x256x64xf32>, tensor<1x256x64xf32>)
    -> (tensor<5x1x8x64xf32>, tensor<1x8x64xf32>, tensor<1x8x64xf32>)
  return %y : tensor<5x1x8x64xf32>
}
"""
MODELS = {"matmul": MATMUL, "convolution": CONVOLUTION, "attention": ATTENTION, "recurrence": RECURRENCE}
SPILL = re.compile(r"\s(?:vmov[au]ps\s+%[xyz]mm\d+, (-?\d*\((?:%rsp|%rbp)\))|st[rp]\s+q\d+,.*(\[(?:sp|x29).*))")
"""A vector register that is stored to the stack, and where; a tile may read scratch that is there (the scores of attention).
LLVM hoists loads over four steps of attention's scores on NEON, which costs one register of 32."""
MULTIPLY = re.compile(r"\s(?:vfmadd\d+ps|fmla)\s")
EXPONENTIAL = re.compile(r"\s(?:vroundps|vrndscaleps|frint\w)\s")
LOOP = 8
"""Multiplications in a block, from which on it is taken for the body of a tile's loop over k."""


def products(assembly: str) -> list[str]:
    """The blocks of code (from one label or jump to the next) that multiply and add, and are no exponential."""
    blocks = re.split(r"(?m)^[.\w]+:.*$|^\s+(?:j\w+|b(?:\.\w+)?)\s.*$", assembly)
    return [block for block in blocks if len(MULTIPLY.findall(block)) >= LOOP and not EXPONENTIAL.search(block)]


@pytest.mark.parametrize("machine", ["x86-64-v3", "x86-64-v4", "neoverse-n1"])
@pytest.mark.parametrize("model", MODELS)
def test_a_tile_stays_in_registers(model: str, machine: str):
    blocks = products(translated(MODELS[model], "asm", "cpu", "layout", {}, make_context(), machine))
    assert blocks
    most = 1 if (model, machine) == ("attention", "neoverse-n1") else 0
    assert max(len(set(SPILL.findall(block))) for block in blocks) <= most


def test_a_spill_is_seen():
    block = "\tvfmadd231ps\t%ymm0, %ymm1, %ymm2\n" * LOOP + "\tvmovups\t%ymm2, 32(%rsp)\n"
    assert [SPILL.search(b) is not None for b in products(f".L1:\n{block}\tjne .L1\n")] == [True]
    assert SPILL.search("\tstr\tq1, [sp, #16]") and not SPILL.search("\tvmovups\t32(%rsp), %ymm1")
