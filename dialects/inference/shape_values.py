"""Shapes as values, tensors made from nothing, and element types.

Shape computations of a model stay ordinary ops on i64 tensors; the shape analysis follows them by running their reference
semantics on symbolic dimensions (`SYMBOLIC`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ml_dtypes
import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, IntegerType, TensorType, UnrankedTensorType, i64
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import operand_def, result_def

from inferir.core import attribute, define, enum, flag, integer, ints
from inferir.core.casts import float_to_integer
from inferir.core.dims import Shape
from inferir.core.op import ValueOf, unknown_dim
from inferir.core.ranges import OutOfRange, checked_shape
from inferir.core.relations import Relation
from inferir.core.types import numpy_dtype
from inferir.dialects.inference.base import Elementwise, InferenceOp


@define
class ShapeOfOp(InferenceOp):
    """The dimensions of x, i64: those from `start` to before `end`.

    Source: ONNX Shape-25. Example:
        %s = inference.shape_of %x start 1 : (tensor<?x3x4xf32>) -> tensor<2xi64>
    """

    name = "inference.shape_of"
    x = operand_def()
    start = integer(0)
    end = integer()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """One dimension per dimension."""
        return (len(x[self.start : self.end]),)

    def infer_dtype(self, x: Any) -> Any:
        """i64."""
        return i64

    def infer_types(self) -> list[Attribute]:
        """A tensor of one dimension, even where x has no known rank."""
        return super().infer_types() if isinstance(self.x.type, TensorType) else [TensorType(i64, [-1])]

    def infer_values(self, shape_of: Callable[[SSAValue], Shape], value_of: ValueOf) -> list[np.ndarray]:
        """The dimensions themselves."""
        return [np.array(shape_of(self.x)[self.start : self.end], object)]

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.array(np.shape(x)[self.start : self.end], np.int64)


@define
class EnsureShapeOp(InferenceOp):
    """x, as it is; an error where its dimensions are not those of `shape`.

    shape  a number for each dimension, -1 for those that may have any size

    `check-declared-shapes` makes it of what a type declares and nothing proves.

    Source: TF EnsureShape. Example:
        %y = inference.ensure_shape %x shape [6, -1] : (tensor<?x?xf32>) -> tensor<6x?xf32>
    """

    name = "inference.ensure_shape"
    x = operand_def()
    shape = ints(())
    result = result_def()

    def size_relations(self, x: Shape) -> Iterator[Relation]:
        """The numbers of `shape` are x's dimensions."""
        yield from ensured(self.shape, x)

    def infer_shape(self, x: Shape) -> Shape:
        """The numbers of `shape`, x's own dimensions elsewhere."""
        return tuple(d if w < 0 else w for d, w in zip(x, self.shape, strict=True))

    def infer_types(self) -> list[Attribute]:
        """Ranked, even where x is not."""
        if isinstance(self.x.type, UnrankedTensorType):
            return [TensorType(self.x.type.element_type, [DYNAMIC_INDEX if d < 0 else d for d in self.shape])]
        return super().infer_types()

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return x


def ensured(wanted: Sequence[int], x: Shape) -> Iterator[Relation]:
    """x has the dimensions of `wanted`, where these are not -1."""
    says = f"x is [{', '.join(map(str, x))}], must be [{', '.join('?' if w < 0 else str(w) for w in wanted)}]"
    yield Relation(len(x), len(wanted), says)
    yield from (Relation(d, w, says) for d, w in zip(x, wanted, strict=True) if w >= 0)


@define
class RangeOp(InferenceOp):
    """start, start + step, ... before limit; three scalars.

    Source: ONNX Range-11. Example:
        %y = inference.range %a, %b, %c : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
    """

    name = "inference.range"
    SHAPE_OPERANDS = ("start", "limit", "step")
    start = operand_def()
    limit = operand_def()
    step = operand_def()
    result = result_def()

    def infer_shape(self, start: Shape, limit: Shape, step: Shape, known: dict[str, Any]) -> Shape:
        """The count, where the numbers are known integers."""
        for name, shape in zip(self.SHAPE_OPERANDS, (start, limit, step), strict=True):
            self.check_scalar(name, shape)
        numbers = [known[n] for n in self.SHAPE_OPERANDS]
        if any(n is None for n in numbers):
            return (unknown_dim(),)
        first, last, by = (n[0] for n in numbers)
        if by == 0:
            self.error("the step is 0")
        if not isinstance(by, int):
            return (unknown_dim(),)
        count = (last - first + by - 1) // by if by > 0 else (first - last - by - 1) // -by
        return (max(count, 0) if isinstance(count, int) else count,)

    def reference(self, start: np.ndarray, limit: np.ndarray, step: np.ndarray) -> np.ndarray:
        """numpy: start + i * step."""
        first, last, by = (a.reshape(-1)[0] for a in (start, limit, step))
        (count,) = checked_shape([count_of(first.item(), last.item(), by.item())], start.itemsize)
        return (first + np.arange(count).astype(start.dtype) * by).astype(start.dtype)


