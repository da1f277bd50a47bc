"""TFLite files that TensorFlow wrote: read without it, and what they compute is what the framework computed, at every level."""

import sys
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.core import make_context, parse, text_of, verify
from inferir.frontends import import_model

DATA = Path(__file__).parent / "data" / "tflite"
MODELS = sorted(DATA.glob("*.tflite"))
RUNS = [("interpreter", "layout"), *(("cpu", level) for level in ("none", "basic", "extended", "layout"))]


def arrays(path: Path, prefix: str) -> list[np.ndarray]:
    with np.load(path.with_suffix(".npz")) as stored:
        return [stored[name] for name in sorted(stored.files) if name.startswith(prefix)]


@pytest.mark.parametrize(("target", "level"), RUNS, ids=lambda v: v)
@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_model_computes_what_the_framework_computed(path: Path, target: str, level: str):
    model = inferir.compile(path, target=target, opt_level=level)
    found = model(*arrays(path, "in"))
    wanted = arrays(path, "out")
    for y, reference in zip(found if isinstance(found, tuple) else (found,), wanted, strict=True):
        assert y.dtype == reference.dtype and y.shape == reference.shape
        if reference.dtype.kind == "f":
            np.testing.assert_allclose(y, reference, rtol=1e-3, atol=1e-5 * np.abs(reference).max())
        else:
            np.testing.assert_array_equal(y, reference)
    assert not {"tensorflow", "ai_edge_litert", "tflite"} & set(sys.modules)


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_model_reads_back_from_its_text(path: Path):
    module = import_model(path, make_context())
    verify(module)
    text = text_of(module)
    again = parse(text, "m.mlir", make_context())
    verify(again)
    assert text_of(again) == text
    assert text_of(parse(text_of(module, generic=True), "m.mlir", make_context())) == text
