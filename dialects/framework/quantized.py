"""How the integers of a value stand for numbers, where the source keeps that beside its types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, f32, i64
from xdsl.ir import Attribute, ParametrizedAttribute
from xdsl.irdl import irdl_attr_definition, param_def
from xdsl.parser import AttrParser
from xdsl.printer import Printer

from inferir.dialects.framework.values import float_text


@irdl_attr_definition
class QuantizedAttr(ParametrizedAttribute):
    """`#framework.quantized<[0.5], [-128], 0>`: number = scale * (integer - zero_point).

    scales, zero_points  one each for the whole value, or as many as it has places along `axis`
    """

    name = "framework.quantized"
    scales: DenseArrayBase = param_def()
    zero_points: DenseArrayBase = param_def()
    axis: IntegerAttr = param_def()

    @classmethod
    def of(cls, scales: Sequence[float], zero_points: Sequence[int], axis: int) -> Self:
        """From Python's numbers."""
        return cls(DenseArrayBase.from_list(f32, list(scales)), DenseArrayBase.from_list(i64, list(zero_points)), IntegerAttr(axis, i64))

    @property
    def numbers(self) -> np.ndarray:
        """The scales, f32."""
        return np.array(_values(self.scales), np.float32)

    @property
    def zeros(self) -> np.ndarray:
        """The zero points, i64."""
        return np.array(_values(self.zero_points), np.int64)

    @property
    def along(self) -> int:
        """The axis that they are for, where they are several."""
        return self.axis.value.data

    def print_parameters(self, printer: Printer) -> None:
        """Print the form above."""
        scales, zero_points = _values(self.scales), _values(self.zero_points)
        texts = (", ".join(map(float_text, scales)), ", ".join(map(str, zero_points)))
        printer.print_string(f"<[{texts[0]}], [{texts[1]}], {self.along}>")

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read what `print_parameters` wrote."""
        with parser.in_angle_brackets():
            scales = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: float(parser.parse_number(allow_boolean=False)))
            parser.parse_punctuation(",")
            zero_points = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_integer)
            parser.parse_punctuation(",")
            axis = parser.parse_integer()
        return [DenseArrayBase.from_list(f32, scales), DenseArrayBase.from_list(i64, zero_points), IntegerAttr(axis, i64)]


def _values(array: Any) -> list[Any]:
    return list(array.get_values())
