"""Weights of 8 bits, four rows in an i32: what the processor multiplies by four bytes of x at once and adds up in 32 bits.

`cpu.gemm` and `cpu.conv2d` take x of ui8 with such weights; their accumulators are i32. Rows are filled up with zeros to a multiple of
four. Source: the dot product instructions VPDPBUSD (x86) and USDOT (Arm).
"""

from typing import Any

import numpy as np
from xdsl.dialects.builtin import IntegerType, MemRefType, Signedness, TensorType, i32
from xdsl.ir import SSAValue

QUAD = 4


def is_bytes(x: SSAValue) -> bool:
    """Whether a tensor or memref holds unsigned 8-bit integers."""
    assert isinstance(x.type, TensorType | MemRefType)
    return _is_byte(x.type.element_type)


def product_dtype(x: Any) -> Any:
    """The element type of a product with elements of type x: i32 for bytes."""
    return i32 if _is_byte(x) else x


def _is_byte(element: Any) -> bool:
    return element == IntegerType(8, Signedness.UNSIGNED)


def to_quads(w: np.ndarray) -> np.ndarray:
    """Packed weights [..., K, NR] i8 -> [..., ceil(K / 4), NR] i32; row 4 k is the lowest byte."""
    *outer, k, columns = w.shape
    whole = np.zeros((*outer, -(-k // QUAD) * QUAD, columns), np.int8)
    whole[..., :k, :] = w
    rows = np.moveaxis(whole.reshape(*outer, -1, QUAD, columns), -2, -1)
    return np.ascontiguousarray(rows).view(np.int32)[..., 0]


def from_quads(w: np.ndarray, k: int) -> np.ndarray:
    """The inverse of `to_quads`, the first k rows, as i32."""
    *outer, quads, columns = w.shape
    rows = np.moveaxis(np.ascontiguousarray(w)[..., None].view(np.int8), -1, -2)
    return rows.reshape(*outer, quads * QUAD, columns)[..., :k, :].astype(np.int32)
