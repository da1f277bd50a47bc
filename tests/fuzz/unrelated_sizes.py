"""Models whose dimensions all have names of their own, run with sizes that were drawn without regard for each other.

    .venv/bin/python tests/fuzz/unrelated_sizes.py --count 2000 --side right

Native code, between fences (`fences.py`), must refuse what the reference executor refuses, and give what it gives otherwise. Each model is one
operator, or one behind and before others that kernels are fused with, at one of the levels.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import fences
import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.helper import make_node as N

from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model

F, I, B, U, S = np.float32, np.int64, np.bool_, np.uint8, np.int32
MS = "com.microsoft"
SIZES = (0, 1, 1, 2, 2, 3, 4, 4, 8, 40)
LEVELS = ("none", "basic", "extended", "layout")
Case = tuple[list[onnx.NodeProto], dict[str, tuple[Any, int]]]
CASES: dict[str, Case] = {
    "MatMul": ([N("MatMul", ["a", "b"], ["y"])], {"a": (F, 2), "b": (F, 2)}),
    "MatMul by weights": ([N("MatMul", ["a", "w"], ["y"])], {"a": (F, 2)}),
    "MatMul of batches": ([N("MatMul", ["a", "b"], ["y"])], {"a": (F, 3), "b": (F, 3)}),
    "MatMul of a batch": ([N("MatMul", ["a", "b"], ["y"])], {"a": (F, 4), "b": (F, 2)}),
    "MatMul of a vector": ([N("MatMul", ["a", "b"], ["y"])], {"a": (F, 1), "b": (F, 2)}),
    "MatMul of vectors": ([N("MatMul", ["a", "b"], ["y"])], {"a": (F, 1), "b": (F, 1)}),
    "MatMul of integers": ([N("MatMul", ["a", "b"], ["y"])], {"a": (I, 2), "b": (I, 2)}),
    "MatMulInteger": ([N("MatMulInteger", ["p", "q"], ["y"])], {"p": (U, 2), "q": (U, 2)}),
    "MatMulInteger with zero points": ([N("MatMulInteger", ["p", "q", "z0", "z1"], ["y"])], {"p": (U, 2), "q": (U, 2), "z1": (U, 1)}),
    "Gemm": ([N("Gemm", ["a", "b", "c"], ["y"])], {"a": (F, 2), "b": (F, 2), "c": (F, 1)}),
    "Gemm with a matrix": ([N("Gemm", ["a", "b", "c"], ["y"])], {"a": (F, 2), "b": (F, 2), "c": (F, 2)}),
    "Gemm transposed": ([N("Gemm", ["a", "b"], ["y"], transA=1, transB=1)], {"a": (F, 2), "b": (F, 2)}),
    "Gemm by weights": ([N("Gemm", ["a", "w", "c"], ["y"])], {"a": (F, 2), "c": (F, 2)}),
    "Einsum": ([N("Einsum", ["a", "b"], ["y"], equation="ij,jk->ik")], {"a": (F, 2), "b": (F, 2)}),
    "Einsum of vectors": ([N("Einsum", ["a", "b"], ["y"], equation="i,i->")], {"a": (F, 1), "b": (F, 1)}),
    "Einsum of a diagonal": ([N("Einsum", ["a"], ["y"], equation="ii->i")], {"a": (F, 2)}),
    "Einsum of three": ([N("Einsum", ["a", "b", "c"], ["y"], equation="ij,jk,k->i")], {"a": (F, 2), "b": (F, 2), "c": (F, 1)}),
    "Add": ([N("Add", ["a", "b"], ["y"])], {"a": (F, 2), "b": (F, 2)}),
    "Add of ranks": ([N("Add", ["a", "b"], ["y"])], {"a": (F, 3), "b": (F, 1)}),
    "Add to weights": ([N("Add", ["a", "w"], ["y"])], {"a": (F, 2)}),
    "Add of integers": ([N("Add", ["a", "b"], ["y"])], {"a": (I, 2), "b": (I, 2)}),
    "Sum": ([N("Sum", ["a", "b", "c"], ["y"])], {"a": (F, 2), "b": (F, 2), "c": (F, 1)}),
    "Where": ([N("Where", ["t", "a", "b"], ["y"])], {"t": (B, 2), "a": (F, 2), "b": (F, 2)}),
    "Concat": ([N("Concat", ["a", "b"], ["y"], axis=0)], {"a": (F, 2), "b": (F, 2)}),
    "Concat behind": ([N("Concat", ["a", "b"], ["y"], axis=1)], {"a": (F, 2), "b": (F, 2)}),
    "Conv": ([N("Conv", ["a", "b"], ["y"])], {"a": (F, 4), "b": (F, 4)}),
    "Conv by weights": ([N("Conv", ["a", "k"], ["y"], pads=[1, 1, 1, 1])], {"a": (F, 4)}),
    "Conv without pads": ([N("Conv", ["a", "k", "b"], ["y"])], {"a": (F, 4), "b": (F, 1)}),
    "Conv with a bias": ([N("Conv", ["a", "k", "b"], ["y"], pads=[1, 1, 1, 1])], {"a": (F, 4), "b": (F, 1)}),
    "Conv of lines": ([N("Conv", ["a", "k1"], ["y"], pads=[1, 1])], {"a": (F, 3)}),
    "ConvTranspose": ([N("ConvTranspose", ["a", "k"], ["y"])], {"a": (F, 4)}),
    "ConvTranspose with a bias": ([N("ConvTranspose", ["a", "k", "b"], ["y"])], {"a": (F, 4), "b": (F, 1)}),
    "MaxPool": ([N("MaxPool", ["a"], ["y"], kernel_shape=[3, 3])], {"a": (F, 4)}),
    "AveragePool": ([N("AveragePool", ["a"], ["y"], kernel_shape=[2, 2], pads=[1, 0, 1, 0])], {"a": (F, 4)}),
    "BatchNormalization": (
        [N("BatchNormalization", ["a", "b", "c", "d", "e"], ["y"])],
        {"a": (F, 4), "b": (F, 1), "c": (F, 1), "d": (F, 1), "e": (F, 1)},
    ),
    "LayerNormalization": ([N("LayerNormalization", ["a", "b"], ["y"])], {"a": (F, 2), "b": (F, 1)}),
    "LayerNormalization with a bias": ([N("LayerNormalization", ["a", "b", "c"], ["y"])], {"a": (F, 3), "b": (F, 1), "c": (F, 1)}),
    "LayerNormalization of two axes": ([N("LayerNormalization", ["a", "b"], ["y"], axis=1)], {"a": (F, 3), "b": (F, 2)}),
    "RMSNormalization": ([N("RMSNormalization", ["a", "b"], ["y"])], {"a": (F, 2), "b": (F, 1)}),
    "InstanceNormalization": ([N("InstanceNormalization", ["a", "b", "c"], ["y"])], {"a": (F, 4), "b": (F, 1), "c": (F, 1)}),
    "GroupNormalization": ([N("GroupNormalization", ["a", "b", "c"], ["y"], num_groups=2)], {"a": (F, 3), "b": (F, 1), "c": (F, 1)}),
    "PRelu": ([N("PRelu", ["a", "b"], ["y"])], {"a": (F, 3), "b": (F, 1)}),
    "Gather": ([N("Gather", ["a", "i"], ["y"])], {"a": (F, 2), "i": (I, 1)}),
    "GatherElements": ([N("GatherElements", ["a", "i"], ["y"])], {"a": (F, 2), "i": (I, 2)}),
    "GatherElements behind": ([N("GatherElements", ["a", "i"], ["y"], axis=1)], {"a": (F, 3), "i": (I, 3)}),
    "GatherND": ([N("GatherND", ["a", "j"], ["y"], batch_dims=1)], {"a": (F, 3), "j": (I, 3)}),
    "GatherND of a batch": ([N("GatherND", ["a", "i"], ["y"], batch_dims=1)], {"a": (F, 3), "i": (I, 2)}),
    "ScatterElements": ([N("ScatterElements", ["a", "i", "u"], ["y"])], {"a": (F, 2), "i": (I, 2), "u": (F, 2)}),
    "ScatterElements behind": ([N("ScatterElements", ["a", "i", "u"], ["y"], axis=1)], {"a": (F, 3), "i": (I, 3), "u": (F, 3)}),
    "ScatterND": ([N("ScatterND", ["a", "j1", "u"], ["y"])], {"a": (F, 2), "u": (F, 2)}),
    "ScatterND of indices": ([N("ScatterND", ["a", "i", "u"], ["y"])], {"a": (F, 2), "i": (I, 2), "u": (F, 1)}),
    "LSTM": ([N("LSTM", ["a", "lw", "lr", "", "", "h", "c"], ["y"], hidden_size=4)], {"a": (F, 3), "h": (F, 3), "c": (F, 3)}),
    "LSTM of weights": ([N("LSTM", ["a", "v", "r"], ["y"], hidden_size=4)], {"a": (F, 3), "v": (F, 3), "r": (F, 3)}),
    "LSTM with lengths": ([N("LSTM", ["a", "lw", "lr", "", "s"], ["y"], hidden_size=4)], {"a": (F, 3), "s": (S, 1)}),
    "LSTM with a bias": ([N("LSTM", ["a", "lw", "lr", "b"], ["y"], hidden_size=4)], {"a": (F, 3), "b": (F, 2)}),
    "GRU": ([N("GRU", ["a", "gw", "gr", "", "", "h"], ["y"], hidden_size=4)], {"a": (F, 3), "h": (F, 3)}),
    "RNN": ([N("RNN", ["a", "rw", "rr", "b", "s", "h"], ["y"], hidden_size=4)], {"a": (F, 3), "b": (F, 2), "s": (S, 1), "h": (F, 3)}),
    "Attention": ([N("Attention", ["a", "b", "c"], ["y"])], {"a": (F, 4), "b": (F, 4), "c": (F, 4)}),
    "Attention with a mask": ([N("Attention", ["a", "b", "c", "m"], ["y"])], {"a": (F, 4), "b": (F, 4), "c": (F, 4), "m": (F, 2)}),
    "attention written out": (
        [
            N("Transpose", ["b"], ["t1"], perm=[0, 1, 3, 2]),
            N("MatMul", ["a", "t1"], ["t2"]),
            N("Softmax", ["t2"], ["t3"]),
            N("MatMul", ["t3", "c"], ["y"]),
        ],
        {"a": (F, 4), "b": (F, 4), "c": (F, 4)},
    ),
    "MultiHeadAttention": (
        [N("MultiHeadAttention", ["a", "b", "c"], ["y"], domain=MS, num_heads=2)],
        {"a": (F, 3), "b": (F, 3), "c": (F, 3)},
    ),
    "Reshape": ([N("Reshape", ["a", "z"], ["y"])], {"a": (F, 2)}),
    "Reshape to a size": ([N("Reshape", ["a", "z2"], ["y"])], {"a": (F, 2)}),
    "Squeeze": ([N("Squeeze", ["a", "z3"], ["y"])], {"a": (F, 3)}),
    "Split": ([N("Split", ["a"], ["y", "o"], num_outputs=2)], {"a": (F, 2)}),
    "Split in sizes": ([N("Split", ["a", "z2"], ["y", "o"])], {"a": (F, 2)}),
    "Slice to a size": ([N("Slice", ["a", "n0", "n3"], ["y"])], {"a": (F, 2)}),
    "DepthToSpace": ([N("DepthToSpace", ["a"], ["y"], blocksize=2)], {"a": (F, 4)}),
    "SpaceToDepth": ([N("SpaceToDepth", ["a"], ["y"], blocksize=2)], {"a": (F, 4)}),
    "ReverseSequence": ([N("ReverseSequence", ["a", "i"], ["y"])], {"a": (F, 2), "i": (I, 1)}),
    "GridSample": ([N("GridSample", ["a", "b"], ["y"])], {"a": (F, 4), "b": (F, 4)}),
    "Compress": ([N("Compress", ["a", "t"], ["y"], axis=0)], {"a": (F, 2), "t": (B, 1)}),
    "RotaryEmbedding": ([N("RotaryEmbedding", ["a", "b", "c"], ["y"])], {"a": (F, 4), "b": (F, 3), "c": (F, 3)}),
    "TensorScatter": ([N("TensorScatter", ["a", "b", "i"], ["y"], axis=1)], {"a": (F, 3), "b": (F, 3), "i": (I, 1)}),
    "DequantizeLinear": ([N("DequantizeLinear", ["p", "b", "q"], ["y"], axis=0)], {"p": (U, 2), "b": (F, 1), "q": (U, 1)}),
    "QuantizeLinear": ([N("QuantizeLinear", ["a", "b"], ["y"], axis=1)], {"a": (F, 2), "b": (F, 1)}),
    "SkipLayerNormalization": (
        [N("SkipLayerNormalization", ["a", "b", "c"], ["y"], domain=MS)],
        {"a": (F, 3), "b": (F, 3), "c": (F, 1)},
    ),
    "BiasGelu": ([N("BiasGelu", ["a", "b"], ["y"], domain=MS)], {"a": (F, 3), "b": (F, 1)}),
    "Tile": ([N("Tile", ["a", "i"], ["y"])], {"a": (F, 2), "i": (I, 1)}),
    "Expand": ([N("Expand", ["a", "i"], ["y"])], {"a": (F, 2), "i": (I, 1)}),
    "Expand to weights": ([N("Expand", ["a", "z2"], ["y"])], {"a": (F, 2)}),
    "Pad": ([N("Pad", ["a", "i"], ["y"])], {"a": (F, 2), "i": (I, 1)}),
    "CumSum": ([N("CumSum", ["a", "n0"], ["y"])], {"a": (F, 2)}),
    "TopK": ([N("TopK", ["a", "n3"], ["y", "o"])], {"a": (F, 2)}),
    "Resize": ([N("Resize", ["a", "", "", "z4"], ["y"], mode="linear")], {"a": (F, 4)}),
    "OneHot": ([N("OneHot", ["i", "n3", "c2"], ["y"])], {"i": (I, 1)}),
    "Loop": (
        [
            N(
                "Loop",
                ["n3", "", "a"],
                ["y"],
                body=helper.make_graph(
                    [N("Identity", ["go"], ["more"]), N("Add", ["v", "b"], ["next"])],
                    "body",
                    [
                        helper.make_tensor_value_info("i0", onnx.TensorProto.INT64, []),
                        helper.make_tensor_value_info("go", onnx.TensorProto.BOOL, []),
                        helper.make_tensor_value_info("v", onnx.TensorProto.FLOAT, None),
                    ],
                    [
                        helper.make_tensor_value_info("more", onnx.TensorProto.BOOL, []),
                        helper.make_tensor_value_info("next", onnx.TensorProto.FLOAT, None),
                    ],
                ),
            )
        ],
        {"a": (F, 2), "b": (F, 2)},
    ),
}
_RNG = np.random.default_rng(0)
WEIGHTS: dict[str, np.ndarray] = {
    name: _RNG.standard_normal(shape).astype(F)
    for name, shape in {
        "w": (8, 4),
        "k": (3, 2, 3, 3),
        "k1": (3, 2, 3),
        "lw": (1, 16, 3),
        "lr": (1, 16, 4),
        "gw": (1, 12, 3),
        "gr": (1, 12, 4),
        "rw": (1, 4, 3),
        "rr": (1, 4, 4),
    }.items()
} | {
    "z": np.array([4, -1]),
    "z2": np.array([2, 2]),
    "z3": np.array([1]),
    "z4": np.array([1, 2, 4, 4]),
    "n0": np.array([0]),
    "n3": np.array([3]),
    "j1": np.array([[0], [1]]),
    "c2": np.array([0, 1], F),
    "z0": np.array(1, U),
}
ROUND = {
    "alone": ([], []),
    "then Relu": ([], [N("Relu", ["y"], ["y1"])]),
    "then a residual": ([], [N("Add", ["y", "x1"], ["y1"])]),
    "then a norm": ([], [N("Softmax", ["y"], ["y1"])]),
    "behind Relu": ([N("Relu", ["a0"], ["a"])], []),
}
"""What stands before and behind an operator."""


def model_of(name: str, around: str) -> tuple[onnx.ModelProto, dict[str, tuple[Any, int]]] | None:
    """An operator among others, and its inputs: type and rank by name. None where they do not go together."""
    nodes, inputs = CASES[name]
    before, behind = ROUND[around]
    inputs = dict(inputs)
    floats = all(d is F for d, _ in inputs.values()) and name not in ("QuantizeLinear", "MultiHeadAttention")
    if around != "alone" and (not floats or (before and "a" not in inputs)):
        return None
    if before:
        inputs = {("a0" if n == "a" else n): v for n, v in inputs.items()}
    if around == "then a residual":
        inputs["x1"] = (F, 1)
    every = [*before, *nodes, *behind]
    used = {i for node in every for i in node.input}
    ports = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(np.dtype(d)), [f"{n}_{i}" for i in range(rank)])
        for n, (d, rank) in inputs.items()
    ]
    out = "y1" if behind else "y"
    element = onnx.TensorProto.FLOAT
    if name == "MatMul of integers" or name == "Add of integers":
        element = onnx.TensorProto.INT64
    elif name.startswith("MatMulInteger"):
        element = onnx.TensorProto.INT32
    elif name == "QuantizeLinear":
        element = onnx.TensorProto.UINT8
    weights = [numpy_helper.from_array(v, n) for n, v in WEIGHTS.items() if n in used]
    graph = helper.make_graph(every, "g", ports, [helper.make_tensor_value_info(out, element, None)], weights)
    imports = [helper.make_opsetid("", 24), helper.make_opsetid(MS, 1)]
    return helper.make_model(graph, opset_imports=imports), inputs


def feeds_of(inputs: dict[str, tuple[Any, int]], rng: random.Random) -> dict[str, np.ndarray]:
    """Arrays whose sizes have little to do with each other: two of them are equal more often than by chance."""
    some = rng.sample(SIZES, 3) if rng.random() < 0.7 else SIZES
    arrays = np.random.default_rng(rng.getrandbits(32))
    out = {}
    for name, (dtype, rank) in inputs.items():
        shape = tuple(rng.choice(some) for _ in range(rank))
        numbers = arrays.standard_normal(shape) if dtype is F else arrays.integers(0, 2, shape)
        out[name] = np.asarray(numbers).astype(dtype)
    return out


def verdict(native: Any, reference: Any, feeds: dict[str, np.ndarray]) -> str | None:
    """What is wrong with a run; None where nothing is."""
    shapes = ", ".join(f"{n} {list(v.shape)}" for n, v in feeds.items())
    try:
        want = next(iter(reference.run(feeds).values()))
    except (InferError, ModelError):
        want = None
    try:
        got = next(iter(native.run(feeds).values()))
    except (InferError, ModelError) as error:
        if "written to" in str(error):
            return f"memory is written to: {shapes}: {error}"
        return None if want is None else f"native refuses what the reference computes: {shapes}: {error}"
    if want is None:
        return f"native accepts what the reference refuses: {shapes} gives {list(got.shape)}"
    same = got.shape == want.shape and np.allclose(got, want, 1e-3, 1e-3, equal_nan=True)
    return None if same else f"differs: {shapes}: native {list(got.shape)}, reference {list(want.shape)}"


def try_model(name: str, around: str, level: str, seeds: range) -> list[str]:
    """What is wrong with the runs of a model."""
    made = model_of(name, around)
    if made is None:
        return []
    model, inputs = made
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.onnx"
        path.write_bytes(model.SerializeToString())
        try:
            native, reference = compile_model(str(path), opt_level=level, num_threads=1), compile_model(str(path), "interpreter", "none")
        except InferError as error:
            return [] if "cannot be converted" in str(error) else [f"not compiled: {error}"]
        found = (verdict(native, reference, feeds_of(inputs, random.Random(f"{name}/{around}/{i}"))) for i in seeds)
        return [f for f in found if f is not None]


def apart(arguments: tuple[str, str, str, range], side: str | None) -> list[str]:
    """`try_model` in a process of its own, between fences: what crashes is one finding."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_answer, args=(theirs, arguments, side), daemon=True)
    process.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(60) else ["no answer after 60 s"]
    except EOFError:
        process.join()
        found = [f"crash: exit status {process.exitcode}"]
    process.kill()
    process.join()
    name, around, level, _ = arguments
    return [f"{name}, {around}, {level}: {f}" for f in found]


