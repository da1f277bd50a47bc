"""ONNX Runtime as the oracle."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime

from inferir.backends.runtime.arrays import contract


class Oracle:
    """A model in ONNX Runtime with all its optimisations.

    exact  whether products of bytes are exact on processors without an instruction for four bytes, where ONNX Runtime otherwise saturates sums
           of two (`session.x64quantprecision`): slower, and what a result is compared with
    """

    def __init__(self, path: str | Path | bytes, threads: int = 1, exact: bool = False):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        options.add_session_config_entry("session.x64quantprecision", "1" if exact else "0")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.outputs = [o.name for o in self.session.get_outputs()]

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Outputs by name."""
        return {name: np.asarray(y) for name, y in zip(self.outputs, self.session.run(None, dict(inputs)), strict=True)}


def worst(got: Mapping[str, np.ndarray], ref: Mapping[str, np.ndarray]) -> float:
    """The largest error of all outputs as a share of what the numerics contract allows; infinite where the names differ."""
    return max((contract(got[name], ref[name])[1] for name in ref), default=0.0) if got.keys() == ref.keys() else float("inf")
