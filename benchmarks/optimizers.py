"""What other graph optimisers leave of an ONNX file, and how long they take: each in a process of its own, so that one that dies says nothing.

    .venv/bin/python benchmarks/optimizers.py onnxsim model.onnx        # {"nodes": 123, "seconds": 0.87}

Needs the extra `zoo`. Constant nodes are not counted. Seconds are processor time of the call alone, the model loaded already.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import onnx

PEERS = ("onnxruntime", "onnxsim", "onnxslim", "onnxoptimizer")


def measure(peer: str, path: Path) -> dict[str, float] | None:
    """Nodes and seconds, None where the optimiser fails on the model."""
    done = subprocess.run([sys.executable, __file__, peer, str(path)], capture_output=True, text=True, check=False, timeout=600)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def optimized(peer: str, path: Path) -> tuple[Any, float]:
    """The model after the optimiser, and the seconds it took."""
    if peer == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        with tempfile.TemporaryDirectory() as folder:
            options.optimized_model_filepath = f"{folder}/out.onnx"
            start = time.process_time()
            onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            return onnx.load(f"{folder}/out.onnx"), time.process_time() - start
    model = onnx.load(path)
    start = time.process_time()
    match peer:
        case "onnxsim":
            import onnxsim  # pyright: ignore[reportMissingImports]

            start = time.process_time()
            result = onnxsim.simplify(model)[0]
        case "onnxslim":
            import onnxslim  # pyright: ignore[reportMissingImports]

            start = time.process_time()
            result = onnxslim.slim(model)
        case "onnxoptimizer":
            import onnxoptimizer  # pyright: ignore[reportMissingImports]

            start = time.process_time()
            passes = [p for p in onnxoptimizer.get_available_passes() if p.startswith(("eliminate", "fuse"))]
            result = onnxoptimizer.optimize(model, passes)
        case _:
            raise ValueError(f"no optimiser named {peer}; there are {', '.join(PEERS)}")
    return result, time.process_time() - start


def nodes(graph: onnx.GraphProto) -> int:
    """Nodes but constants, those of subgraphs too."""
    inner = [a.g for n in graph.node for a in n.attribute if a.type == onnx.AttributeProto.GRAPH]
    return sum(n.op_type != "Constant" for n in graph.node) + sum(nodes(g) for g in inner)


if __name__ == "__main__":
    made, seconds = optimized(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps({"nodes": nodes(made.graph), "seconds": seconds}))
