"""Canonicalisation of what no text names, and of what only becomes canonical step by step."""

from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.test import TestOp as AnyOp

from inferir.core import PassManager, make_context, text_of


def test_ops_of_a_dialect_that_was_never_read_fold_and_constants_stay():
    one = arith.ConstantOp.from_int_and_width(1, 32)
    two = arith.AddiOp(one, one)
    module = ModuleOp([one, two, AnyOp([one.result, two.result])])
    PassManager("canonicalize", make_context()).run(module)
    values = [op.value for op in module.walk() if isinstance(op, arith.ConstantOp)]
    assert [str(v) for v in values] == ["1 : i32", "2 : i32"]
    assert "addi" not in text_of(module)
