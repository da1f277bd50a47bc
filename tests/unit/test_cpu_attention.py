"""Attention in the forms ONNX has, native against the reference executor."""

import numpy as np
import pytest

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core import PassManager, execute, make_context, parse

rng = np.random.default_rng(0)
B, H, G, S, T, D, E = 2, 4, 2, 3, 5, 8, 6
SIZES = {"q": (B, H, S, D), "k": (B, G, T, D), "v": (B, G, T, E)}


def compare(properties: str, feeds: dict[str, np.ndarray], stage: int | None = None, half: bool = False) -> None:
    """Run attention both ways; `feeds` are the operands besides q, k, v. With a stage, the scores after it as well."""
    float_type = "f16" if half else "f32"
    arrays = {n: rng.standard_normal(s).astype(np.float16 if half else np.float32) for n, s in SIZES.items()} | feeds
    kinds = {"float16": "f16", "float32": "f32", "bool": "i1", "int64": "i64"}
    types = {n: f"tensor<{''.join(f'{d}x' for d in a.shape)}{kinds[a.dtype.name]}>" for n, a in arrays.items()}
    arguments = ", ".join(f'%{n}: {t} {{inference.name = "{n}"}}' for n, t in types.items())
    y = f"tensor<{B}x{H}x{S}x{E}x{float_type}>"
    signature = f"({', '.join(types.values())})"
    if stage is None:
        optional = " ".join(f"{n} %{n}" for n in feeds)
        body, results = f"%y = inference.attention %q, %k, %v {optional} {properties} : {signature} -> {y}", y
        names = "%y"
    else:
        absent = [i + 3 for i, n in enumerate(("mask", "offset", "lengths")) if n not in feeds]
        config = ", ".join([f"stage = {stage} : i64", *([properties] if properties else [])])
        results = f"{y}, tensor<{B}x{H}x{S}x{T}x{float_type}>"
        operands = ", ".join(f"%{n}" for n in arrays)
        given = f'callee "attention_with_scores" config {{{config}}} absent {absent}'
        body, names = f"%y, %z = inference.host_call {operands} {given} : {signature} -> ({results})", "%y, %z"
    text = f"func.func @main({arguments}) -> ({results}) {{\n  {body}\n  return {names} : {results}\n}}"
    ctx = make_context()
    module = parse(text, "attention.mlir", ctx)
    expected = execute(module, arrays, ctx)
    PassManager("cpu-layout", ctx).run(module)
    with Model(build_program(module, ctx), num_threads=1) as model:
        got = model(*arrays.values())
    tolerance = 4e-3 if half else 1e-5
    for a, b in zip(got if isinstance(got, tuple) else (got,), expected, strict=True):
        np.testing.assert_allclose(np.asarray(a, np.float32), np.asarray(b, np.float32), rtol=tolerance, atol=tolerance)


FLOATS = rng.standard_normal((S, T)).astype(np.float32)
BLIND = np.array([[True, False, True, True, False], [False] * 5, [True] * 5])


@pytest.mark.parametrize(
    ("properties", "feeds"),
    [
        ("softcap 1.5 scale 0.4", {}),
        ("causal", {"mask": FLOATS}),
        ("", {"mask": BLIND}),
        ("", {"mask": FLOATS[:, :3]}),
        ("causal", {"offset": np.array([2, 0])}),
        ("left 1 right 2", {"mask": BLIND, "offset": np.array([1])}),
        ("causal left 2", {"offset": np.array([1, -1]), "lengths": np.array([5, 2])}),
        ("", {"mask": FLOATS, "lengths": np.array([1, 0])}),
    ],
)
def test_forms(properties: str, feeds: dict[str, np.ndarray]):
    compare(properties, feeds)


@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_scores_of_each_stage(stage: int):
    compare("softcap = 1.5 : f64, causal = 1 : i64", {"mask": BLIND}, stage)


def test_half_precision():
    compare("causal", {"mask": BLIND}, half=True)
    compare("causal = 1 : i64", {"mask": FLOATS.astype(np.float16)}, 2, half=True)
