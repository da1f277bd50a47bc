"""Runs one level 3 op both ways: its reference semantics on tensors, and natively on buffers."""

from collections.abc import Sequence

import numpy as np

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core.context import make_context
from inferir.core.executor import execute
from inferir.core.parser import parse
from inferir.passes.cpu.convert_cpu_to_kernels import ConvertCpuToKernels

BIAS_RELU = """{
  ^bb0(%acc: f32, %bias: f32):
    %zero = arith.constant 0.0 : f32
    %sum = arith.addf %acc, %bias : f32
    %max = arith.maximumf %sum, %zero : f32
    cpu.yield %max : f32
  }"""
BIAS_RESIDUAL_RELU = """{
  ^bb0(%acc: f32, %bias: f32, %residual: f32):
    %zero = arith.constant 0.0 : f32
    %sum = arith.addf %acc, %bias : f32
    %both = arith.addf %sum, %residual : f32
    %max = arith.maximumf %both, %zero : f32
    cpu.yield %max : f32
  }"""


def shape_text(shape: Sequence[int | str]) -> str:
    """`2x3x` of a type."""
    return "".join(f"{d}x" for d in shape)


def reference(op: str, properties: str, region: str, arrays: Sequence[np.ndarray], rank: int) -> np.ndarray:
    """The op on tensors, by its numpy semantics."""
    types = [f"tensor<{shape_text(a.shape)}f32>" for a in arrays]
    result = f"tensor<{'?x' * rank}f32>"
    arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate(types))
    operands = ", ".join(f"%a{i}" for i in range(len(arrays)))
    text = f"""func.func @main({arguments}) -> {result} {{
      %y = {op} {operands} {properties} {region or "{}"} : ({", ".join(types)}) -> {result}
      return %y : {result}
    }}"""
    ctx = make_context()
    return execute(parse(text, "reference.mlir", ctx), list(arrays), ctx)[0]


def level3(op: str, properties: str, region: str, arrays: Sequence[np.ndarray], shape: Sequence[int], wide: int, dynamic: bool) -> str:
    """The op on buffers. With `wide`, x and y are slices of channels of buffers that have so many channels more, from half of
    them on; with `dynamic`, their first dimension is not known."""
    count = len(arrays)
    lines, types, ports = [], [], []
    for i, full in enumerate([*(a.shape for a in arrays), tuple(shape)]):
        outer = i in (0, count)
        batched = dynamic and (outer or full == tuple(shape))
        extra = wide if outer else 0
        layout = ""
        if extra:
            steps = [1, *np.cumprod([full[-1] + wide, *full[-2:0:-1]]).tolist()][: len(full)]
            layout = f", strided<{steps[::-1]}>"
        types.append(f"memref<{shape_text(['?', *full[1:]] if batched else full)}f32{layout}>")
        offset, sizes = ("%half" if extra else "%c0"), ("%n" if batched else "")
        lines.append(f"%a{i} = cpu.view %b{i} at {offset} sizes({sizes}) : memref<?xi8> to {types[-1]}")
        port = [*full[:-1], full[-1] + extra] if full else []
        dims = ", ".join(str(d) if not batched or axis else '"n"' for axis, d in enumerate(port))
        mark = ", inference.output" if i == count else ""
        ports.append(f'%b{i}: memref<?xi8> {{inference.name = "a{i}", inference.dims = [{dims}]{mark}}}')
    dims, size_dims = (', %n: index {inference.symbol = "n"}', "%n: index") if dynamic else ("", "")
    operands = ", ".join(f"%a{i}" for i in range(count))
    body = "\n    ".join(lines)
    return f"""func.func @main(%arena: memref<?xi8>, %weights: memref<?xi8>, {", ".join(ports)}{dims}) {{
    %c0 = arith.constant 0 : index
    %half = arith.constant {wide // 2 * 4} : index
    {body}
    {op} {operands} outs %a{count} {properties} {region or "{}"} : ({", ".join(types)}) -> ()
    func.return
  }}
  func.func @arena_size({size_dims}) -> index {{
    %c0 = arith.constant 0 : index
    func.return %c0 : index
  }}"""


def native(text: str, arrays: Sequence[np.ndarray], threads: int, wide: int) -> np.ndarray:
    """Lower level 3 on buffers, compile, run."""
    ctx = make_context()
    module = parse(text, "kernel.mlir", ctx)
    ConvertCpuToKernels().run(module, ctx)
    module.verify()
    again = parse(str(module), "again.mlir", ctx)
    assert str(again) == str(module)
    given = list(arrays)
    if wide:
        x = given[0]
        given[0] = np.full((*x.shape[:-1], x.shape[-1] + wide), np.nan, np.float32)
        given[0][..., wide // 2 : wide // 2 + x.shape[-1]] = x
    with Model(build_program(module, ctx), num_threads=threads) as model:
        out = model(*given)
    assert isinstance(out, np.ndarray)
    return out[..., wide // 2 : out.shape[-1] - (wide - wide // 2)] if wide else out


def check(
    op: str,
    properties: str,
    region: str,
    *arrays: np.ndarray,
    rank: int = 4,
    threads: int = 1,
    wide: int = 0,
    dynamic: bool = False,
    tolerance: float = 1e-5,
) -> None:
    """Native code gives what the reference semantics give, within `tolerance` of the largest value."""
    expected = reference(op, properties, region, arrays, rank)
    text = level3(op, properties, region, arrays, expected.shape, wide, dynamic)
    got = native(text, arrays, threads, wide)
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance * np.abs(expected).max())
