"""Dimension expressions are arithmetic and nothing else."""

import pytest

from inferir.backends.runtime.dims import evaluate, names, solve
from inferir.backends.runtime.program import ModelError
from inferir.core.dims import parse_dim


@pytest.mark.parametrize(
    ("text", "value"),
    [(7, 7), ("batch", 3), ("2*batch + 1", 7), ("(h - 1) // 2", 4), ("max(batch, h, 2)", 10), ("min(h, 4) * -1", -4), ("-(-h // 4)", 3)],
)
def test_evaluates(text, value):
    assert evaluate(text, {"batch": 3, "h": 10}) == value


def test_a_symbol_may_have_any_spelling():
    assert evaluate("past_sequence + 1", {"past_sequence + 1": 9}) == 9
    assert names("batch size", ("batch size",)) == {"batch size"}


@pytest.mark.parametrize(
    "text", ["", "1 +", "(" * 3000, "__import__('os')", "a.b", "1 ** 9", "x[0]", "lambda: 1", "1.5", "True", "max()", "print(1)", "a / 2"]
)
def test_everything_else_is_refused(text):
    with pytest.raises(ModelError):
        evaluate(text, {"a": 1, "x": 1})


def test_unknown_names_and_division_by_zero_are_refused():
    with pytest.raises(ModelError, match="'seq', which is not a symbol"):
        evaluate("2*seq", {"batch": 1})
    with pytest.raises(ModelError, match="divides by zero"):
        evaluate("1 // a", {"a": 0})


def test_solves_what_is_linear():
    assert solve("2*n + m", "n", 11, {"m": 5}) == 3
    assert solve("2*n", "n", 11, {}) is None
    assert solve("n // 2", "n", 3, {}) is None


@pytest.mark.parametrize(
    ("a", "b", "quotient"),
    [
        ("n*(h - 6)*512", "n*(h - 6)", "512"),
        ("a*b + a", "a", "b+1"),
        ("a*a - b*b", "a - b", "a+b"),
        ("4*a + 8", "2*a + 4", "2"),
        ("4*n*(h//2)", "n*(h//2)", "4"),
        ("a*b + 1", "a", "((a*b+1)//a)"),
        ("3*a", "2*a", "((3*a)//(2*a))"),
    ],
)
def test_a_polynomial_that_divides_another_leaves_no_division(a, b, quotient):
    assert str(parse_dim(a) // parse_dim(b)) == quotient
