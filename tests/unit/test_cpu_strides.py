"""Every kernel with its operands and its result in every part of a larger buffer: native code against numpy.

`SAMPLES` has a small op of every class of kernels and of views; a class without one fails. The op is computed into a part of a concatenation
along every axis, of slices along every axis, into a concatenation within a concatenation, twice, beside a constant, and with another reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core import PassManager, execute, make_context, parse
from inferir.dialects import cpu
from inferir.dialects.cpu.base import Kernel
from inferir.dialects.cpu.views import View
from inferir.passes.cpu.pipeline import MEMORY

Size = int | str
N = 3
"""What the symbol `n` is when the model runs."""

ADD = "{\n^bb0(%p: f32, %q: f32):\n  %s = arith.addf %p, %q : f32\n  cpu.yield %s : f32\n}"
HALF = "{\n^bb0(%p: f32):\n  %h = arith.constant 0.5 : f32\n  %s = arith.mulf %p, %h : f32\n  cpu.yield %s : f32\n}"
GENERATE = """{
^bb0(%i: index, %j: index, %k: index, %a: tensor<AxREST>):
  %v = cpu.load %a[%i, %k, %j] : tensor<AxREST>
  cpu.yield %v : f32
}"""
CELL = """{
^bb0(%t: f32, %sum: f32, %in: f32, %b: f32, %old: f32):
  %u = arith.addf %sum, %in : f32
  %v = arith.addf %u, %b : f32
  %w = math.tanh %v : f32
  cpu.yield %w, %w : f32, f32
} {}"""


@dataclass(frozen=True)
class Sample:
    """One op: its text with {0}, {1}, ... for operands, their shapes, the shapes of its results, the region. The first dimension may be `n`."""

    text: str
    operands: tuple[tuple[Size, ...], ...]
    results: tuple[tuple[Size, ...], ...]
    region: str = ""
    whole: tuple[int, ...] = ()
    """Operands that are packed weights: they are constants, never a part of a buffer."""


SAMPLES: dict[type, list[Sample]] = {
    cpu.GemmOp: [
        Sample("cpu.gemm {0}, {1}, {2} columns 10", (("n", 2, 5), (1, 5, 16), (10,)), (("n", 2, 10),), ADD, (1,)),
        Sample("cpu.gemm {0}, {1}, {2} columns 10", (("n", 2, 5), (1, 5, 16), ("n", 2, 10)), (("n", 2, 10),), ADD, (1,)),
    ],
    cpu.Conv2dOp: [
        Sample(
            "cpu.conv2d {0}, {1}, {2} channels 6 pads [1, 1, 1, 1]",
            (("n", 4, 5, 3), (1, 3, 3, 3, 16), ("n", 4, 5, 6)),
            (("n", 4, 5, 6),),
            ADD,
            (1,),
        ),
        Sample("cpu.conv2d {0}, {1}, {2} channels 6", (("n", 4, 5, 3), (1, 1, 1, 3, 16), (6,)), (("n", 4, 5, 6),), ADD, (1,)),
    ],
    cpu.Dwconv2dOp: [Sample("cpu.dwconv2d {0}, {1} pads [1, 1, 1, 1]", (("n", 4, 5, 3), (3, 3, 3)), (("n", 4, 5, 3),), "{}", (1,))],
    cpu.WinogradConv2dOp: [
        Sample(
            "cpu.winograd_conv2d {0}, {1} channels 16 tile 2 pads [1, 1, 1, 1]",
            (("n", 4, 5, 16), (16, 1, 16, 16)),
            (("n", 4, 5, 16),),
            HALF,
            (1,),
        )
    ],
    cpu.Pool2dOp: [Sample("cpu.pool2d {0} kernel [2, 2] strides [2, 1]", (("n", 4, 5, 3),), (("n", 2, 4, 3),), "{}")],
    cpu.ReduceOp: [
        Sample("cpu.reduce {0} axes [1, 2]", (("n", 4, 5, 3),), (("n", 3),), HALF),
        Sample("cpu.reduce {0} axes [1, 2] keepdims kind max", (("n", 4, 5, 3),), (("n", 1, 1, 3),), "{}"),
        Sample("cpu.reduce {0} axes [3] keepdims", (("n", 4, 5, 3),), (("n", 4, 5, 1),), HALF),
        Sample("cpu.reduce {0}, {1} axes [2]", (("n", 4, 5, 3), ("n", 4, 3)), (("n", 4, 3),), ADD),
        Sample("cpu.reduce {0} axes [0, 1]", ((4, 5, 3),), ((3,),), "{}"),
        Sample("cpu.reduce {0} axes [1]", (("n", 4, 5, 1),), (("n", 5, 1),), "{}"),
    ],
    cpu.SoftmaxOp: [Sample("cpu.softmax {0}", (("n", 4, 5),), (("n", 4, 5),), "{}"), Sample("cpu.softmax {0}", ((5,),), ((5,),), "{}")],
    cpu.LrnOp: [Sample("cpu.lrn {0} size 3", (("n", 4, 5, 6),), (("n", 4, 5, 6),), HALF)],
    cpu.MapOp: [
        Sample("cpu.map {0}, {1}", (("n", 4, 5), (4, 5)), (("n", 4, 5),), ADD),
        Sample("cpu.map {0}, {1}", (("n", 4, 1), ("n", 1, 5)), (("n", 4, 5),), ADD),
    ],
    cpu.TransposeOp: [
        Sample("cpu.transpose {0} permutation [0, 2, 3, 1]", (("n", 4, 5, 3),), (("n", 5, 3, 4),), "{}"),
        Sample("cpu.transpose {0} permutation [0, 2, 1, 3]", (("n", 4, 5, 3),), (("n", 5, 4, 3),), HALF),
        Sample("cpu.transpose {0} permutation [3, 1, 2, 0]", ((2, 4, 5, 3),), ((3, 4, 5, 2),), HALF),
        Sample("cpu.transpose {0} permutation [0, 3, 2, 1]", (("n", 1, 5, 3),), (("n", 3, 5, 1),), "{}"),
    ],
    cpu.DepthToSpaceOp: [
        Sample("cpu.depth_to_space {0} block [2, 2] crops [1, 0, 0, 1]", (("n", 2, 3, 8),), (("n", 3, 5, 2),), "{}"),
        Sample("cpu.depth_to_space {0} block [2, 2]", (("n", 2, 3, 4),), (("n", 4, 6, 1),), "{}"),
    ],
    cpu.AttentionOp: [
        Sample("cpu.attention {0}, {1}, {2}", (("n", 2, 4, 8), ("n", 2, 5, 8), ("n", 2, 5, 3)), (("n", 2, 4, 3),), "{}"),
        Sample(
            "cpu.attention {0}, {1}, {2} interleaved [1, 1, 1, 1]",
            (("n", 4, 2, 8), ("n", 5, 2, 8), ("n", 5, 2, 3)),
            (("n", 4, 2, 3),),
            "{}",
        ),
    ],
    cpu.NormOp: [Sample("cpu.norm {0}, {1} centred", (("n", 4, 5), (5,)), (("n", 4, 5),), ADD)],
    cpu.RopeOp: [Sample("cpu.rope {0}, {1}, {2}", (("n", 2, 4, 6), (4, 6), (4, 6)), (("n", 2, 4, 6),), "{}")],
    cpu.GenerateOp: [Sample('cpu.generate {0} shape ["x0_0", 5, 4]', (("n", 4, 5),), (("n", 5, 4),), GENERATE)],
    cpu.RecurrenceOp: [
        Sample(
            "cpu.recurrence {0}, {1}, {2} bias {3} gates [1]",
            (("n", 2, 4), (1, 4, 16), (1, 2, 4), (1, 4)),
            (("n", 1, 2, 4), (1, 2, 4)),
            CELL,
            (1,),
        )
    ],
    cpu.ReshapeOp: [
        Sample("cpu.reshape {0} shape [-1, 2, 2, 5]", (("n", 4, 5),), (("n", 2, 2, 5),)),
        Sample("cpu.reshape {0} shape [-1, 20]", (("n", 4, 5),), (("n", 20),)),
    ],
    cpu.EnsureShapeOp: [Sample("cpu.ensure_shape {0} shape [-1, 4, 5]", (("n", 4, 5),), (("n", 4, 5),))],
    cpu.ConcatOp: [Sample("cpu.concat {0}, {1} axis 1", (("n", 4, 5), ("n", 2, 5)), (("n", 6, 5),))],
    cpu.SliceOp: [Sample("cpu.slice {0} axis 1 start 1 size 2", (("n", 4, 5),), (("n", 2, 5),))],
    cpu.RepeatOp: [Sample("cpu.repeat {0} factors [1, 2, 1]", (("n", 4, 5),), (("n", 8, 5),))],
    cpu.InterleaveOp: [Sample("cpu.interleave {0}, {1} factors [1, 2, 1]", (("n", 4, 5), ("n", 4, 5)), (("n", 8, 5),))],
    cpu.PadOp: [Sample("cpu.pad {0} low [0, 1, 2] high [0, 0, 1] value 1.5", (("n", 4, 5),), (("n", 5, 8),))],
}


def kernels() -> set[type]:
    """Every class of the dialect that computes or moves a tensor."""
    return {op for op in cpu.CPU.operations if issubclass(op, Kernel | View)}


def test_every_kernel_and_view_has_a_sample_and_states_its_strides():
    assert set(SAMPLES) == kernels()
    assert [op for op in kernels() if issubclass(op, Kernel) and op.merges is Kernel.merges] == []


class Function:
    """A function in text that is being written: arguments, lines, results."""

    def __init__(self, batch: Size):
        self.batch = batch
        self.arguments: list[str] = []
        self.arrays: list[np.ndarray] = []
        self.lines: list[str] = []
        self.results: list[tuple[str, str]] = []
        self.count = 0

    def type(self, shape: Sequence[Size]) -> str:
        """A tensor type."""
        sizes = [str(self.size(d, "?")) for d in shape]
        return f"tensor<{'x'.join([*sizes, 'f32'])}>"

    def size(self, dim: Size, symbol: str) -> Size:
        """A dimension: `symbol` for `n` where that is dynamic."""
        return dim if dim != "n" else symbol if self.batch == "n" else N

    def argument(self, shape: Sequence[Size]) -> str:
        """A new argument with its array."""
        rng = np.random.default_rng(len(self.arrays))
        dims = ", ".join(str(self.size(d, '"n"')) for d in shape)
        name = f"%a{len(self.arrays)}"
        self.arguments.append(f'{name}: {self.type(shape)} {{inference.name = "{name[1:]}", inference.dims = [{dims}]}}')
        self.arrays.append(rng.standard_normal([N if d == "n" else int(d) for d in shape]).astype(np.float32))
        return name

    def line(self, text: str, operands: Sequence[str], shapes: Sequence[Sequence[Size]], results: Sequence[Sequence[Size]]) -> list[str]:
        """An op; the names of its results."""
        names = [f"%v{self.count + i}" for i in range(len(results))]
        self.count += len(results)
        types, given = [self.type(s) for s in results], ", ".join(self.type(s) for s in shapes)
        self.lines.append(f"{', '.join(names)} = {text.format(*operands)} : ({given}) -> ({', '.join(types)})")
        return names

    def op(self, sample: Sample, operands: Sequence[str]) -> list[str]:
        """The sample's op."""
        region = sample.region.replace("AxREST", self.type(sample.operands[0])[7:-1])
        text = f"{sample.text} {region}".replace("{", "{{").replace("}", "}}")
        for i in range(len(operands)):
            text = text.replace(f"{{{{{i}}}}}", f"{{{i}}}")
        return self.line(text, operands, sample.operands, sample.results)

    def concat(self, parts: Sequence[str], shapes: Sequence[Sequence[Size]], axis: int) -> tuple[str, tuple[Size, ...]]:
        """Parts along an axis: name and shape."""
        sizes = [self.size(s[axis], "?") for s in shapes]
        total = "?" if "?" in sizes else sum(int(s) for s in sizes)
        shape = (*shapes[0][:axis], total, *shapes[0][axis + 1 :])
        return self.line(f"cpu.concat {', '.join(parts)} axis {axis}", [], shapes, [shape])[0], shape

    def constant(self, shape: Sequence[Size]) -> tuple[str, tuple[Size, ...]]:
        """A constant of static shape."""
        name, sizes = f"%c{len(self.lines)}", tuple(N if d == "n" else d for d in shape)
        self.lines.append(f"{name} = inference.constant dense<2.0> : {self.type(sizes)}")
        return name, sizes

    def gives(self, name: str, shape: Sequence[Size]) -> None:
        """Return a value."""
        self.results.append((name, self.type(shape)))

    def text(self) -> str:
        """All of it."""
        types = ", ".join(t for _, t in self.results)
        names = ", ".join(n for n, _ in self.results)
        return "\n".join([f"func.func @main({', '.join(self.arguments)}) -> ({types}) {{", *self.lines, f"return {names} : {types}", "}"])

    def check(self) -> None:
        """Native results are those of the numpy semantics."""
        ctx = make_context()
        module = parse(self.text(), "strides.mlir", ctx)
        module.verify()
        expected = execute(module, self.arrays, ctx)
        PassManager(f"builtin.module({MEMORY})", ctx).run(module)
        with Model(build_program(module, ctx), num_threads=1) as model:
            got = model(*self.arrays)
        for number, (a, b) in enumerate(zip(got if isinstance(got, tuple) else (got,), expected, strict=True)):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-5, err_msg=f"result {number} of\n{self.text()}")


