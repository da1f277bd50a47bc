"""A source of models is three folders: one that appears is found, and its operators parse, verify, print and convert."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.core import InferError, make_context, parse, text_of, verify
from inferir.passes.framework.lowering import registry

TOY = {
    "dialects/framework/toy/__init__.py": """
from inferir.dialects.framework.schema import table_of
from inferir.dialects.framework.sources import Source
ROW = {"name": "Scale", "domain": "", "since": 0, "in": [["x", "T"]], "out": [["y", "T"]], "attrs": {"by": ["FLOAT", True, None]}}
SOURCE = Source(domains={"toy": ""}, table=lambda: table_of({"ops": [ROW]}))
""",
    "frontends/toy/__init__.py": """
from inferir.core import parse
SUFFIXES, warnings = (".toy",), lambda module: []
def detect(head, path): return head.startswith(b"toy:")
def load(path, ctx):
    by = path.read_text().removeprefix("toy:")
    return parse("func.func @main(%x: tensor<?xf32> {inference.dims = [\\"n\\"]}) -> tensor<?xf32> {"
                 "  %y = framework.toy.Scale(%x) {by = " + by + "} : (tensor<?xf32>) -> tensor<?xf32>\\n  return %y : tensor<?xf32> }", str(path), ctx)
""",
    "passes/framework/toy_rules/__init__.py": "",
    "passes/framework/toy_rules/scale.py": """
from inferir.passes.framework.lowering import lowering
@lowering("toy", "Scale")
def scale(op, lo):
    return lo.mul(op.operands[0], lo.scalar(op.get("by"), op.operands[0]))
""",
}
"""A framework whose models multiply by a number."""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folders of the source in the tree, for the length of a test."""
    registry.load_rules()  # before the copy, or the rules would go with it
    for name, text in TOY.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for package in ("dialects.framework", "frontends", "passes.framework"):
        module = importlib.import_module(f"inferir.{package}")
        folder = tmp_path / "tree" / package.replace(".", "/")
        monkeypatch.setattr(module, "__path__", [*module.__path__, str(folder)])
    monkeypatch.setattr(registry, "_rules", {k: list(v) for k, v in registry._rules.items()})
    yield tmp_path
    for name in [n for n in sys.modules if n.startswith("inferir.") and {"toy", "toy_rules", "tiny"} & set(n.split("."))]:
        del sys.modules[name]


def test_a_source_is_a_folder(toy: Path):
    (toy / "model").write_text("toy:2.5", encoding="utf-8")
    x = np.array([1, -2, 3], np.float32)
    for dims in (None, {"n": 3}):
        np.testing.assert_array_equal(inferir.compile(toy / "model", target="interpreter", dims=dims)(x), 2.5 * x)
    ctx = make_context()
    text = "func.func @f(%x: tensor<4xf32>) {\n  %y = framework.toy.Scale(%x) {by = 2.0} : (tensor<4xf32>) -> tensor<4xf32>\n  return\n}"
    assert "framework.toy.Scale(%x) {by = 2.0}" in text_of(parse(text, "m", ctx))
    with pytest.raises(InferError, match="attribute 'by' is required"):
        verify(parse(text.replace("{by = 2.0} ", ""), "m", ctx))


def test_a_file_that_two_sources_claim_is_refused(toy: Path):
    other = toy / "tree/frontends/tiny"
    other.mkdir()
    (other / "__init__.py").write_text(
        "from inferir.frontends.toy import *\nfrom inferir.frontends.toy import detect, SUFFIXES", encoding="utf-8"
    )
    (toy / "model").write_text("toy:1", encoding="utf-8")
    with pytest.raises(InferError, match="two frontends know this file: tiny and toy"):
        inferir.compile(toy / "model", target="interpreter")


def test_a_second_rule_for_an_operator_is_an_error():
    registry.load_rules()

    def conv(op, lo):
        return None

    conv.__module__ = "inferir.passes.framework.onnx_rules.more"
    with pytest.raises(InferError, match=r"two rules for onnx.Conv-1: .*windows.conv and .*more.*conv"):
        registry.lowering("onnx", "Conv")(conv)
