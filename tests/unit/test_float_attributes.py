"""A float attribute, alone or in `array<...>`, comes back from text bit for bit, NaN with its payload included."""

import io
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xdsl.dialects import builtin
from xdsl.dialects.builtin import DenseArrayBase, FloatAttr
from xdsl.printer import Printer

from inferir.core import make_context
from inferir.core.parser import InferParser

TYPES: list[Any] = [
    builtin.f16,
    builtin.bf16,
    builtin.f32,
    builtin.f64,
    builtin.Float8E5M2Type(),
    builtin.Float8E4M3Type(),
    builtin.Float8E3M4Type(),
    builtin.Float8E4M3FNType(),
]


def round_trip(text: str) -> tuple[str, Any]:
    """The attribute of a text, printed, and read again."""
    stream = io.StringIO()
    Printer(stream).print_attribute(InferParser(make_context(), text).parse_attribute())
    return stream.getvalue(), InferParser(make_context(), stream.getvalue()).parse_attribute()


@pytest.mark.parametrize("type", TYPES, ids=str)
def test_every_bit_pattern_survives(type: Any):
    """As a scalar and as an element of an array."""
    size = type.compile_time_size

    @settings(max_examples=120, deadline=None)
    @given(st.integers(0, (1 << 8 * size) - 1))
    @example(int.from_bytes(b"\x01" + b"\x00" * (size - 2) + b"\x7f", "little") if size > 1 else 0x7D)
    def check(bits: int) -> None:
        raw = bits.to_bytes(size, "little")
        text, scalar = round_trip(f"0x{bits:0{2 * size}X} : {type}")
        assert isinstance(scalar, FloatAttr) and type.pack((scalar.value.data,)) == raw, text
        text, array = round_trip(f"array<{type}: 0x{bits:0{2 * size}X}>")
        assert isinstance(array, DenseArrayBase) and array.data.data == raw, text

    check()
