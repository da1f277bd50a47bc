"""LSTM and GRU, two layers of 256 units, 64 steps, beside ONNX Runtime: the same models, inputs and threads, taking turns.

.venv/bin/python benchmarks/recurrent.py
.venv/bin/python benchmarks/recurrent.py --batch 1 8 --rounds 9
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from compare import interleaved
from onnx import TensorProto, helper, numpy_helper
from oracle import Oracle, worst

import inferir

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def model(kind: str, layers: int, hidden: int, steps: int, batch: int) -> onnx.ModelProto:
    """Layers of one recurrent op, as PyTorch exports them: x [steps, batch, hidden], a squeeze between layers."""
    rng = np.random.default_rng(0)
    rows, nodes, weights, x = GATES[kind] * hidden, [], [], "x"

    def weight(name: str, *shape: int) -> str:
        weights.append(numpy_helper.from_array((rng.standard_normal(shape) * hidden**-0.5).astype(np.float32), name))
        return name

    weights.append(numpy_helper.from_array(np.array([1], np.int64), "one"))
    attributes: dict[str, Any] = {"linear_before_reset": 1} if kind == "GRU" else {}
    for layer in range(layers):
        names = [weight(f"w{layer}", 1, rows, hidden), weight(f"r{layer}", 1, rows, hidden), weight(f"b{layer}", 1, 2 * rows)]
        nodes.append(helper.make_node(kind, [x, *names], [f"y{layer}"], hidden_size=hidden, **attributes))
        x = "y" if layer == layers - 1 else f"x{layer + 1}"
        nodes.append(helper.make_node("Squeeze", [f"y{layer}", "one"], [x]))
    shape = [steps, batch, hidden]
    graph = helper.make_graph(
        nodes,
        kind.lower(),
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def main(argv: list[str] | None = None) -> int:
    """Print a line for each model, batch and number of threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", default=["LSTM", "GRU"])
    parser.add_argument("--batch", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.1)
    options = parser.parse_args(argv)
    failed = False
    print(f"{'model':<12} {'batch':>5} {'threads':>7} {'onnxruntime':>12} {'inferir':>10} {'speed-up':>9} {'error/allowed':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kinds:
            for batch in options.batch:
                path = Path(folder) / f"{kind}{batch}.onnx"
                onnx.save(model(kind, 2, 256, 64, batch), path)
                feeds = {"x": np.random.default_rng(1).standard_normal((64, batch, 256)).astype(np.float32)}
                compiled = inferir.compile(str(path))
                for threads in options.threads:
                    oracle = Oracle(path, threads)
                    with type(compiled)(compiled.program, num_threads=threads) as ours:
                        error = worst(ours.run(feeds), oracle.run(feeds))
                        calls = [lambda m=ours, f=feeds: m.run(f), lambda o=oracle, f=feeds: o.run(f)]
                        mine, theirs = interleaved(calls, options.rounds, options.seconds)
                    failed |= error > 1
                    times = f"{theirs * 1e3:>9.2f} ms {mine * 1e3:>7.2f} ms {theirs / mine:>8.3f}x"
                    print(f"{kind.lower() + ' 2x256':<12} {batch:>5} {threads:>7} {times} {error:>14.3f}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