def _answer(connection: Any, arguments: tuple[str, str, str, range], side: str | None) -> None:
    np.seterr(all="ignore")
    if side is not None:
        fences.install(side)
    connection.send(try_model(*arguments))
    connection.close()


def draw(count: int, each: int, seed: int = 0) -> list[tuple[str, str, str, range]]:
    """`count` runs, `each` of one model, of models in random order."""
    rng = random.Random(seed)
    models = [(name, around, rng.choice(LEVELS)) for name in CASES for around in ROUND if model_of(name, around) is not None]
    rng.shuffle(models)
    out = []
    while len(out) * each < count:
        number = len(out)
        name, around, level = models[number % len(models)]
        first = number // len(models) * each + seed * 1000
        out.append((name, around, level, range(first, first + each)))
    return out


def main(argv: list[str] | None = None) -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", choices=fences.SIDES)
    parser.add_argument("--only", default="", help="models whose name begins so")
    options = parser.parse_args(argv)
    kinds: Counter[str] = Counter()
    for arguments in draw(options.count, options.each, options.seed):
        if arguments[0].startswith(options.only):
            for found in apart(arguments, options.side):
                print(found, flush=True)
                kinds[found.split(": ")[1]] += 1
    print(f"{options.count} runs: {sum(kinds.values())} findings {dict(kinds)}")
    return int(bool(kinds))


if __name__ == "__main__":
    sys.exit(main())
