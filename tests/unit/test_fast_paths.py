"""The fast parser, printer and verifier against xDSL's: the same text, the same errors at the same places."""

import sys
from io import StringIO
from pathlib import Path

import pytest
from xdsl.parser import Parser
from xdsl.printer import Printer

from inferir.core import InferError, make_context, parse, text_of, verify
from inferir.core import parser as parsing
from inferir.core.cse import eliminate_common_subexpressions
from inferir.core.fast_headers import HeaderParser
from inferir.core.fast_verifier import is_certainly_valid
from inferir.core.split_input import split
from inferir.core.text_parser import InferParser
from inferir.core.verifier import verify_thoroughly
from inferir.core.walk import walk

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
from ir_corpora import CORPORA

FILES = sorted(p for p in (ROOT / "tests" / "lit").rglob("*.mlir") if "Inputs" not in p.parts)


def stock_text(op, generic=False):
    stream = StringIO()
    Printer(stream, print_generic_format=generic).print_op(op)
    return stream.getvalue() + "\n"


def outcome(read):
    """What a parser makes of a text: its generic form with locations, or the error and its place."""
    try:
        return text_of(read(), generic=True, debuginfo=True)
    except InferError as error:
        return error.message, str(error.location)


def read_with(monkeypatch, cls, text):
    monkeypatch.setattr(parsing, "parser_for", lambda _: cls)
    return outcome(lambda: parse(text, "m.mlir", make_context(allow_unregistered=True)))


@pytest.mark.parametrize("name", CORPORA)
def test_repeating_text_reads_and_prints_as_with_xdsl(name):
    text = CORPORA[name](1500)
    ctx = make_context()
    ours, stock = parse(text, "m.mlir", ctx), Parser(ctx, text).parse_module()
    for generic in (False, True):
        assert text_of(ours, generic=generic) == stock_text(stock, generic)
        assert text_of(stock, generic=generic) == stock_text(stock, generic)
    assert is_certainly_valid(ours)
    verify_thoroughly(ours)


@pytest.mark.parametrize("name", CORPORA)
def test_locations_are_those_of_the_slow_parser(name, monkeypatch):
    text = CORPORA[name](300)
    assert read_with(monkeypatch, HeaderParser, text) == read_with(monkeypatch, InferParser, text)


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_every_lit_file_reads_alike(file, monkeypatch):
    for _, text in split(file.read_text(encoding="utf-8")):
        twice = text + text.replace("@", "@again_")
        for sample in (text, twice):
            assert read_with(monkeypatch, HeaderParser, sample) == read_with(monkeypatch, InferParser, sample)


@pytest.mark.parametrize(
    "broken",
    [
        "  %y2 = arith.addf %nowhere, %y1 : f32",
        "  %y1 = arith.addf %y0, %y1 : f32",
        "  %y2 = arith.addf %y0, %i : f32",
        "  %y2 = arith.addf %y0 %y1 : f32",
        "  %y2, %y3 = arith.addf %y0, %y1 : f32",
        "  %y2 = arith.addg %y0, %y1 : f32",
        "  %y2 = arith.addf %y0, %y1#1 : f32",
        "  %y2 = arith.constant 300 : i8",
        "  %y2 = scf.if %i -> (f32) {",
        "  %y2 = scf.for %y1 = %i to %i step %i iter_args(%a = %y0) -> (f32) {",
        "  }",
    ],
)
def test_a_wrong_line_among_repeating_ones_gives_the_same_error(broken, monkeypatch):
    lines = ["func.func @f(%y0: f32, %i: index) {", "  %y1 = arith.addf %y0, %y0 : f32", "  %z1 = arith.addf %y1, %y1 : f32"]
    text = "\n".join([*lines, broken, "  %z2 = arith.addf %z1, %z1 : f32", "  func.return", "}", ""])
    fast, slow = read_with(monkeypatch, HeaderParser, text), read_with(monkeypatch, InferParser, text)
    assert fast == slow
    assert isinstance(slow, tuple)


def test_two_thousand_nested_regions_go_through():
    depth = 2000
    text = "func.func @f(%c: i1) {\n" + "scf.if %c {\n" * depth + '"test.op"() : () -> ()\n' + "}\n" * depth + "func.return\n}"
    ctx = make_context()
    module = parse(text, "deep.mlir", ctx)
    verify(module)
    assert text_of(module).count("scf.if") == depth
    assert sum(1 for _ in walk(module)) == 2 * depth + 4
    assert eliminate_common_subexpressions(module) == 0


def test_text_nested_deeper_is_refused_in_one_line():
    with pytest.raises(InferError, match="nested too deeply"):
        parse("builtin.module {" * 50_000, "deep.mlir", make_context())


def test_walking_goes_in_order_of_the_text():
    module = parse(CORPORA["nested"](100), "m.mlir", make_context())
    assert list(walk(module)) == list(module.walk())
