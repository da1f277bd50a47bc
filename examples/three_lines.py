"""Compile a model and call it.

.venv/bin/python examples/three_lines.py [model.onnx]
"""

import sys
from pathlib import Path

import numpy as np

import inferir

LENET = Path(__file__).resolve().parents[1] / "tests" / "models" / "data" / "lenet.onnx"

model = inferir.compile(sys.argv[1] if sys.argv[1:] else LENET, num_threads=2)
inputs = {port.name: np.zeros([d if isinstance(d, int) else 1 for d in port.dims], np.float32) for port in model.inputs}
print({name: y.shape for name, y in model.run(inputs).items()})
