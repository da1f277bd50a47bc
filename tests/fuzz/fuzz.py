"""Random valid modules from the op definitions, run before and after every pipeline.

    make fuzz ARGS="--count 500 --seed 7 --target cpu"

An op is drawn from the `inference` dialect, its operands from the values there are (or new constants), its properties by their kind; what its
own verifier refuses is drawn again. The module must verify, read back and run; then each level of each target must give what the reference
executor gives for the module as drawn. A module that fails is left in build/fuzz, for infer-opt and infer-run.
"""

import argparse
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, ModuleOp, Signedness, TensorType, f16, f32, i8, i32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region, SSAValue
from xdsl.irdl import OptOperandDef, VarOperandDef

from inferir.backends.runtime.arrays import contract
from inferir.backends.target import LEVELS
from inferir.core import InferError, Op, execute, make_context, parse, text_of, verify
from inferir.core.constants import constant_attribute
from inferir.core.properties import Property
from inferir.core.types import element_type
from inferir.dialects.inference import ConstantOp, HostCallOp, Inference, YieldOp
from inferir.tools.driver import compile_model

FOLDER = Path(__file__).resolve().parents[2] / "build" / "fuzz"
OPS = [
    op
    for op in Inference.operations
    if issubclass(op, Op) and op not in (ConstantOp, HostCallOp, YieldOp) and not op.get_irdl_definition().regions
]
TRIES = 30


class Generator:
    """Draws one module."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self.arrays = np.random.default_rng(seed)

    def module(self, size: int) -> ModuleOp:
        """A function of one or two inputs and `size` ops, every value that nothing uses returned."""
        rng = self.rng
        shape = rng.choice([(1, 4, 6, 6), (2, 3, 5, 7), (1, 8, 4, 4), (3, 8), (2, 4, 6), (1, 16)])
        block = Block(arg_types=[TensorType(f32, shape)] * rng.randint(1, 2))
        values: list[SSAValue] = list(block.args)
        others: list[SSAValue] = []
        while len(values) + len(others) < size + len(block.args):
            op = self.op(block, values)
            for value in op.results if op is not None else ():
                (values if isinstance(value.type, TensorType) and value.type.element_type == f32 else others).append(value)
        results = [v for v in (*values, *others) if not v.uses]
        block.add_op(ReturnOp(*results))
        function = FuncOp("main", ([a.type for a in block.args], [r.type for r in results]), Region(block))
        return ModuleOp([function])

    def op(self, block: Block, values: list[SSAValue]) -> Op | None:
        """One op at the end of the block, or None where no draw fits."""
        kind = self.rng.choice(OPS)
        first = self.rng.choice(values[-4:])
        for attempt in range(TRIES):
            constants: list[ConstantOp] = []
            if attempt == TRIES // 2:
                constants.append(self.integers("", first))
                first = constants[0].results[0]
                block.add_op(constants.pop())
            operands = [
                self.operand(name, definition, first, values, constants, i)
                for i, (name, definition) in enumerate(kind.operand_definitions())
            ]
            properties = {
                name: self.value(declared, first) for name, declared in kind.property_definitions().items() if self.rng.random() < 0.6
            }
            try:
                op = kind.make(*operands, **properties)
                op.verify_()
            except InferError:
                continue
            if not all(isinstance(r.type, TensorType) and fits(r.type.get_shape()) for r in op.results):
                continue
            block.add_ops([*constants, op])
            return op
        return None

    def operand(
        self, name: str, definition: Any, first: SSAValue, values: list[SSAValue], constants: list[ConstantOp], position: int
    ) -> Any:
        """A value, a new constant, several for a variadic operand, or None."""
        if isinstance(definition, OptOperandDef) and self.rng.random() < 0.5:
            return None
        if isinstance(definition, VarOperandDef) and not isinstance(definition, OptOperandDef):
            return [first, *self.rng.choices(values, k=self.rng.randint(0, 2))]
        if position == 0:
            return first
        if self.rng.random() < 0.3:
            return self.rng.choice(values)
        constants.append(self.integers(name, first) if self.rng.random() < 0.3 else self.constant(first))
        return constants[-1].results[0]

    def constant(self, first: SSAValue) -> ConstantOp:
        """A small positive constant of a shape that goes with `first`: the same, per channel, a filter, a matrix, a scalar."""
        assert isinstance(first.type, TensorType)
        shape: list[int] = list(first.type.get_shape())
        rng = self.rng
        n, k = rng.choice([1, 2, 4, 8]), rng.choice([1, 2, 3])
        last = shape[-1] if shape else 1
        channels = shape[1] if len(shape) > 1 else last
        groups = rng.choice([1, 1, channels])
        fitting = [
            shape,
            (channels,),
            (last,),
            (n, max(1, channels // groups), *[k] * (len(shape) - 2)),
            (last, n),
            (n, last),
            (),
        ]
        fitting.append((channels, 1, *[k] * (len(shape) - 2)))
        drawn = rng.choice([s for s in map(tuple, fitting) if np.prod(s) <= 256])
        return ConstantOp.of(constant_attribute(self.arrays.uniform(0.1, 1.0, drawn).astype(np.float32)), TensorType(f32, drawn))

    def integers(self, name: str, first: SSAValue) -> ConstantOp:
        """Integers of a few values that are places in any tensor, or booleans: as long as x has dimensions, or of its shape."""
        assert isinstance(first.type, TensorType)
        rng = self.rng
        shape = tuple(first.type.get_shape())
        rank = len(shape)
        drawn = rng.choice([s for s in [(), (1,), (2,), (rank,), (2 * rank,), (rank, 1), shape] if 0 < np.prod(s) <= 64])
        kind = rng.choice([np.int64, np.int64, np.int64, np.int32, np.int8, np.uint8, np.bool_])
        few = [0, 0, -1 if kind is np.int64 else 0] if name == "indices" else rng.choice([[0, 1], [1], [1, 2]])
        array = self.arrays.choice(few, drawn).astype(kind)
        return ConstantOp.of(constant_attribute(array), TensorType(element_type(array.dtype), drawn))

    def value(self, declared: Property, first: SSAValue) -> Any:
        """A property's value by its kind."""
        assert isinstance(first.type, TensorType)
        rng, rank = self.rng, len(first.type.get_shape())
        match declared.kind.name:
            case "enum":
                return rng.choice(declared.kind.choices)
            case "integer":
                return rng.choice([-1, 0, 1, 1, 2, rank - 1])
            case "number":
                return rng.choice([0.1, 0.5, 1.0, 2.0])
            case "flag":
                return rng.random() < 0.5
            case "ints":
                length = rng.choice([1, max(1, rank - 2), 2 * max(1, rank - 2), rank])
                order = list(range(rank))
                rng.shuffle(order)
                return tuple(rng.choice([order, [rng.choice([0, 1, 1, 2, 3])] * length, [rng.choice([0, 1, 2]) for _ in range(length)]]))
            case "attribute":
                return rng.choice([i8, IntegerType(8, Signedness.UNSIGNED), i32, f16, f32])
            case _:
                return declared.default


