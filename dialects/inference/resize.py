"""Resampling on a grid: upsampling, downsampling, cropping."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from xdsl.irdl import AttrSizedOperandSegments, operand_def, opt_operand_def, result_def

from inferir.core import define, enum, flag, ints, number, numbers
from inferir.core.dims import Shape, differ, shape_text
from inferir.core.op import unknown_dim
from inferir.core.ranges import OutOfRange, checked_shape
from inferir.dialects.inference.base import InferenceOp, axes_in

_COORDINATES = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric", "tf_crop_and_resize")
_NEAREST = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


@define
class ResizeOp(InferenceOp):
    """x on another grid. Every axis is interpolated on its own.

    axes         the axes that change; the lists below have one entry for each
    sizes        the new sizes; or `to`, an i64 operand
    scales       new size / old size, rounded down; or `by`, an f32 operand
    roi          what tf_crop_and_resize cuts out: starts, then ends, 1.0 is the last element
    mode         nearest, linear, cubic
    coordinates  where on the old grid an element of the new one lies, as ONNX names it
    nearest      which neighbour nearest mode takes
    policy       of sizes: stretch, or keep the aspect ratio and become not_larger / not_smaller
    antialias    widen the kernel when shrinking
    exclude_outside  neighbours beyond the edge have no weight (else the edge is repeated)

    Source: ONNX Resize-19. Example:
        %y = inference.resize %x axes [2, 3] sizes [8, 8] mode linear : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
    """

    name = "inference.resize"
    AS_PROPERTIES = {"to": "sizes", "by": "scales"}
    SHAPE_OPERANDS = ("to",)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    x = operand_def()
    to = opt_operand_def()
    by = opt_operand_def()
    roi = opt_operand_def()
    axes = ints(())
    sizes = ints()
    scales = numbers()
    mode = enum("nearest", "linear", "cubic")
    coordinates = enum(*_COORDINATES)
    nearest = enum(*_NEAREST)
    policy = enum("stretch", "not_larger", "not_smaller")
    cubic_a = number(-0.75)
    extrapolation = number(0.0)
    antialias = flag()
    exclude_outside = flag()
    result = result_def()

    def infer_shape(self, x: Shape, to: Shape | None, by: Shape | None, roi: Shape | None, known: dict[str, Any]) -> Shape:
        """x's dimensions, new along the axes."""
        given = [n for n, v in (("sizes", self.sizes), ("scales", self.scales), ("to", to), ("by", by)) if v is not None]
        if len(given) != 1:
            self.error(f"needs one of sizes, scales, to, by; has {', '.join(given) or 'none'}")
        out = list(x)
        axes = axes_in(self, self.axes, len(x))
        self.check_list("to", to, len(axes))
        if by is not None and (len(by) != 1 or differ(by[0], len(axes))):
            self.error(f"`by` is {shape_text(by)}, must be one scale for each of the {len(axes)} axes")
        if roi is not None and (len(roi) != 1 or differ(roi[0], 2 * len(axes))):
            self.error(
                f"`roi` is {shape_text(roi)}, must be {2 * len(axes)} numbers: a start, then an end, for each of the {len(axes)} axes"
            )
        if self.coordinates == "tf_crop_and_resize" and roi is None:
            self.error("tf_crop_and_resize needs `roi`, what to cut out")
        sizes = self.sizes if self.sizes is not None else known["to"]
        for what, values in (("sizes", sizes), ("scales", self.scales)):
            if values is not None and len(values) != len(self.axes):
                self.error(f"{len(values)} {what} for {len(self.axes)} axes")
        for index, axis in enumerate(axes):
            size = x[axis]
            if sizes is not None and isinstance(sizes[index], int) and (sizes[index] < 0 or (sizes[index] == 0 and differ(size, 0))):
                self.error(f"size {sizes[index]} of axis {axis}: must be positive")
            if sizes is not None and self.policy == "stretch":
                out[axis] = sizes[index]
            elif self.scales is not None:
                scale = self.scales[index]
                if not scale > 0:
                    self.error(f"scale {scale} of axis {axis}: must be positive")
                out[axis] = int(np.floor(size * np.float32(scale))) if isinstance(size, int) else _scaled(size, scale)
            else:
                out[axis] = unknown_dim()
        if sizes is not None and self.policy != "stretch":
            here = [x[a] for a in self.axes]
            if all(isinstance(d, int) for d in (*sizes, *here)):
                for axis, size in zip(self.axes, self.keep_ratio(sizes, here)[0], strict=True):
                    out[axis] = size
        return tuple(out)

    def infer_dtype(self, x: Any, *others: Any) -> Any:
        """x's."""
        return x

    def keep_ratio(self, sizes: Any, here: Any) -> tuple[list[int], list[float]]:
        """New sizes and scales under a policy that keeps the aspect ratio."""
        pick = min if self.policy == "not_larger" else max
        scale = pick(s / d for s, d in zip(sizes, here, strict=True))
        return [int(np.floor(scale * d + 0.5)) for d in here], [scale] * len(here)

    def reference(
        self, x: np.ndarray, to: np.ndarray | None = None, by: np.ndarray | None = None, roi: np.ndarray | None = None
    ) -> np.ndarray:
        """numpy: one weight matrix per axis."""
        here = [x.shape[a] for a in self.axes]
        sizes = self.sizes if self.sizes is not None else None if to is None else [int(s) for s in to]
        if sizes is None:
            scales = [float(np.float32(s)) for s in (self.scales if self.scales is not None else by)]  # pyright: ignore[reportOptionalIterable]
            if not all(0 < s < np.inf for s in scales):
                raise OutOfRange(f"scales are {scales}, must be positive and finite")
            sizes = [int(np.floor(np.float64(np.float32(d) * np.float32(s)))) for d, s in zip(here, scales, strict=True)]
        elif self.policy == "stretch":
            scales = [s / d if d else 1.0 for s, d in zip(sizes, here, strict=True)]
        else:
            sizes, scales = self.keep_ratio(sizes, here)
        if all(here):
            checked_shape([*sizes, x.size // math.prod(here)], max(x.itemsize, 8))
        y = x.astype(np.float64) if self.mode != "nearest" else x
        outside: list[tuple[int, np.ndarray]] = []
        for index, axis in enumerate(self.axes):
            box = (0.0, 1.0) if roi is None else (float(roi[index]), float(roi[len(self.axes) + index]))
            at = self.positions(x.shape[axis], sizes[index], scales[index], box)
            if self.coordinates == "tf_crop_and_resize":
                outside.append((axis % x.ndim, (at < 0) | (at > x.shape[axis] - 1)))
            elif x.shape[axis] == sizes[index] and np.array_equal(at, np.arange(sizes[index])):
                continue
            if self.mode == "nearest":
                y = np.take(y, self.neighbours(at, x.shape[axis]), axis)
            else:
                weights = self.weights(at, x.shape[axis], scales[index])
                y = np.moveaxis(np.moveaxis(y, axis, -1) @ weights.T, -1, axis)
        for axis, mask in outside:
            y = np.where(mask.reshape([-1 if i == axis else 1 for i in range(x.ndim)]), self.extrapolation, y)
        if x.dtype.kind in "iu" and self.mode != "nearest":
            info = np.iinfo(x.dtype)
            y = np.clip(np.trunc(y), info.min, info.max)
        return np.asarray(y).astype(x.dtype)

    def positions(self, size: int, count: int, scale: float, box: tuple[float, float]) -> np.ndarray:
        """Where on the old grid the elements of the new one lie."""
        at = np.arange(count, dtype=np.float64)
        width = scale * size
        match self.coordinates:
            case "align_corners":
                return np.zeros(count) if width == 1 else at * (size - 1) / (width - 1)
            case "asymmetric":
                return at / scale
            case "tf_crop_and_resize":
                span = (box[1] - box[0]) * (size - 1)
                return box[0] * (size - 1) + (np.full(count, span / 2) if width == 1 else at * span / (width - 1))
            case "pytorch_half_pixel" if count == 1:
                return np.zeros(1)
            case "half_pixel_symmetric":
                return size / 2 * (1 - count / width) + (at + 0.5) / scale - 0.5
            case _:
                return (at + 0.5) / scale - 0.5

    def neighbours(self, at: np.ndarray, size: int) -> np.ndarray:
        """The place nearest mode reads."""
        below = np.floor(at)
        match self.nearest:
            case "floor":
                place = below
            case "ceil":
                place = np.ceil(at)
            case "round_prefer_floor":
                place = np.where(at - below <= 0.5, below, below + 1)
            case _:
                place = np.where(at - below < 0.5, below, below + 1)
        return np.clip(place, 0, size - 1).astype(np.int64)

    def weights(self, at: np.ndarray, size: int, scale: float) -> np.ndarray:
        """[new, old]: how much of each old element is in each new one."""
        shrink = min(scale, 1.0) if self.antialias else 1.0
        reach = 1 if self.mode == "linear" else 2
        first = int(np.floor(-reach / shrink) + 1)
        offsets = np.arange(first, (2 - first) if self.mode == "cubic" or self.antialias else 2)
        below = np.ceil(at) - 1
        distance = np.abs((offsets[None, :] - (at - below)[:, None]) * shrink)
        w = np.clip(1 - distance, 0, 1) if self.mode == "linear" else _cubic(distance, self.cubic_a)
        place = (below[:, None] + offsets[None, :]).astype(np.int64)
        if self.antialias:
            w = w / w.sum(axis=1, keepdims=True)
        if self.exclude_outside:
            w = np.where((place < 0) | (place >= size), 0, w)
            w = w / w.sum(axis=1, keepdims=True)
        out = np.zeros((len(at), size))
        np.add.at(out, (np.arange(len(at))[:, None], np.clip(place, 0, size - 1)), w)
        return out


def _cubic(x: np.ndarray, a: float) -> np.ndarray:
    """Keys' kernel."""
    inner = ((a + 2) * x - (a + 3)) * x * x + 1
    outer = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, inner, np.where(x < 2, outer, 0))


def _scaled(size: Any, scale: float) -> Any:
    """A symbolic size times a scale that is a whole number or one over a whole number."""
    if scale == int(scale):
        return size * int(scale)
    inverse = 1 / scale
    return size // round(inverse) if abs(inverse - round(inverse)) < 1e-6 else unknown_dim()
