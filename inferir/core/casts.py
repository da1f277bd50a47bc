"""Numbers from one element type to another, where numpy leaves open what comes out or asks the processor."""

import ml_dtypes
import numpy as np


def float_to_integer(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Floats as integers, cut towards zero: as x86 converts scalars in C, whatever the processor's vectors do.

    Types of up to 32 bits go through int32 and uint32 through int64, of which they take the low bits. What that type cannot hold, NaN and
    the infinities too, is its least number. uint64 holds what is below 2^64; what is negative wraps, as in uint32.
    """
    wide = x.astype(np.float64)
    if dtype == np.uint64:
        upper = wide >= 2.0**63
        low = float_to_integer(np.where(upper, wide - 2.0**63, wide), np.dtype(np.int64)).view(np.uint64)
        return low ^ (upper.astype(np.uint64) << np.uint64(63))
    through = np.dtype(np.int64 if dtype.itemsize > 4 or dtype == np.uint32 else np.int32)
    whole, end = np.trunc(wide), 2.0 ** (8 * through.itemsize - 1)
    held = (whole >= -end) & (whole < end)
    return np.where(held, np.where(held, whole, 0).astype(through), np.iinfo(through).min).astype(dtype)


def widened(x: np.ndarray) -> np.ndarray:
    """Half precision and smaller floats in single, in which sums and products of them are taken; other numbers as they are."""
    return x.astype(np.float32) if x.dtype.itemsize < 4 and x.dtype.kind not in "iub" else x


def holds(wide: np.dtype, narrow: np.dtype) -> bool:
    """Whether a type holds every number of another exactly."""
    if narrow.kind == "b" or wide == narrow:
        return wide.kind != "b" or narrow.kind == "b"
    if wide.kind == "b" or (_is_integer(wide) and not _is_integer(narrow)):
        return False
    if _is_integer(wide):
        a, b = ml_dtypes.iinfo(wide), ml_dtypes.iinfo(narrow)
        return a.min <= b.min and a.max >= b.max
    a = ml_dtypes.finfo(wide)
    if _is_integer(narrow):
        info = ml_dtypes.iinfo(narrow)
        return info.max < 2 ** (a.nmant + 1) and info.max <= float(a.max)
    b = ml_dtypes.finfo(narrow)
    return a.nmant >= b.nmant and float(a.max) >= float(b.max) and float(a.smallest_subnormal) <= float(b.smallest_subnormal)


def passes_through(source: np.dtype, between: np.dtype, target: np.dtype) -> bool:
    """Whether a cast by way of a type gives what the direct one does: it holds every number, and integers that become floats come out in range."""
    if not holds(between, source):
        return False
    return not (_is_integer(source) and not _is_integer(between) and _is_integer(target)) or holds(target, source)


def _is_integer(dtype: np.dtype) -> bool:
    return dtype.kind in "iu" or dtype.name in ("int4", "uint4", "int2", "uint2")
