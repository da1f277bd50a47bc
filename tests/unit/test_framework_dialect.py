"""The framework dialect: the committed table, the classes made from it, what its verifier says, values in short form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inferir.core import InferError, make_context, parse, text_of, verify
from inferir.dialects.framework import onnx
from inferir.dialects.framework.onnx import build_table
from inferir.dialects.framework.onnx import onnx_table as table
from inferir.dialects.framework.onnx.types import onnx_name, type_of_onnx_name
from inferir.dialects.framework.values import float_text

ARGUMENTS = "%x: tensor<1x1x8x8xf32>, %w: tensor<6x1x5x5xf32>, %d: tensor<6x1x5x5xf64>, %c: tensor<i1>, %n: none"


def problem_with(operation: str) -> str:
    """What is wrong with one operation."""
    with pytest.raises(InferError) as caught:
        verify(parse(f"func.func @f({ARGUMENTS}) {{\n  {operation}\n  return\n}}", "f.mlir", make_context()))
    return str(caught.value)


def test_the_table_is_what_the_onnx_package_says():
    assert build_table.TABLE.read_text(encoding="utf-8") == build_table.build()


def test_every_operator_has_a_class_and_all_its_versions():
    classes = {(domain, name): onnx.op_class(domain, name) for domain, name in table().rows}
    assert sum(len(c.SCHEMAS) for c in classes.values() if c is not None) == 659
    assert classes["", "Conv"] is onnx.Conv
    assert classes["ai.onnx.ml", "LinearRegressor"] is onnx.ml.LinearRegressor
    assert all(list(c.SCHEMAS) == sorted(c.SCHEMAS) for c in classes.values() if c is not None)


def test_every_type_an_operator_allows_has_a_type_here():
    for name in {t for types in table().type_sets for t in types}:
        assert onnx_name(type_of_onnx_name(name)) == name


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        ("%r = framework.onnx.Conv(%x) {version = 11} : (tensor<1x1x8x8xf32>) -> tensor<*xf32>", "Conv-11 has 1 operand"),
        ("%r = framework.onnx.Conv(%x, %n) {version = 11} : (tensor<1x1x8x8xf32>, none) -> tensor<*xf32>", "operand 'W' is required"),
        (
            "%r = framework.onnx.Conv(%x, %w) {version = 12} : (tensor<1x1x8x8xf32>, tensor<6x1x5x5xf32>) -> tensor<*xf32>",
            "has no version 12; versions are 1, 11, 22",
        ),
        (
            "%r = framework.onnx.Conv(%x, %w) {version = 11, padz = [1]} : (tensor<1x1x8x8xf32>, tensor<6x1x5x5xf32>) -> tensor<*xf32>",
            "has no attribute 'padz'; did you mean 'pads'?",
        ),
        (
            "%r = framework.onnx.Conv(%x, %w) {version = 11, pads = [1.0]} : (tensor<1x1x8x8xf32>, tensor<6x1x5x5xf32>) -> tensor<*xf32>",
            "attribute 'pads' must be a list of integers",
        ),
        (
            "%r = framework.onnx.Conv(%x, %d) {version = 11} : (tensor<1x1x8x8xf32>, tensor<6x1x5x5xf64>) -> tensor<*xf32>",
            "'X' and 'W' must have one type, have tensor(float) and tensor(double)",
        ),
        (
            "%r = framework.onnx.Conv(%x, %c) {version = 11} : (tensor<1x1x8x8xf32>, tensor<i1>) -> tensor<*xf32>",
            "'W' is tensor(bool), allowed tensor(double), tensor(float), tensor(float16)",
        ),
        ("%r = framework.onnx.Cast(%x) {version = 13} : (tensor<1x1x8x8xf32>) -> tensor<*xf32>", "attribute 'to' is required"),
        (
            "%r = framework.onnx.If(%c) {version = 11} then_branch {\n framework.yield %x : tensor<1x1x8x8xf32>\n } : (tensor<i1>) -> tensor<*xf32>",
            "subgraph 'else_branch' is required",
        ),
        ("%r = framework.onnx.Conw(%x) {version = 11} : (tensor<1x1x8x8xf32>) -> tensor<*xf32>", "framework.onnx.Conw"),
    ],
)
def test_a_wrong_operator_is_refused(operation: str, says: str):
    assert says in problem_with(operation)


def test_attributes_have_python_values_and_defaults():
    text = f"""func.func @f({ARGUMENTS}) {{
      %r = framework.onnx.Conv(%x, %w, %n) {{version = 11, pads = [2, 2, 2, 2]}} : (tensor<1x1x8x8xf32>, tensor<6x1x5x5xf32>, none) -> tensor<*xf32>
      return
    }}"""
    module = parse(text, "f.mlir", make_context())
    conv = next(op for op in module.walk() if isinstance(op, onnx.Conv))
    assert conv.get("pads") == (2, 2, 2, 2)
    assert conv.get("group") == 1
    assert conv.get("auto_pad") == "NOTSET"
    assert conv.get("strides") is None
    assert conv.operand("W") is conv.operands[1]
    assert conv.operand("B") is None
    with pytest.raises(KeyError):
        conv.get("padz")


@settings(max_examples=200, deadline=None)
@given(st.floats(width=32))
def test_a_float_reads_back_as_the_same_single_precision_number(value: float):
    text = float_text(value)
    assert np.float32(float(text)) == np.float32(value) or (np.isnan(value) and text == "nan")


STRINGS = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(STRINGS, max_size=3),
    st.lists(st.floats(width=32), max_size=3),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
    STRINGS,
)
def test_attributes_of_every_kind_read_back(strings: list[str], floats: list[float], integers: list[int], word: str):
    from inferir.dialects.framework import CustomOp
    from inferir.dialects.framework.values import floats_attr, ints_attr, strings_attr

    attrs = {"s": strings_attr(strings), "f": floats_attr(floats), "i": ints_attr(integers)}
    op = CustomOp.create(properties=CustomOp.properties_for(word, "Op" + word, 1, dict(attrs)))
    text = text_of(op)
    module = parse(text, "f.mlir", make_context())
    again = next(o for o in module.walk() if isinstance(o, CustomOp))
    assert text_of(again) == text
    assert again.domain == word
    assert again.attrs["i"] == attrs["i"] and again.attrs["s"] == attrs["s"]
