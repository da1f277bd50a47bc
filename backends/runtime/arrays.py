"""Arrays in and out of a model run: named arrays from an npz file, seeded random ones, and results back to a file or a line of text."""

import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from inferir.backends.runtime import dims
from inferir.backends.runtime.elements import plain, shown
from inferir.backends.runtime.program import DTYPES, UNNAMED, ModelError, Port
from inferir.whole_file import whole_file

_MOST_SAID = 200  # characters of another library's error: some quote a whole header
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip member without a date carries: equal arrays give equal files


def read_inputs(path: str | Path, ports: tuple[Port, ...]) -> dict[str, np.ndarray]:
    """The inputs in an npz file, whose keys are the inputs' names, in_ and the name, or in0, in1, ... by position.

    Keys out0, out1, ... are expected outputs and left alone.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise ModelError(f"{path}: not an ordinary file, which an npz file must be")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {str(key): file[key] for key in file.files if not re.fullmatch(r"out\d+", key)}
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror or 'not an npz file'}") from None
    except MemoryError:
        raise ModelError(f"{path}: there is not enough memory for its arrays") from None
    except Exception as e:  # noqa: BLE001  (zipfile, zlib and numpy raise two dozen classes for damaged files)
        raise ModelError(f"{path}: not an npz file of plain arrays ({str(e)[:_MOST_SAID]})") from None
    if any(port.name in arrays for port in ports):
        return arrays
    by_position = {f"in{i}": port.name for i, port in enumerate(ports)} | {f"in_{port.name}": port.name for port in ports}
    return {by_position.get(key, key): array for key, array in arrays.items()}


def random_inputs(ports: tuple[Port, ...], sizes: Mapping[str, int], seed: int = 0) -> dict[str, np.ndarray]:
    """Seeded inputs: normal floats, integers from 0 to 9, any truth values. Symbolic dimensions that `sizes` lacks are 1."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for port in ports:
        if port.dtype not in DTYPES:
            raise ModelError(f"there are no random values for input '{port.name}', which is {port.dtype}: give it in an npz file")
        known = [1 if dim == UNNAMED else dim for dim in port.dims]
        symbols = set().union(*(dims.names(dim, tuple(sizes)) for dim in known))
        shape = tuple(dims.evaluate(dim, {**dict.fromkeys(symbols, 1), **sizes}) for dim in known)
        values = _random(rng, shape, DTYPES[port.dtype], port)
        arrays[port.name] = shown(port, values % (len(port.strings) + 1)) if port.strings else values
    return arrays


def _random(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype, port: Port) -> np.ndarray:
    """Random values for an input. Raises ModelError where no array can be that large."""
    try:
        values = rng.standard_normal(shape) if dtype.kind in "fc" else rng.integers(0, 2 if dtype.kind == "b" else 10, shape)
        return np.asarray(values, dtype)
    except (MemoryError, ValueError, OverflowError):
        raise ModelError(f"there are no random values of shape {list(shape)} for input '{port.name}': no array can be that large") from None


def write_npz(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An npz file, whole or not at all; equal arrays give equal bytes. Types that numpy lacks are kept as the integers that hold their bits."""
    try:
        with whole_file(path) as whole, zipfile.ZipFile(whole, "w") as file:
            for name, array in arrays.items():
                with file.open(zipfile.ZipInfo(f"{name}.npy", _EARLIEST), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, plain(np.asanyarray(array)), allow_pickle=False)
    except OSError as e:
        raise ModelError(f"{path}: {e.strerror or e}") from None


def arrays_in(values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Outputs as arrays: the elements of a sequence as y.0, y.1, ..., strings as numpy's, an absent optional not at all."""
    out: dict[str, np.ndarray] = {}
    for name, value in values.items():
        if isinstance(value, list | tuple):
            out |= arrays_in({f"{name}.{i}": each for i, each in enumerate(value)})
        elif value is not None:
            array = np.asarray(value)
            out[name] = array.astype(np.str_) if array.dtype == object else array
    return out


def describe(name: str, array: np.ndarray) -> str:
    """One line about an array: type, shape, range and the first values."""
    first = array.reshape(-1)[:4].tolist() if array.dtype.kind != "c" else ()
    head = " ".join(repr(v) if isinstance(v, str) else f"{v:.6g}" for v in first)
    line = f"{name}: {array.dtype.name}[{', '.join(map(str, array.shape))}]"
    if not array.size:
        return f"{line} (empty)"
    if array.dtype.kind in "fiu":
        line += f" min {np.nanmin(array):.6g} max {np.nanmax(array):.6g} mean {np.nanmean(array, dtype=np.float64):.6g}"
        odd = array.size - int(np.isfinite(array).sum()) if array.dtype.kind == "f" else 0
        line += f" not finite {odd}" if odd else ""
    return f"{line} values {head}{' ...' if array.size > 4 else ''}" if head else line


RTOL, ATOL = 1e-3, 1e-5
_STRINGS = "OUST"  # the kinds of arrays that hold strings


def differ(got: np.ndarray, ref: np.ndarray) -> str:
    """What keeps two results from being compared at all, "" for nothing."""
    if got.shape != ref.shape:
        return f"shape {list(got.shape)} instead of {list(ref.shape)}"
    strings = got.dtype.kind in _STRINGS and ref.dtype.kind in _STRINGS  # of any length
    return "" if strings or got.dtype == ref.dtype else f"element type {got.dtype.name} instead of {ref.dtype.name}"


def contract(got: np.ndarray, ref: np.ndarray) -> tuple[float, float]:
    """The largest error, and the largest as a share of what the numerics contract allows: |got - ref| <= RTOL * |ref| + ATOL * max|ref|.

    Both are infinite where shape, element type or the places of NaNs and infinities differ. Integers, truth values and strings have no tolerance:
    an index, a label or a token is right or wrong.
    """
    if differ(got, ref):
        return float("inf"), float("inf")
    if plain(ref) is not ref:
        got, ref = got.astype(np.float32), ref.astype(np.float32)
    if ref.dtype.kind not in "fc":
        return _exact(got, ref)
    if not np.array_equal(np.where(np.isfinite(got), 0, got), np.where(np.isfinite(ref), 0, ref), equal_nan=True):
        return float("inf"), float("inf")
    finite = np.isfinite(ref)
    wide = np.complex128 if ref.dtype.kind == "c" else np.float64
    error, size = np.abs(got[finite].astype(wide) - ref[finite].astype(wide)), np.abs(ref[finite].astype(wide))
    if not error.any():
        return 0.0, 0.0
    allowed = np.maximum(RTOL * size + ATOL * size.max(), np.finfo(np.float64).tiny)
    return float(error.max()), float((error / allowed).max())


def _exact(got: np.ndarray, ref: np.ndarray) -> tuple[float, float]:
    """The largest difference of integers, and whether there is one: 0 or infinitely much of what is allowed. Strings differ or do not."""
    if got.tolist() == ref.tolist() if ref.dtype.kind in _STRINGS else np.array_equal(got, ref):
        return 0.0, 0.0
    if ref.dtype.kind not in "biu":
        return float("inf"), float("inf")
    larger, smaller = np.maximum(got, ref), np.minimum(got, ref)
    return float((larger.astype(np.uint64) - smaller.astype(np.uint64)).max()), float("inf")