EACH = [(op, i) for op in SAMPLES for i in range(len(SAMPLES[op]))]
BATCH = pytest.mark.parametrize("batch", [N, "n"], ids=["static", "dynamic"])
SAMPLE = pytest.mark.parametrize("kind, which", EACH, ids=[f"{op.name}-{i}" for op, i in EACH])


@BATCH
@SAMPLE
def test_result_in_a_part_of_a_concatenation_along_every_axis(kind: type, which: int, batch: Size):
    sample = SAMPLES[kind][which]
    f = Function(batch)
    operands = [f.argument(s) for s in sample.operands]
    for position, shape in enumerate(sample.results):
        beside = f.argument(shape)
        for axis in range(len(shape)):
            y = f.op(sample, operands)[position]
            f.gives(*f.concat([beside, y, beside], [shape] * 3, axis))
        last = len(shape) - 1
        y, z, shared, twice, other = (f.op(sample, operands)[position] for _ in range(5))
        for part, first, second in ((y, last, 0), (z, 0, last)):  # a concatenation in a concatenation
            inner, middle = f.concat([beside, part], [shape] * 2, first)
            known = [2 * N if d == "?" else d for d in middle]
            f.gives(*f.concat([f.argument(known), inner], [known, middle], second))
        f.gives(*f.concat([shared, beside], [shape] * 2, last))
        f.gives(shared, shape)
        f.gives(*f.concat([twice, beside, twice], [shape] * 3, last))
        constant, known = f.constant(shape)
        f.gives(*f.concat([other, constant], [shape, known], last))
    f.check()


@BATCH
@SAMPLE
def test_operands_that_are_parts_of_larger_values(kind: type, which: int, batch: Size):
    sample = SAMPLES[kind][which]
    f = Function(batch)
    operands = [f.argument(s) for s in sample.operands]
    for position, shape in enumerate(sample.operands):
        for axis, size in enumerate(shape) if position not in sample.whole else ():
            if size == "n":
                continue
            wide = (*shape[:axis], int(size) + 3, *shape[axis + 1 :])
            (part,) = f.line(f"cpu.slice {{0}} axis {axis} start 2 size {size}", [f.argument(wide)], [wide], [shape])
            for name, result in zip(f.op(sample, [*operands[:position], part, *operands[position + 1 :]]), sample.results, strict=True):
                f.gives(name, result)
    f.check()
