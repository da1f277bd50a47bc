"""The bits of a NaN of every width, carried through the Python float (a double) that xDSL keeps of a float attribute.

Converting a narrow signalling NaN to a double makes it quiet, and packing one into f8 drops its payload. So sign and mantissa are
moved by hand: the mantissa of the narrow type is the top of the double's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

from xdsl.dialects import builtin

DOUBLE_MANTISSA = 52
MANTISSA = {
    builtin.Float32Type: 23,
    builtin.Float16Type: 10,
    builtin.BFloat16Type: 7,
    builtin.Float8E5M2Type: 2,
    builtin.Float8E4M3Type: 3,
    builtin.Float8E3M4Type: 4,
    builtin.Float8E4M3FNType: 3,
}
"""Bits of the mantissa of the types with more than one NaN, f64 excepted, whose bits a Python float has."""


def nan_of(raw: bytes, mantissa: int) -> float:
    """The double that stands for a NaN with these bits (little endian)."""
    bits = int.from_bytes(raw, "little")
    sign = bits >> (8 * len(raw) - 1)
    payload = (bits & ((1 << mantissa) - 1)) << (DOUBLE_MANTISSA - mantissa)
    return struct.unpack("<d", (sign << 63 | 0x7FF << DOUBLE_MANTISSA | payload).to_bytes(8, "little"))[0]


def bits_of(value: float, mantissa: int, size: int, only_ones: bool) -> bytes:
    """The reverse; a payload that the narrow type has no bits for gives a quiet NaN. `only_ones`: no other mantissa is a NaN."""
    bits = int.from_bytes(struct.pack("<d", value), "little")
    payload = (bits & ((1 << DOUBLE_MANTISSA) - 1)) >> (DOUBLE_MANTISSA - mantissa) or 1 << (mantissa - 1)
    payload = (1 << mantissa) - 1 if only_ones else payload
    exponent = (1 << (8 * size - 1 - mantissa)) - 1
    return (bits >> 63 << (8 * size - 1) | exponent << mantissa | payload).to_bytes(size, "little")


def keep_bits(cls: Any, mantissa: int) -> None:
    """Make a float type of xDSL pack and unpack the bits of NaN as they are."""
    pack, unpack = cls.pack, cls.unpack
    only_ones = cls is builtin.Float8E4M3FNType

    def packed(self: Any, values: Sequence[float]) -> bytes:
        data = pack(self, values)
        nans = [i for i, v in enumerate(values) if isnan(v)]
        if not nans:
            return data
        size, exact = self.compile_time_size, bytearray(data)
        for i in nans:
            exact[i * size : (i + 1) * size] = bits_of(values[i], mantissa, size, only_ones)
        return bytes(exact)

    def unpacked(self: Any, buffer: Any, num: int, /) -> tuple[float, ...]:
        values = unpack(self, buffer, num)
        nans = [i for i, v in enumerate(values) if isnan(v)]
        if not nans:
            return values
        size, raw, exact = self.compile_time_size, bytes(buffer), list(values)
        for i in nans:
            exact[i] = nan_of(raw[i * size : (i + 1) * size], mantissa)
        return tuple(exact)

    def iterated(self: Any, buffer: Any, /) -> Iterator[float]:
        return iter(unpacked(self, buffer, len(memoryview(buffer)) // self.compile_time_size))

    cls.pack, cls.unpack, cls.iter_unpack = packed, unpacked, iterated


for _cls, _mantissa in MANTISSA.items():
    keep_bits(_cls, _mantissa)
