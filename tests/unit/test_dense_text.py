"""`dense` attributes come back from text bit for bit: NaN with its payload, infinities, -0.0, denormals, every element type."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xdsl.dialects import builtin
from xdsl.dialects.builtin import BytesAttr, DenseIntOrFPElementsAttr, IntegerType, Signedness, TensorType
from xdsl.printer import Printer

from inferir.core import make_context
from inferir.core.parser import InferParser

FLOATS = [builtin.f16, builtin.f32, builtin.f64, builtin.bf16]
SMALL_FLOATS = [builtin.Float8E5M2Type(), builtin.Float8E4M3FNType(), builtin.Float8E5M2FNUZType(), builtin.Float8E4M3FNUZType()]
INTEGERS = [IntegerType(width) for width in (8, 16, 32, 64)]
INTEGERS += [IntegerType(width, Signedness.UNSIGNED) for width in (8, 16, 32, 64)]


def round_trip(attribute: DenseIntOrFPElementsAttr) -> DenseIntOrFPElementsAttr:
    stream = io.StringIO()
    Printer(stream).print_attribute(attribute)
    parsed = InferParser(make_context(), stream.getvalue()).parse_attribute()
    assert isinstance(parsed, DenseIntOrFPElementsAttr), stream.getvalue()
    return parsed


@pytest.mark.parametrize("type", [*FLOATS, *SMALL_FLOATS, *INTEGERS], ids=str)
def test_every_bit_pattern_survives(type):
    size = type.size if hasattr(type, "size") else type.compile_time_size

    @settings(max_examples=25, deadline=None)
    @given(st.binary(min_size=size, max_size=4 * size).map(lambda b: b[: len(b) // size * size]))
    @example(b"\xff" * size)
    @example(bytes(size))
    @example(b"\x80" + bytes(size - 1))
    @example(bytes(size - 1) + b"\x80")
    @example(bytes(2 * size - 1) + b"\x80")  # 0.0 beside -0.0
    @example(b"\xff" * size * 3)
    def check(data: bytes) -> None:
        attribute = DenseIntOrFPElementsAttr(TensorType(type, [len(data) // size]), BytesAttr(data))
        assert round_trip(attribute).data.data == data

    check()


@pytest.mark.parametrize("width", [1, 4])
def test_narrow_integers_survive(width: int):
    values = range(2) if width == 1 else range(-8, 8)
    attribute = DenseIntOrFPElementsAttr.from_list(TensorType(IntegerType(width), [len(values)]), list(values))
    assert list(round_trip(attribute).iter_values()) == list(attribute.iter_values())