def count_of(start: float, limit: float, step: float) -> int:
    """How many numbers from `start` on by `step` come before `limit`. Raises OutOfRange where that is no number."""
    if not step or not all(map(math.isfinite, (start, limit, step))) or not math.isfinite((limit - start) / step):
        raise OutOfRange(f"from {start} to {limit} in steps of {step} there is no number of elements")
    if isinstance(start, int) and isinstance(limit, int) and isinstance(step, int):
        return max(0, -((start - limit) // step))
    return max(0, math.ceil((limit - start) / step))


@define
class FillOp(InferenceOp):
    """A tensor whose every element is the same.

    shape  an i64 tensor; value  a scalar, a tensor of one element

    Source: ONNX ConstantOfShape-25. Example:
        %y = inference.fill %s, %v : (tensor<2xi64>, tensor<f32>) -> tensor<?x?xf32>
    """

    name = "inference.fill"
    SHAPE_OPERANDS = ("shape",)
    SYMBOLIC = True
    shape = operand_def()
    value = operand_def()
    result = result_def()

    def infer_shape(self, shape: Shape, value: Shape, known: dict[str, Any]) -> Shape:
        """The elements of `shape`."""
        self.check_list("shape", shape)
        self.check_scalar("value", value)
        if known["shape"] is not None:
            return known["shape"]
        if not isinstance(shape[0], int):
            self.error("the length of `shape` must be known")
        return tuple(unknown_dim() for _ in range(shape[0]))

    def infer_dtype(self, shape: Any, value: Any) -> Any:
        """The value's."""
        return value

    def reference(self, shape: np.ndarray, value: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.full([int(d) for d in shape], value.reshape(-1)[0], value.dtype)


@define
class CastOp(Elementwise):
    """The same numbers in another element type.

    to          the element type
    saturate    what is too large for a float8 type becomes its largest number, not infinity or NaN
    round_mode  for float8e8m0: up, down, nearest

    Floats become integers towards zero; anything but zero becomes true.

    Source: ONNX Cast-25. Example:
        %y = inference.cast %x to i64 : (tensor<4xf32>) -> tensor<4xi64>
    """

    name = "inference.cast"
    x = operand_def()
    to = attribute()
    saturate = flag()
    round_mode = enum("up", "down", "nearest")
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        return x

    def infer_dtype(self, x: Any) -> Any:
        """`to`."""
        if self.to is None:
            self.error("`to` is missing")
        return self.to

    def infer_values(self, shape_of: Callable[[SSAValue], Shape], value_of: ValueOf) -> list[np.ndarray] | None:
        """Between wide integers, the dimensions as they are."""
        known = value_of(self.x)
        wide = isinstance(self.to, IntegerType) and self.to.width.data >= 32
        return [known] if known is not None and wide else None

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return cast_array(x, numpy_dtype(self.to), self.saturate, self.round_mode)


SMALL_INTEGERS = ("int4", "uint4", "int2", "uint2")


def cast_array(x: np.ndarray, dtype: np.dtype, saturate: bool = False, round_mode: str = "up") -> np.ndarray:
    """An array in another dtype, with the corners that numpy leaves open."""
    if dtype.name == "float8_e8m0fnu":
        return _powers_of_two(x.astype(np.float32), round_mode).view(dtype)
    if saturate and dtype.name.startswith("float8"):
        info = ml_dtypes.finfo(dtype)
        wide = x.astype(np.float32)
        clipped = np.clip(wide, np.float32(info.min), np.float32(info.max))
        return clipped.astype(dtype)
    if dtype.name.startswith("float4"):
        info = ml_dtypes.finfo(dtype)
        return np.clip(x.astype(np.float32), np.float32(info.min), np.float32(info.max)).astype(dtype)
    if dtype.name in SMALL_INTEGERS:
        whole = float_to_integer(x, np.dtype(np.int32)) if x.dtype.kind not in "iub" else x.astype(np.int32)
        return whole.astype(np.int8).astype(dtype)
    if dtype.kind == "b":
        return x.astype(np.float32) != 0 if x.dtype.kind not in "iub?fc" else x != 0
    if dtype.kind in "iu" and x.dtype.kind not in "iub":
        return float_to_integer(x, dtype) if x.dtype.name not in SMALL_INTEGERS else x.astype(np.int8).astype(dtype)
    return x.astype(dtype)


def _powers_of_two(x: np.ndarray, mode: str) -> np.ndarray:
    """The exponent byte of a float32, rounded as `mode` says; 255 stands for NaN."""
    bits = x.view(np.uint32)
    exponent = ((bits >> 23) & 0xFF).astype(np.int32)
    mantissa = bits & 0x7FFFFF
    more = mantissa > 0 if mode == "up" else mantissa >= 0x400000 if mode == "nearest" else np.zeros_like(mantissa, np.bool_)
    rounded = np.where((exponent == 0) & (mode != "up") & (mantissa < 0x400000), 0, exponent + more)
    return np.where(exponent == 255, 255, np.minimum(rounded, 254)).astype(np.uint8)


@define
class BitcastOp(InferenceOp):
    """The same bits as another element type of the same width. Source: ONNX BitCast-26. Example:
    %y = inference.bitcast %x to i32 : (tensor<4xf32>) -> tensor<4xi32>
    """

    name = "inference.bitcast"
    x = operand_def()
    to = attribute()
    result = result_def()

    def infer_shape(self, x: Shape) -> Shape:
        """The shape of x."""
        return x

    def infer_dtype(self, x: Any) -> Any:
        """`to`, of the width of x's."""
        if self.to is None or numpy_dtype(self.to).itemsize != numpy_dtype(x).itemsize:
            self.error(f"{x} and {self.to} have different widths")
        return self.to

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.ascontiguousarray(x).view(numpy_dtype(self.to)).reshape(x.shape)
