"""Element types at the door of a compiled model: how the caller's arrays and lists become what the model reads, and its results what the caller reads.

Native code sees an element type that numpy lacks as the integers that hold its bits. A caller may pass these, or arrays of a package that adds
the type to numpy (ml_dtypes); results have that package's type once it is loaded, and are integers until then. Such types are known by the name
under which the package registers them with numpy: nothing here imports it.
"""

from typing import Any

import numpy as np

from inferir.backends.runtime.program import CODES, DTYPES, STRING, ModelError, Port

NUMPY_NAMES = {
    "bf16": "bfloat16",
    "f8E4M3FN": "float8_e4m3fn",
    "f8E5M2": "float8_e5m2",
    "f8E4M3FNUZ": "float8_e4m3fnuz",
    "f8E5M2FNUZ": "float8_e5m2fnuz",
    "f8E8M0FNU": "float8_e8m0fnu",
    "f4E2M1FN": "float4_e2m1fn",
    "i4": "int4",
    "ui4": "uint4",
    "i2": "int2",
    "ui2": "uint2",
}
"""The names that packages register with numpy for the types it lacks, by their MLIR spelling."""
_BITS = {name: DTYPES[element] for element, name in NUMPY_NAMES.items()}


def registered(element: str) -> np.dtype | None:
    """The dtype of an element type that numpy lacks; None where no loaded package adds it, and for all other types."""
    name = NUMPY_NAMES.get(element)
    if name is None:
        return None
    try:
        return np.dtype(name)
    except TypeError:
        return None


def read(port: Port, value: Any) -> np.ndarray:
    """An array or nested lists as an array of the port's `DTYPES`, or of strings. Raises ModelError for another type, rank or fixed dimension."""
    array = _strings(port, value) if port.strings or port.dtype == STRING else _numbers(port, value)
    if array.ndim != len(port.dims):
        raise ModelError(f"input '{port.name}' has shape {list(array.shape)} of rank {array.ndim}, the model takes {port}")
    for size, dim in zip(array.shape, port.dims, strict=True):
        if size != dim and isinstance(dim, int):
            raise ModelError(f"input '{port.name}' has shape {list(array.shape)}, the model takes {port}")
    return encoded(port, array) if port.strings else array


def encoded(port: Port, texts: np.ndarray) -> np.ndarray:
    """The codes of strings."""
    codes = port.codes
    return np.array([codes.get(text, 0) for text in texts.reshape(-1).tolist()], DTYPES[CODES]).reshape(texts.shape)


def as_array(port: Port, value: Any, dtype: np.dtype | None = None) -> np.ndarray:
    """What numpy makes of a value, of one that only speaks DLPack too. Whatever goes wrong in the value's own code is a ModelError."""
    try:
        if hasattr(value, "__dlpack__") and not hasattr(value, "__array__") and not hasattr(value, "__array_interface__"):
            value = np.from_dlpack(value)
        return np.asarray(value, dtype)
    except MemoryError:
        raise ModelError(f"input '{port.name}' cannot be read: there is not enough memory for it") from None
    except Exception as e:  # noqa: BLE001  (a value may be of any class and raise anything)
        why = " ".join(str(e).split())[:200] or type(e).__name__
        raise ModelError(
            f"input '{port.name}' cannot be read as {'strings' if port.strings or port.dtype == STRING else port.dtype}: {why}"
        ) from None


def shown(port: Port, value: Any) -> Any:
    """A result in the dtype that a loaded package gives its element type, or as strings where it holds their codes; as it is otherwise."""
    if port.strings:
        return value if value.dtype == object else port.texts[value]
    dtype = registered(port.dtype)
    return value if dtype is None else value.view(dtype)


def plain(array: np.ndarray) -> np.ndarray:
    """The integers that hold the bits of an array whose type a package adds to numpy; any other array as it is."""
    name = array.dtype.name
    return array.view(_BITS[name]) if name in _BITS else array


def _numbers(port: Port, value: Any) -> np.ndarray:
    """Arrays must have the port's type; lists are converted where no number changes its kind."""
    dtype = DTYPES[port.dtype]
    if not hasattr(value, "dtype") and not hasattr(value, "__dlpack__"):
        return _listed(port, value, dtype)
    array = as_array(port, value)
    if array.dtype == dtype:
        return array
    stored = array.dtype.kind == "V" and array.dtype.fields is None and array.dtype.name == f"void{8 * dtype.itemsize}"
    if port.dtype in NUMPY_NAMES and (array.dtype.name == NUMPY_NAMES[port.dtype] or stored):  # npz files keep the bits, not the name
        return array.view(dtype)
    raise ModelError(f"input '{port.name}' has element type {array.dtype}, the model takes {port.dtype} ({dtype.name})")


def _listed(port: Port, value: Any, dtype: np.dtype) -> np.ndarray:
    if port.dtype not in NUMPY_NAMES:
        given = as_array(port, value)
        whole = dtype.kind not in "iu" or not given.size or given.dtype.kind in "biu"
        array = as_array(port, value, dtype)
    elif (named := registered(port.dtype)) is not None:
        return as_array(port, as_array(port, value), named).view(dtype)
    else:
        raise ModelError(
            f"input '{port.name}' cannot be read as {port.dtype}: numpy lacks this type; give an array of ml_dtypes, or of its bits as {dtype.name}"
        )
    if not whole:
        raise ModelError(f"input '{port.name}' cannot be read as {port.dtype}: its numbers are not integers")
    return array


def _strings(port: Port, value: Any) -> np.ndarray:
    """Strings and bytes, in lists or in any array that holds them, as Python strings."""
    array = as_array(port, value)
    flat = array.reshape(-1).tolist()
    out = np.empty(len(flat), object)
    try:
        out[:] = [each.decode() if isinstance(each, bytes) else each for each in flat]
    except UnicodeDecodeError as e:
        raise ModelError(f"input '{port.name}' cannot be read as strings: {e}") from None
    odd = [each for each in flat if not isinstance(each, str | bytes)]
    if odd:
        raise ModelError(f"input '{port.name}' has element type {array.dtype}, the model takes strings (an element is {odd[0]!r})")
    return out.reshape(array.shape)
