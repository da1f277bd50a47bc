"""How compile time grows with the number of nodes, by family of graphs and optimisation level.

    python benchmarks/compile_time.py [--families elementwise,ladder] [--sizes 125,500,2000] [--levels none,layout]

Prints processor seconds to read, lower and build each, and how much faster than the nodes they grew from one size to the next: 1.0 is linear.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inferir.backends.target import LEVELS, find_target
from inferir.core import PassManager, make_context
from inferir.frontends.onnx import load

UNARY = ("Relu", "Sigmoid", "Tanh", "Neg", "Abs", "Softplus", "Elu")
rng = np.random.default_rng(0)
Value = tuple[str, tuple[int | str, ...] | None]
"""A name and a shape."""


def _model(
    nodes: list, inputs: Sequence[Value], outputs: Sequence[Value], constants: dict[str, np.ndarray] | None = None
) -> onnx.ModelProto:
    def declared(values: Sequence[Value]) -> list:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in values]

    held = [numpy_helper.from_array(array, name) for name, array in (constants or {}).items()]
    graph = helper.make_graph(nodes, "g", declared(inputs), declared(outputs), held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def _filters(n: int, *shape: int) -> dict[str, np.ndarray]:
    return {f"w{i}": rng.standard_normal(shape, dtype=np.float32) for i in range(n)}


def elementwise(n: int) -> onnx.ModelProto:
    """A chain of unary operators."""
    nodes = [helper.make_node(UNARY[i % 7], [f"v{i}"], [f"v{i + 1}"]) for i in range(n)]
    return _model(nodes, [("v0", (4, 32))], [(f"v{n}", (4, 32))])


def ladder(n: int) -> onnx.ModelProto:
    """Every step reads the two before it."""
    nodes = [helper.make_node("Relu", ["v0"], ["v1"])]
    nodes += [helper.make_node(("Add", "Mul", "Sub", "Max")[i % 4], [f"v{i - 1}", f"v{i}"], [f"v{i + 1}"]) for i in range(1, n)]
    return _model(nodes, [("v0", (4, 32))], [(f"v{n}", (4, 32))])


def tree(n: int) -> onnx.ModelProto:
    """A binary tree: n / 2 leaves, added and multiplied in pairs."""
    level = [f"x{i}" for i in range((n + 1) // 2)]
    nodes = [helper.make_node(UNARY[i % 7], ["x"], [leaf]) for i, leaf in enumerate(level)]
    while len(level) > 1:
        above = []
        for a, b in zip(level[::2], level[1::2], strict=False):
            above.append(f"t{len(nodes)}")
            nodes.append(helper.make_node(("Add", "Mul")[len(nodes) % 2], [a, b], [above[-1]]))
        level = above + ([level[-1]] if len(level) % 2 else [])
    return _model(nodes, [("x", (4, 32))], [(level[0], (4, 32))])


def conv(n: int) -> onnx.ModelProto:
    """A chain of 3x3 convolutions."""
    nodes = [helper.make_node("Conv", [f"v{i}", f"w{i}"], [f"v{i + 1}"], pads=[1, 1, 1, 1]) for i in range(n)]
    return _model(nodes, [("v0", (1, 4, 8, 8))], [(f"v{n}", (1, 4, 8, 8))], _filters(n, 4, 4, 3, 3))


def matmul(n: int) -> onnx.ModelProto:
    """A chain of products with constant matrices."""
    nodes = [helper.make_node("MatMul", [f"v{i}", f"w{i}"], [f"v{i + 1}"]) for i in range(n)]
    return _model(nodes, [("v0", (4, 16))], [(f"v{n}", (4, 16))], _filters(n, 16, 16))


def reshape(n: int) -> onnx.ModelProto:
    """A chain of reshapes."""
    shapes = {"s0": np.array([2, 64]), "s1": np.array([4, 32]), "s2": np.array([8, 16])}
    return _model(
        [helper.make_node("Reshape", [f"v{i}", f"s{i % 3}"], [f"v{i + 1}"]) for i in range(n)], [("v0", (4, 32))], [(f"v{n}", None)], shapes
    )


def transpose(n: int) -> onnx.ModelProto:
    """A chain of transposes."""
    orders = ((1, 2, 0), (0, 2, 1), (2, 1, 0))
    nodes = [helper.make_node("Transpose", [f"v{i}"], [f"v{i + 1}"], perm=orders[i % 3]) for i in range(n)]
    return _model(nodes, [("v0", (2, 3, 4))], [(f"v{n}", None)])


def slices(n: int) -> onnx.ModelProto:
    """A chain of slices, each a row shorter."""
    constants = {"begin": np.array([1]), "end": np.array([1 << 40]), "axis": np.array([0])}
    nodes = [helper.make_node("Slice", [f"v{i}", "begin", "end", "axis"], [f"v{i + 1}"]) for i in range(n)]
    return _model(nodes, [("v0", (n + 4, 8))], [(f"v{n}", (4, 8))], constants)


def cast(n: int) -> onnx.ModelProto:
    """A chain of casts that end in floats."""
    types = (TensorProto.INT32, TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT)
    nodes = [helper.make_node("Cast", [f"v{i}"], [f"v{i + 1}"], to=types[i % 4]) for i in range(n - 1)]
    nodes.append(helper.make_node("Cast", [f"v{n - 1}"], [f"v{n}"], to=TensorProto.FLOAT))
    return _model(nodes, [("v0", (4, 32))], [(f"v{n}", (4, 32))])


def inputs(n: int) -> onnx.ModelProto:
    """The sum of n inputs."""
    nodes = [helper.make_node("Add", [f"x{i}", f"v{i}" if i else "x0"], [f"v{i + 1}"]) for i in range(n)]
    return _model(nodes, [(f"x{i}", (4, 32)) for i in range(n)], [(f"v{n}", (4, 32))])


def outputs(n: int) -> onnx.ModelProto:
    """A chain whose every value is an output."""
    nodes = [helper.make_node(UNARY[i % 7], [f"v{i}"], [f"v{i + 1}"]) for i in range(n)]
    return _model(nodes, [("v0", (4, 32))], [(f"v{i + 1}", (4, 32)) for i in range(n)])


def fan_out(n: int) -> onnx.ModelProto:
    """One value read n times, and everything added."""
    nodes = [helper.make_node(("Add", "Mul")[i % 2], ["x", f"c{i}"], [f"v{i}"]) for i in range(n)]
    nodes.append(helper.make_node("Sum", [f"v{i}" for i in range(n)], ["y"]))
    return _model(nodes, [("x", (4, 32))], [("y", (4, 32))], {f"c{i}": np.array(i + 0.5, np.float32) for i in range(n)})


def branches(n: int) -> onnx.ModelProto:
    """A chain of n / 4 conditionals."""
    nodes = []
    for i in range(n // 4):
        taken, other = (
            helper.make_graph(
                [helper.make_node(kind, [f"v{i}"], [f"{kind}{i}"])],
                kind,
                [],
                [helper.make_tensor_value_info(f"{kind}{i}", TensorProto.FLOAT, (4, 32))],
            )
            for kind in ("Relu", "Neg")
        )
        nodes.append(helper.make_node("If", ["c"], [f"v{i + 1}"], then_branch=taken, else_branch=other))
    model = _model(nodes, [("v0", (4, 32))], [(f"v{n // 4}", (4, 32))])
    model.graph.input.append(helper.make_tensor_value_info("c", TensorProto.BOOL, ()))
    return model


def residual(n: int) -> onnx.ModelProto:
    """n / 4 blocks of two convolutions, an activation and a sum."""
    nodes, constants = [], {}
    for i in range(n // 4):
        nodes += [
            helper.make_node("Conv", [f"v{i}", f"w{i}"], [f"a{i}"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [f"a{i}"], [f"b{i}"]),
            helper.make_node("Conv", [f"b{i}", f"u{i}"], [f"d{i}"]),
            helper.make_node("Add", [f"d{i}", f"v{i}"], [f"v{i + 1}"]),
        ]
        constants |= {
            f"w{i}": rng.standard_normal((4, 4, 3, 3), dtype=np.float32),
            f"u{i}": rng.standard_normal((4, 4, 1, 1), dtype=np.float32),
        }
    return _model(nodes, [("v0", (1, 4, 8, 8))], [(f"v{n // 4}", (1, 4, 8, 8))], constants)


def lstm(n: int) -> onnx.ModelProto:
    """A stack of n / 2 layers."""
    nodes, constants = [], {"one": np.array([1])}
    for i in range(n // 2):
        nodes.append(helper.make_node("LSTM", [f"v{i}", f"w{i}", f"r{i}"], [f"y{i}"], hidden_size=4))
        nodes.append(helper.make_node("Squeeze", [f"y{i}", "one"], [f"v{i + 1}"]))
        constants |= {f"{k}{i}": rng.standard_normal((1, 16, 4), dtype=np.float32) for k in "wr"}
    return _model(nodes, [("v0", (3, 2, 4))], [(f"v{n // 2}", (3, 2, 4))], constants)


def dynamic(n: int) -> onnx.ModelProto:
    """An elementwise chain of symbolic sizes."""
    nodes = [helper.make_node(("Add", "Mul")[i % 2], [f"v{i}", f"c{i}"], [f"v{i + 1}"]) for i in range(n)]
    return _model(nodes, [("v0", ("n", "m"))], [(f"v{n}", ("n", "m"))], {f"c{i}": np.array(i + 0.5, np.float32) for i in range(n)})


def concat(n: int) -> onnx.ModelProto:
    """A concatenation of n computed parts."""
    nodes = [helper.make_node(UNARY[i % 7], ["x"], [f"v{i}"]) for i in range(n)]
    nodes.append(helper.make_node("Concat", [f"v{i}" for i in range(n)], ["y"], axis=0))
    return _model(nodes, [("x", (4, 32))], [("y", (4 * n, 32))])


def concats(n: int) -> onnx.ModelProto:
    """A chain of concatenations, each of the one before it and a row."""
    nodes = [helper.make_node("Concat", [f"v{i}", "x"], [f"v{i + 1}"], axis=0) for i in range(n)]
    return _model(nodes, [("v0", (1, 8)), ("x", (1, 8))], [(f"v{n}", (n + 1, 8))])


Family = Callable[[int], onnx.ModelProto]
FAMILIES: dict[str, Family] = {
    f.__name__: f
    for f in (
        elementwise,
        ladder,
        tree,
        conv,
        matmul,
        reshape,
        transpose,
        slices,
        cast,
        inputs,
        outputs,
        fan_out,
        branches,
        residual,
        lstm,
        dynamic,
        concat,
        concats,
    )
}


def seconds(path: Path, level: str) -> tuple[float, float, float]:
    """Processor seconds to read a model, to lower it and to build its program."""
    ctx, target = make_context(), find_target("cpu")
    begin = time.process_time()
    module = load(path, ctx)
    read = time.process_time()
    PassManager(target.pipeline(level), ctx).run(module)
    lowered = time.process_time()
    target.build(module, ctx)
    return read - begin, lowered - read, time.process_time() - lowered


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--sizes", default="125,250,500,1000,2000")
    parser.add_argument("--levels", default=",".join(LEVELS))
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    for family in args.families.split(","):
        for level in args.levels.split(","):
            rows = [measure(FAMILIES[family](size), level) for size in sizes]
            sums = [sum(row) for row in rows]
            steps = zip(sizes, sizes[1:], sums, sums[1:], strict=False)
            growth = " ".join(f"{b / a * m / n:.2f}" for m, n, a, b in steps)
            print(
                f"{family:12} {level:9}",
                " | ".join("{:.2f} + {:.2f} + {:.2f}".format(*row) for row in rows),
                "  growth",
                growth,
                flush=True,
            )


def measure(model: onnx.ModelProto, level: str) -> tuple[float, float, float]:
    """`seconds` of a model that is not in a file yet."""
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(model.SerializeToString())
        file.flush()
        return seconds(Path(file.name), level)


if __name__ == "__main__":
    main()
