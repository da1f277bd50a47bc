"""What an editor is told about IR text, including text that does not parse at the moment."""

import pytest

from inferir.tools.ir_source import IrSource

TEXT = """// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(cse))'
func.func @first(%x: tensor<2x3xf32>, %y: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = inference.add %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %1 = inference.relu %0 : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}
func.func @second(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %n = arith.constant 4 : index
  %c:2 = scf.for %i = %n to %n step %n iter_args(%a = %n, %b = %n) -> (index, index) {
    scf.yield %b, %a : index, index
  }
  %r = func.call @second(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %s = arith.addi %c#1, %c#0 : index
  return %r : tensor<4xf32>
}
"""


@pytest.fixture
def source() -> IrSource:
    return IrSource(TEXT)


def at(source: IrSource, text: str, word: str, nth: int = 0) -> tuple[int, int]:
    """The place of a word in the line that holds a text."""
    line = next(i for i, row in enumerate(source.lines) if text in row)
    column = -1
    for _ in range(nth + 1):
        column = source.lines[line].index(word, column + 1)
    return line, column


def test_text_that_is_right_has_no_problems(source: IrSource):
    assert source.problems() == []


def test_every_chunk_reports_its_error_where_it_stands():
    bad = TEXT.replace("inference.relu %0", "inference.rely %0")
    source = IrSource(f"{bad}// -----\n{TEXT}// -----\n" + TEXT.replace("return %r : tensor<4xf32>", "return %r : tensor<5xf32>"))
    first, second = source.problems()
    assert (first.place.line, "inference.rely" in first.message) == (3, True)
    assert second.place.line == 2 * (TEXT.count("\n") + 1) + 14


@pytest.mark.parametrize(
    ("row", "word", "nth", "line", "column"),
    [
        ("%1 = inference.relu", "%0", 0, 2, 2),
        ("%0 = inference.add", "%y", 0, 1, 38),
        ("%0 = inference.relu %x", "%x", 0, 6, 18),
        ("scf.yield", "%a", 0, 9, 49),
        ("arith.addi", "%c#0", 0, 9, 2),
        ("func.call", "@second", 0, 6, 10),
        ("scf.for %i", "%i", 0, 9, 17),
    ],
)
def test_names_lead_to_their_definitions(source: IrSource, row, word, nth, line, column):
    place = source.definition(*at(source, row, word, nth))
    assert place is not None and (place.line, place.column, place.file) == (line, column, None)


def test_ops_and_passes_lead_to_their_python(source: IrSource):
    op = source.definition(*at(source, "inference.add", "inference.add"))
    assert op is not None and op.file is not None and op.file.name == "arithmetic.py" and op.line > 0
    step = source.definition(*at(source, "RUN", "cse"))
    assert step is not None and step.file is not None and step.file.name == "cse.py"


def test_hover_shows_types_and_documentation(source: IrSource):
    assert "%0 : tensor<2x3xf32>" in (source.hover(*at(source, "return %1", "%1")) or "").replace("%1", "%0")
    assert "%y : tensor<3xf32>" in (source.hover(*at(source, "%0 = inference.add", "%y")) or "")
    assert "%c#1 : index" in (source.hover(*at(source, "arith.addi", "%c#1")) or "")
    text = source.hover(*at(source, "inference.add", "inference.add")) or ""
    assert "(tensor<2x3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>)" in text and "lhs + rhs" in text
    assert "**cse**" in (source.hover(*at(source, "RUN", "cse")) or "")
    assert "func.func @second(%x: tensor<4xf32>)" in (source.hover(*at(source, "func.call", "@second")) or "")


def test_looking_up_works_while_the_text_does_not_parse():
    source = IrSource(TEXT.replace("return %1 :", "return %1 ???"))
    assert source.problems()
    place = source.definition(*at(source, "%1 = inference.relu", "%0"))
    assert place is not None and place.line == 2
    assert "%y : tensor<3xf32>" in (source.hover(*at(source, "%0 = inference.add", "%y")) or "")


def test_nothing_is_said_where_nothing_stands(source: IrSource):
    for place in ((0, 0), (4, 0), (99, 3), (1, 500)):
        source.hover(*place)
        assert source.definition(*place) is None
    assert IrSource("").problems() == []
