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


@pytest.mark.parametrize(
    ("sizes", "properties"),
    [
        ((1, 2, 2, 128, 128, 64, 64), ""),
        ((2, 3, 1, 13, 300, 20, 70), "softcap 2.0"),
        ((1, 4, 2, 70, 530, 5, 33), "causal"),
        ((1, 2, 1, 300, 300, 16, 16), "causal left 100"),
        ((3, 2, 2, 1, 65, 64, 128), ""),
        ((1, 2, 2, 9, 700, 8, 8), "left 3 right 290 scale 2.0"),
        ((1, 1, 1, 4, 3, 1, 1), "right 0"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_blocks_of_queries_and_keys(sizes: tuple[int, ...], properties: str, known: bool):
    """More keys than a block, more queries than a task, sizes that fill no vector; lengths known when compiled or when run."""
    b, h, g, s, t, d, e = sizes
    shapes = {"q": (b, h, s, d), "k": (b, g, t, d), "v": (b, g, t, e), "mask": (b, 1, s, t)}
    arrays = {n: rng.standard_normal(shape).astype(np.float32) for n, shape in shapes.items()}
    names = {"q": ("b", h, "s", d), "k": ("b", g, "t", d), "v": ("b", g, "t", e), "mask": ("b", 1, "s", "t"), "y": ("b", h, "s", e)}
    fixed = shapes | {"y": (b, h, s, e)}
    types = {
        n: f"tensor<{''.join(f'{d}x' if known or isinstance(d, int) else '?x' for d in (fixed if known else names)[n])}f32>" for n in fixed
    }

    def dims(name: str) -> str:
        listed = ", ".join(str(d) if isinstance(d, int) else f'"{d}"' for d in names[name])
        return f'{{inference.name = "{name}"{"" if known else f", inference.dims = [{listed}]"}}}'

    arguments = ", ".join(f"%{n}: {types[n]} {dims(n)}" for n in arrays)
    text = f"""func.func @main({arguments}) -> {types["y"]} {{
      %y = inference.attention %q, %k, %v mask %mask {properties} : ({", ".join(types[n] for n in arrays)}) -> {types["y"]}
      return %y : {types["y"]}
    }}"""
    check_model(text, arrays)


@pytest.mark.parametrize("known", [True, False])
def test_heads_within_positions(known: bool):
    """Projections give [B, S, H, D], and are given the same; a fused projection gives q, k and v side by side."""
    x = rng.standard_normal((2, 70, 3, 4, 16)).astype(np.float32)
    b, s, at = (2, 70, '{inference.name = "x"}') if known else ("?", 70, '{inference.name = "x", inference.dims = ["n", 70, 3, 4, 16]}')
    parts = "\n".join(
        f"""%s{i} = inference.slice %x starts [{i}] ends [{i + 1}] axes [2] : (tensor<{b}x{s}x3x4x16xf32>) -> tensor<{b}x{s}x1x4x16xf32>
      %r{i} = inference.reshape %s{i} shape [{2 if known else -1}, 70, 4, 16] : (tensor<{b}x{s}x1x4x16xf32>) -> tensor<{b}x{s}x4x16xf32>
      %t{i} = inference.transpose %r{i} permutation [0, 2, 1, 3] : (tensor<{b}x{s}x4x16xf32>) -> tensor<{b}x4x{s}x16xf32>"""
        for i in range(3)
    )
    text = f"""func.func @main(%x: tensor<{b}x{s}x3x4x16xf32> {at}) -> tensor<{b}x{s}x4x16xf32> {{
      {parts}
      %a = inference.attention %t0, %t1, %t2 causal : tensor<{b}x4x{s}x16xf32>
      %y = inference.transpose %a permutation [0, 2, 1, 3] : (tensor<{b}x4x{s}x16xf32>) -> tensor<{b}x{s}x4x16xf32>
      return %y : tensor<{b}x{s}x4x16xf32>
    }}"""
    lowered = check_model(text, {"x": x}, threads=2)
    assert "transpose_tile" in lowered, "keys are packed"
    assert lowered.count("cpu.launch") == 2, "heads are read and written where they lie"


def check_model(text: str, arrays: dict[str, np.ndarray], threads: int = 1) -> str:
    """Native code gives what the reference executor gives; the text of level 4."""
    ctx = make_context()
    module = parse(text, "attention.mlir", ctx)
    expected = execute(module, arrays, ctx)
    PassManager("cpu-layout", ctx).run(module)
    with Model(build_program(module, ctx), num_threads=threads) as model:
        got = model(*arrays.values())
    assert isinstance(got, np.ndarray)
    np.testing.assert_allclose(got, expected[0], rtol=1e-5, atol=2e-6 * np.abs(expected[0]).max())
    return str(module)


def test_half_precision():
    compare("causal", {"mask": BLIND}, half=True)
    compare("causal = 1 : i64", {"mask": FLOATS.astype(np.float16)}, 2, half=True)
