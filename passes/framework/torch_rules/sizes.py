"""Sizes of tensors, arithmetic between them, and what a program asserts of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.dialects.builtin import f64, i1, i64
from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten, sym
from inferir.passes.framework.torch_rules.elementwise import floor_quotient, truncated


@aten("sym_size", "size", "sym_numel", "numel", "sym_storage_offset", "sym_stride", "dim", "sym_is_contiguous")
def size(call: Call, lo: Lowering) -> Any:
    """One dimension of x, or the product of all; tensors here are whole, so that strides are products of sizes"""
    x = call.x()
    match call.packet:
        case "sym_size" | "size":
            return lo.size_of(x, call.axis())
        case "dim":
            return lo.const(lo.rank(x))
        case "sym_storage_offset":
            return lo.const(0)
        case "sym_is_contiguous":
            return lo.const(np.ones((), np.bool_))
        case "sym_stride":
            axis = call.axis()
            return lo.reduce(lo.shape_of(x, start=axis + 1), "prod", (0,), keepdims=False) if axis + 1 < lo.rank(x) else lo.const(1)
    return lo.reduce(lo.shape_of(x), "prod", (0,), keepdims=False) if lo.rank(x) else lo.const(1)


@aten("_assert_scalar", "_assert_async", "sym_constrain_range", "sym_constrain_range_for_size", "_assert_tensor_metadata", "_functional_assert_scalar",
      "_functional_assert_async", "_check_is_size", "_print", "_functional_sym_constrain_range", "_functional_sym_constrain_range_for_size")  # fmt: skip
def asserted(call: Call, lo: Lowering) -> Any:
    """What torch asserts of its own graph: ranges of inputs are checked from `inference.ranges`, shapes where they are used"""
    return []


@aten("_make_dep_token")
def token(call: Call, lo: Lowering) -> Any:
    """An order of effects, of which there are none"""
    return lo.const(np.zeros((), np.float32))


def _value(call: Call, name: str) -> SSAValue:
    """An operand of the arithmetic between sizes, in the element type of the result where that is no boolean."""
    lo = call.lo
    found = call.tensor(name)
    return lo.const(np.asarray(call.get(name))) if found is None else found


def _both(call: Call, floats: bool = False) -> tuple[SSAValue, SSAValue]:
    lo = call.lo
    a, b = _value(call, "a"), _value(call, "b")
    to = f64 if floats or f64 in (lo.element(a), lo.element(b)) else i64
    return lo.cast(a, to), lo.cast(b, to)


_BINARY = {"add": "add", "sub": "sub", "mul": "mul", "sym_max": "maximum", "sym_min": "minimum", "pow": "pow"}
_COMPARE = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge"}


@sym(*_BINARY, *_COMPARE, "floordiv", "truediv", "mod", "and_", "or_")
def binary(call: Call, lo: Lowering) -> Any:
    """Arithmetic and comparisons of two numbers"""
    if call.name in ("and_", "or_"):
        return lo.logical(lo.cast(_value(call, "a"), i1), lo.cast(_value(call, "b"), i1), fn=call.name.rstrip("_"))
    a, b = _both(call, floats=call.name == "truediv")
    if call.name in _COMPARE:
        return lo.compare(a, b, pred=_COMPARE[call.name])
    if call.name == "floordiv":
        return floor_quotient(lo, a, b) if lo.element(a) == i64 else lo.floor(lo.div(a, b))
    if call.name == "truediv":
        return lo.div(a, b)
    return lo.mod(a, b, truncated=False) if call.name == "mod" else getattr(lo, _BINARY[call.name])(a, b)


@sym("neg", "abs", "floor", "ceil", "trunc", "round", "sqrt", "sym_sqrt", "not_", "sym_not", "sym_int", "int", "sym_float", "float")
def unary(call: Call, lo: Lowering) -> Any:
    """Functions of one number; rounded ones are integers"""
    a = _value(call, "a")
    match call.name:
        case "not_" | "sym_not":
            return lo.logical_not(lo.cast(a, i1))
        case "sym_float" | "float":
            return lo.cast(a, f64)
        case "sqrt" | "sym_sqrt":
            return lo.sqrt(lo.cast(a, f64))
        case "sym_int" | "int":
            return lo.cast(truncated(lo, a), i64)
        case "neg" | "abs":
            return getattr(lo, call.name)(a)
    y = a if lo.dtype(a).kind in "iu" else truncated(lo, a) if call.name == "trunc" else getattr(lo, call.name)(a)
    return lo.cast(y, i64)


@sym("sym_ite")
def choice(call: Call, lo: Lowering) -> Any:
    """One of two numbers"""
    return lo.select(lo.cast(_value(call, "a"), i1), _value(call, "b"), _value(call, "c"))