def fits(shape: Sequence[int]) -> bool:
    """Whether a value has elements, a known number of them, and not too many to run."""
    return all(d > 0 for d in shape) and math.prod(shape) < 20_000


def inputs_of(module: ModuleOp, seed: int) -> list[np.ndarray]:
    """Positive inputs: logarithms and roots stay finite more often."""
    rng = np.random.default_rng(seed)
    (function,) = module.ops
    assert isinstance(function, FuncOp)
    return [
        rng.uniform(0.1, 2.0, t.get_shape()).astype(np.float32) for t in function.function_type.inputs.data if isinstance(t, TensorType)
    ]


def problems(text: str, seed: int, targets: list[str], used: Counter[str]) -> Iterator[str]:
    """What is wrong with a module: its text, or a level of a target that gives another result."""
    ctx = make_context()
    module = parse(text, "fuzz", ctx)
    verify(module)
    if text_of(module) != text:
        yield "the text does not read back as it was printed"
    inputs = inputs_of(module, seed)
    extremes: list[float] = []

    def watch(op: Any, results: Any) -> None:
        used[op.name] += 1
        extremes.extend(float(np.max(np.abs(r), initial=0)) for r in results if getattr(r, "dtype", None) == np.float32)

    expected = execute(module, inputs, ctx, watch)
    if not all(x < 1e4 for x in extremes):
        return
    for target in targets:
        for level in LEVELS:
            try:
                with compile_model(text, target, level) as model:
                    got = model(*inputs)
            except InferError as error:
                if "cannot convert" not in str(error):
                    yield f"{target} at {level}: {error}"
                continue
            for i, (y, ref) in enumerate(zip(got if isinstance(got, tuple) else (got,), expected, strict=True)):
                error, share = contract(np.asarray(y), np.asarray(ref))
                if share > 1:
                    yield f"{target} at {level}: result {i} is off by {error:.3g}, {share:.3g} times what is allowed"


def main(argv: list[str] | None = None) -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first module; the next ones follow")
    parser.add_argument("--size", type=int, default=6, help="ops of a module")
    parser.add_argument("--target", action="append", help="interpreter (default), cpu; may be given again")
    options = parser.parse_args(argv)
    used: Counter[str] = Counter()
    found, started = 0, time.perf_counter()
    for seed in range(options.seed, options.seed + options.count):
        text = text_of(Generator(seed).module(options.size))
        for problem in problems(text, seed, options.target or ["interpreter"], used):
            found += 1
            FOLDER.mkdir(parents=True, exist_ok=True)
            file = FOLDER / f"{seed}.mlir"
            file.write_text(text, encoding="utf-8")
            print(f"{file}: {problem}", flush=True)
    never = [op.name for op in OPS if op.name not in used]
    print(
        f"{options.count} modules in {time.perf_counter() - started:.1f} s, {found} problems; {len(used)} kinds of op"
        + (f"; never drawn: {', '.join(never)}" if never else "")
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
