"""The model zoo: nets of the usual kinds with random weights, exported by torch to ONNX with reference inputs and outputs.

    pip install -e '.[zoo]'
    .venv/bin/python benchmarks/models.py                     # all of them, into build/zoo (2 GB)
    .venv/bin/python benchmarks/models.py --small llama_dyn   # two layers, narrow, for tests
    .venv/bin/python benchmarks/models.py --torchscript gpt2_prefill

Nothing is downloaded. The small variants are kept with the tests, in tests/models/data/zoo. `models.onnx_file(name)` makes a
model when it is first asked for; beside `NAME.onnx` lies `NAME.npz` with `in.NAME` and `out.NAME` as torch (for `control_flow` ONNX
Runtime) computed them. The nets are in torch_models.py.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np
import onnx
from oracle import Oracle
from zoo import CACHE

from inferir.backends.runtime.arrays import write_npz

SMALL = Path(__file__).resolve().parents[1] / "tests" / "models" / "data" / "zoo"
VERSION = 1  # part of every cached file's name: raise it when what is built changes
TORCH = ("bert_base", "bert_dyn", "gpt2_prefill", "gpt2_decode", "vit_b16", "llama_small", "llama_dyn", "lstm", "gru", "dcgan", "cnn_dyn")
MODELS = (*TORCH, "control_flow")
DYNAMIC = ("bert_dyn", "llama_dyn", "cnn_dyn")
SIZES = ((1, 1), (3, 17), (8, 130), (2, 512))
"""Batch and sequence at which one artefact of a dynamic model is run."""


def onnx_file(name: str, small: bool = False, torchscript: bool = False) -> Path:
    """The file of a model, made when it is first asked for; all but `control_flow` need the extra `zoo` for that."""
    kind = "-torchscript" if torchscript else ""
    path = SMALL / f"{name}{kind}.onnx" if small else CACHE / f"{name}{kind}-{VERSION}.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.onnx")
        if name in TORCH:
            import torch_models

            given, expected = torch_models.exported(torch_models.seeded(name, small), partial, torchscript)
        else:
            model, given = control_flow(small)
            onnx.save(model, partial)
            expected = Oracle(partial).run(given)
        stored = {f"in.{n}": v for n, v in given.items()} | {f"out.{n}": v for n, v in expected.items()}
        write_npz(path.with_suffix(".npz"), stored)
        partial.rename(path)
    return path


def reference(path: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The inputs and outputs that are stored beside a model, by name."""
    with np.load(path.with_suffix(".npz")) as stored:
        given, expected = ({n.removeprefix(k): stored[n] for n in stored.files if n.startswith(k)} for k in ("in.", "out."))
    return given, expected


def resized(name: str, batch: int, length: int) -> dict[str, np.ndarray]:
    """Inputs of a dynamic model in another size: seeded tokens, of which some are masked, or images."""
    rng = np.random.default_rng(batch)
    if name == "cnn_dyn":
        return {"input": rng.standard_normal((batch, 3, length + 5, length + 9), dtype=np.float32)}
    given = {"input_ids": rng.integers(0, 96, (batch, length))}
    return given | ({"attention_mask": (given["input_ids"] >= 10).astype(np.int64)} if name == "bert_dyn" else {})


def control_flow(small: bool) -> tuple[onnx.ModelProto, dict[str, np.ndarray]]:
    """A recurrence as Scan, iterations of a layer as Loop, and If, which takes one of two ways by the sum; built node by node."""
    width, steps = (8, 4) if small else (256, 16)
    rng = np.random.default_rng(0)
    weights = {n: (rng.standard_normal((width, width)) / width**0.5).astype(np.float32) for n in ("wx", "wh", "wl", "wa", "wb")}
    text = f"""
    <ir_version: 9, opset_import: ["" : 18]>
    control_flow (float[{steps}, {width}] x, int64 rounds) => (float[{steps}, {width}] y, float[{width}] state)
    <float[1] zeros_of = {{0.0}}, int64[1] width = {{{width}}}, int64[1] axis = {{0}}, bool yes = {{1}}, float zero = {{0.0}}>
    {{
      start = Expand(zeros_of, width)
      state, steps_out = Scan <num_scan_inputs = 1, body = step (float[{width}] h, float[{width}] row) => (float[{width}] h2, float[{width}] out) {{
        a = MatMul(row, wx)
        b = MatMul(h, wh)
        c = Add(a, b)
        h2 = Tanh(c)
        out = Identity(h2)
      }}> (start, x)
      looped = Loop <body = iterate (int64 i, bool go, float[{steps}, {width}] v) => (bool go2, float[{steps}, {width}] w) {{
        d = MatMul(v, wl)
        e = Relu(d)
        w = Add(v, e)
        go2 = Identity(go)
      }}> (rounds, yes, steps_out)
      total = ReduceSum <keepdims = 0> (looped)
      positive = Greater(total, zero)
      y = If (positive) <then_branch = up () => (float[{steps}, {width}] p) {{
        p = MatMul(looped, wa)
      }}, else_branch = down () => (float[{steps}, {width}] n) {{
        m = MatMul(looped, wb)
        n = Sigmoid(m)
      }}>
    }}
    """
    model = onnx.parser.parse_model(text)
    model.graph.initializer.extend(onnx.numpy_helper.from_array(w, name) for name, w in weights.items())
    return model, {"x": rng.standard_normal((steps, width)).astype(np.float32), "rounds": np.array(5)}


def main(argv: list[str] | None = None) -> int:
    """Make models and print their files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(MODELS))
    parser.add_argument("--small", action="store_true", help="few layers, narrow: for tests")
    parser.add_argument("--torchscript", action="store_true", help="torch's older exporter")
    options = parser.parse_args(argv)
    if unknown := [m for m in options.models if m not in MODELS]:
        parser.error(f"no model named {unknown[0]}; there are {', '.join(MODELS)}")
    for name in options.models:
        print(onnx_file(name, options.small, options.torchscript))
    return 0


if __name__ == "__main__":
    sys.exit(main())
