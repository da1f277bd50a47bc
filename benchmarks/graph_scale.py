"""How import and `basic` grow with the number of nodes: processor seconds for chains of residual blocks of 5,000 and 50,000 nodes.

    .venv/bin/python benchmarks/graph_scale.py              # 5000 50000
    .venv/bin/python benchmarks/graph_scale.py 1000 10000

Exit status 1 where ten times the nodes cost more than twelve times the seconds.
"""

import gc
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from inferir.core import PassManager, make_context
from inferir.frontends import import_model

LIMIT = 1.2  # seconds for n times the nodes, over n


def chain(nodes: int) -> onnx.ModelProto:
    """Blocks of ten nodes: two products with weights, a scale and a shift, relu and gelu's parts, a no-op reshape, a sum with the block's input."""
    rng = np.random.default_rng(0)
    kept = {
        "w": rng.standard_normal((16, 16)),
        "s": rng.standard_normal(16),
        "half": np.array(0.5),
        "root": np.array(2**0.5),
        "one": np.array(1),
    }
    weights = [numpy_helper.from_array(a.astype(np.float32), n) for n, a in kept.items()]
    weights.append(numpy_helper.from_array(np.array([4, 16]), "shape"))
    made, x = [], "x"
    for block in range(nodes // 10):
        steps = [("MatMul", x, "w"), ("Mul", "", "s"), ("Add", "", "s"), ("Relu", ""), ("MatMul", "", "w"), ("Div", "", "root")]
        steps += [("Erf", ""), ("Add", "", "one"), ("Reshape", "", "shape"), ("Add", "", x)]
        for i, (kind, first, *rest) in enumerate(steps):
            made.append(helper.make_node(kind, [first or f"v{block}_{i - 1}", *rest], [f"v{block}_{i}"]))
        x = f"v{block}_9"
    ports = [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [4, 16]) for n in ("x", x)]
    graph = helper.make_graph(made, "chain", ports[:1], ports[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def measure(nodes: int) -> dict[str, float]:
    """Seconds of each step for a graph of so many nodes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.onnx"
        onnx.save(chain(nodes), path)
        ctx = make_context()
        gc.collect()
        start = time.process_time()
        module = import_model(path, ctx)
        imported = time.process_time()
        PassManager("inference-basic", ctx).run(module)
        return {"import": imported - start, "basic": time.process_time() - imported}


def main(argv: list[str]) -> int:
    """Measure a smaller and a larger graph, print both; 1 where the cost is not linear."""
    small, large = map(int, argv or ["5000", "50000"])
    first, second = measure(small), measure(large)
    worst = 0.0
    for step in first:
        growth = second[step] / first[step]
        worst = max(worst, growth / (large / small))
        print(f"{step}: {small} nodes {first[step]:.2f} s, {large} nodes {second[step]:.2f} s, {growth:.1f} x")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
