"""Dialect conversion: bodies, legality, types with signatures and casts, 1:n types, and what is left after a failure."""

from collections.abc import Sequence

import pytest
from xdsl.dialects import arith, func, scf
from xdsl.dialects.builtin import ComplexType, ModuleOp, UnitAttr, UnrealizedConversionCastOp, f32, f64
from xdsl.ir import Attribute, SSAValue

from inferir.core import (
    ConversionTarget,
    InferError,
    Rewriter,
    TypeConverter,
    convert,
    convert_fully,
    fold_casts,
    make_context,
    parse,
    restored_on_error,
    rewrites,
    text_of,
    verify,
)

CALLS = """
func.func private @half(%x: f64) -> f64 {
  %0 = arith.addf %x, %x : f64
  func.return %0 : f64
}
func.func @main(%c: i1, %x: f64) -> f64 {
  %0 = func.call @half(%x) : (f64) -> f64
  %1 = scf.if %c -> (f64) {
    %2 = arith.addf %0, %x : f64
    scf.yield %2 : f64
  } else {
    scf.yield %0 : f64
  }
  func.return %1 : f64
}
"""
NARROW = TypeConverter(lambda t: f32 if t == f64 else None)
PARTS = TypeConverter(lambda t: (f32, f32) if isinstance(t, ComplexType) else None)


@rewrites(arith.AddfOp)
def narrow_add(op: arith.AddfOp, rw: Rewriter) -> str | None:
    """a + b in f64 = a + b in f32"""
    new = rw.insert(arith.AddfOp(NARROW.operand(rw, op.lhs), NARROW.operand(rw, op.rhs)))
    NARROW.replace(rw, op, [new.result])


def read(text: str) -> ModuleOp:
    """A module of a text."""
    module = parse(text, "<text>", make_context())
    verify(module)
    return module


def with_types(converter: TypeConverter, **more: object) -> ConversionTarget:
    """Legal is what has no type that is to go."""
    names = ("func.func", "func.call", "func.return", "arith.addf")
    return ConversionTarget(legal_if=dict.fromkeys(names, converter.is_legal), **more)  # pyright: ignore[reportArgumentType]


def test_the_body_of_an_op_converted_in_place_is_converted():
    @rewrites(func.FuncOp)
    def mark(op: func.FuncOp, rw: Rewriter) -> str | None:
        """a function is marked"""
        op.attributes["seen"] = UnitAttr()
        rw.notify_op_modified(op)

    @rewrites(arith.AddfOp)
    def double(op: arith.AddfOp, rw: Rewriter) -> str | None:
        """a + b = a * b, for the test"""
        rw.replace(op, arith.MulfOp(op.lhs, op.rhs))

    module = read(CALLS)
    target = ConversionTarget(illegal_ops=frozenset({"arith.addf"}), legal_if={"func.func": lambda f: "seen" in f.attributes})
    convert_fully(module, (mark, double), target, make_context())
    text = text_of(module)
    assert "addf" not in text and text.count("mulf") == 2


def test_an_op_that_is_legal_with_its_body_is_not_looked_into():
    module = read(CALLS)
    target = ConversionTarget(illegal_ops=frozenset({"arith.addf"}), legal_with_body=frozenset({"scf.if"}))
    left = convert(module, (), target, make_context())
    assert [isinstance(i.op.parent_op(), func.FuncOp) for i in left] == [True]


def test_an_op_has_its_own_entry_before_its_dialect():
    target = ConversionTarget(illegal_dialects=frozenset({"arith"}), legal_ops=frozenset({"arith.addf"}))
    assert target.is_legal(next(op for op in read(CALLS).walk() if isinstance(op, arith.AddfOp)))


def test_functions_calls_and_returns_follow_the_types():
    module = read(CALLS)
    convert_fully(module, (*NARROW.signatures(), narrow_add), with_types(NARROW), make_context())
    left = fold_casts(module)
    verify(module)
    assert "func.func private @half(%x: f32) -> f32" in text_of(module)
    assert "func.call @half(%x) : (f32) -> f32" in text_of(module)
    around = {type(c.results[0].first_use.operation) for c in left if c.results[0].first_use is not None}
    assert around == {scf.YieldOp, func.ReturnOp}  # scf.if was not converted: casts stand at its border, and only there


def test_several_types_for_one():
    module = read("""
      func.func @main(%n: index, %z: complex<f32>) -> complex<f32> {
        %0 = func.call @main(%n, %z) : (index, complex<f32>) -> complex<f32>
        func.return %0 : complex<f32>
      }""")
    convert_fully(module, PARTS.signatures(), with_types(PARTS), make_context())
    assert fold_casts(module) == []
    verify(module)
    text = text_of(module)
    assert "(%n: index, %z: f32, %z_1: f32) -> (f32, f32)" in text and "(index, f32, f32) -> (f32, f32)" in text


def test_own_materialisations_take_the_place_of_casts():
    def narrow(rw: Rewriter, values: Sequence[SSAValue], types: Sequence[Attribute]) -> Sequence[SSAValue]:
        return rw.insert(arith.TruncFOp(values[0], types[0])).results

    def widen(rw: Rewriter, values: Sequence[SSAValue], types: Sequence[Attribute]) -> Sequence[SSAValue]:
        return rw.insert(arith.ExtFOp(values[0], types[0])).results

    converter = TypeConverter(lambda t: f32 if t == f64 else None, source=widen, target=narrow)
    module = read(CALLS)
    target = ConversionTarget(legal_if=dict.fromkeys(("func.func", "func.call", "func.return"), converter.is_legal))
    convert_fully(module, converter.signatures(), target, make_context())
    verify(module)
    assert not any(isinstance(op, UnrealizedConversionCastOp) for op in module.walk())
    assert "arith.extf" in text_of(module) and "arith.truncf" in text_of(module)


def test_a_conversion_that_fails_leaves_no_trace():
    module = read(CALLS)
    before = text_of(module, debuginfo=True)
    target = with_types(NARROW, illegal_dialects=frozenset({"scf"}))
    with pytest.raises(InferError, match=r"cannot convert scf\.if: no pattern for it"), restored_on_error(module):
        convert_fully(module, (*NARROW.signatures(), narrow_add), target, make_context())
    verify(module)
    assert text_of(module, debuginfo=True) == before


def test_a_type_that_becomes_several_has_no_single_operand():
    module = read("func.func @main(%z: complex<f32>) -> complex<f32> { func.return %z : complex<f32> }")
    op = module.ops.first
    assert isinstance(op, func.FuncOp)
    with pytest.raises(InferError, match="becomes 2 types"):
        PARTS.operand(Rewriter(op, make_context()), op.args[0])


def test_a_pattern_changes_or_gives_a_reason():
    @rewrites(arith.AddfOp)
    def silent(op: arith.AddfOp, rw: Rewriter) -> str | None:
        """says nothing"""

    with pytest.raises(InferError, match="pattern 'silent' neither changed"):
        convert_fully(read(CALLS), (silent,), ConversionTarget(illegal_dialects=frozenset({"arith"})), make_context())
