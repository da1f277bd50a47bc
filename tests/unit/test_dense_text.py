"""`dense` attributes come back from text bit for bit: NaN with its payload, infinities, -0.0, denormals, every element type."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xdsl.dialects import builtin
from xdsl.dialects.builtin import BytesAttr, DenseArrayBase, DenseIntOrFPElementsAttr, IntegerType, Signedness, TensorType
from xdsl.printer import Printer

from inferir.core import make_context
from inferir.core.parser import InferParser

FLOATS = [builtin.f16, builtin.f32, builtin.f64, builtin.bf16]
SMALL_FLOATS = [
    builtin.Float8E5M2Type(),
    builtin.Float8E4M3Type(),
    builtin.Float8E4M3FNType(),
    builtin.Float8E5M2FNUZType(),
    builtin.Float8E4M3FNUZType(),
    builtin.Float8E4M3B11FNUZType(),
    builtin.Float8E3M4Type(),
    builtin.Float8E8M0FNUType(),
]
COMPLEX = [builtin.ComplexType(builtin.f32), builtin.ComplexType(builtin.f64)]
INTEGERS = [IntegerType(width) for width in (8, 16, 32, 64)]
INTEGERS += [IntegerType(width, Signedness.UNSIGNED) for width in (8, 16, 32, 64)]
NARROW = [IntegerType(w, s) for w in (2, 3, 4, 5, 7, 12, 17, 24, 33) for s in Signedness]


def round_trip(attribute: DenseIntOrFPElementsAttr) -> DenseIntOrFPElementsAttr:
    stream = io.StringIO()
    Printer(stream).print_attribute(attribute)
    parsed = InferParser(make_context(), stream.getvalue()).parse_attribute()
    assert isinstance(parsed, DenseIntOrFPElementsAttr), stream.getvalue()
    return parsed


@pytest.mark.parametrize("type", [*FLOATS, *SMALL_FLOATS, *COMPLEX, *INTEGERS], ids=str)
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


@pytest.mark.parametrize("type", [IntegerType(1), *NARROW], ids=str)
@pytest.mark.parametrize("count", [1, 3, 100, 101, 203])
def test_narrow_integers_survive_in_lists_and_in_strings(type: IntegerType, count: int):
    low, high = (0, 2) if type.width.data == 1 else type.value_range()
    values = [low + i * 7 % (min(high, low + 4096) - low) for i in range(count)]
    values[0] = high - 1
    attribute = DenseIntOrFPElementsAttr.from_list(TensorType(type, [count]), values)
    again = round_trip(attribute)
    assert again.data == attribute.data
    assert list(again.iter_values()) == list(attribute.iter_values())


@pytest.mark.parametrize("width", [4, 6])
def test_every_value_of_the_narrowest_floats_survives(width: int):
    types = [builtin.Float4E2M1FNType()] if width == 4 else [builtin.Float6E2M3FNType(), builtin.Float6E3M2FNType()]
    for type in types:
        for count in (16, 64, 128):
            data = bytes(i % (1 << width) for i in range(count))
            assert round_trip(DenseIntOrFPElementsAttr(TensorType(type, [count]), BytesAttr(data))).data.data == data


def read(text: str) -> bytes:
    attribute = InferParser(make_context(), text).parse_attribute()
    assert isinstance(attribute, DenseIntOrFPElementsAttr | DenseArrayBase)
    return attribute.data.data


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("dense<0x7F800001> : tensor<2xf32>", "0100807f0100807f"),
        ("dense<[0x7F800001, 1.0]> : tensor<2xf32>", "0100807f0000803f"),
        ("dense<[0x7C01, 0x7E55]> : tensor<2xf16>", "017c557e"),
        ("dense<[0x7F81, 0xFFC1]> : tensor<2xbf16>", "817fc1ff"),
        ("dense<(0x7F800001, 1.0)> : tensor<1xcomplex<f32>>", "0100807f0000803f"),
        ("array<f32: 0x7F800001, -0.0>", "0100807f00000080"),
        ('dense<"0x6D"> : tensor<8xi1>', "ff00ffff00ffff00"),
        ('dense<"0xFF"> : tensor<3xi1>', "ffffff"),
        ('dense<"0x080F07"> : tensor<3xi4>', "f8ff07"),
        ('dense<"0x08"> : tensor<3xui4>', "080808"),
    ],
)
def test_bits_are_read_as_they_stand(text: str, data: str):
    assert read(text).hex() == data
