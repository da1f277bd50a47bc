"""Frozen graphs and SavedModels that TensorFlow wrote: read without it, and what they compute is what it computed, at every level."""

import sys
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.core import InferError, make_context, parse, text_of, verify
from inferir.dialects.framework.tf.build_table import TABLE, build
from inferir.frontends import import_model

DATA = Path(__file__).parent / "data" / "tf"
MODELS = sorted([*DATA.glob("*.pb"), *DATA.glob("*_savedmodel")])
RUNS = [("interpreter", "layout"), *(("cpu", level) for level in ("none", "basic", "extended", "layout"))]


def arrays(path: Path, prefix: str) -> list[np.ndarray]:
    """Inputs or results that TensorFlow had for a model; the forms of one model share them."""
    with np.load(DATA / f"{path.stem.split('_')[0]}.npz") as stored:
        return [stored[name] for name in sorted(stored.files) if name.startswith(prefix)]


@pytest.mark.parametrize(("target", "level"), RUNS, ids=lambda v: v)
@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_model_computes_what_the_framework_computed(path: Path, target: str, level: str):
    model = inferir.compile(path, target=target, opt_level=level)
    found = model(*arrays(path, "in"))
    wanted = arrays(path, "out")
    for y, reference in zip(found if isinstance(found, tuple) else (found,), wanted, strict=True):
        assert y.dtype == reference.dtype and y.shape == reference.shape
        np.testing.assert_allclose(y, reference, rtol=1e-3, atol=1e-5 * np.abs(reference).max())
    assert "tensorflow" not in sys.modules


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_model_reads_back_from_its_text(path: Path):
    module = import_model(path, make_context())
    verify(module)
    text = text_of(module)
    again = parse(text, "m.mlir", make_context())
    verify(again)
    assert text_of(again) == text
    assert text_of(parse(text_of(module, generic=True), "m.mlir", make_context())) == text


def test_weights_stay_where_they_are():
    ctx = make_context()
    import_model(DATA / "lenet_frozen.pb", ctx)
    import_model(DATA / "lenet_savedmodel", ctx)
    frozen = ctx.weights.get("lenet_1/dense_1/Cast/ReadVariableOp/resource")
    shard = ctx.weights.get("dense/kernel_1")
    np.testing.assert_array_equal(frozen, shard)
    assert isinstance(frozen.base, np.memmap | np.ndarray) and not frozen.flags.writeable


def test_variables_that_are_missing_are_an_error(tmp_path: Path):
    (tmp_path / "saved_model.pb").write_bytes((DATA / "lenet_savedmodel" / "saved_model.pb").read_bytes())
    with pytest.raises(InferError, match=r"saved_model.pb: .*the variables are missing: there is no variables/variables.index"):
        import_model(tmp_path, make_context())


def test_a_text_form_is_refused(tmp_path: Path):
    (tmp_path / "graph.pbtxt").write_text('node { name: "x" op: "Placeholder" }', encoding="utf-8")
    with pytest.raises(InferError, match="this is text, not a GraphDef"):
        import_model(tmp_path / "graph.pbtxt", make_context())


def test_the_table_is_what_its_source_says():
    assert TABLE.read_text(encoding="utf-8") == build()
