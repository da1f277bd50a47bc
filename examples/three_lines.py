"""Compile a model and call it.

.venv/bin/python examples/three_lines.py tests/models/data/lenet.onnx
"""

import sys

import numpy as np

import inferir

model = inferir.compile(sys.argv[1], num_threads=2)
inputs = {port.name: np.zeros(port.dims, np.float32) for port in model.inputs}
print({name: y.shape for name, y in model.run(inputs).items()})
