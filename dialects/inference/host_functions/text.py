"""Strings: tensors of Python strings."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from inferir.dialects.inference.host import host_function


def texts(x: np.ndarray) -> np.ndarray:
    """Bytes as text."""
    flat = [v.decode() if isinstance(v, bytes) else str(v) for v in x.reshape(-1)]
    out = np.empty(len(flat), object)
    out[:] = flat
    return out.reshape(x.shape)


@host_function("strings")
def strings(values: object, shape: tuple[int, ...]) -> np.ndarray:
    """A constant tensor of strings."""
    flat = list(values) if isinstance(values, list | tuple) else [values]
    out = np.empty(len(flat), object)
    out[:] = flat
    return out.reshape(shape)


@host_function("string_equal")
def equal(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether strings are equal."""
    return np.asarray(texts(a) == texts(b), np.bool_)


@host_function("string_concat")
def concat(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Strings one after the other."""
    return np.asarray(texts(a) + texts(b), object)


@host_function("string_cast")
def cast(x: np.ndarray) -> np.ndarray:
    """Numbers as strings, strings as numbers."""
    if x.dtype.kind not in "OUST":
        return np.array([_shown(v) for v in x.reshape(-1)], object).reshape(x.shape)
    return np.array([float(v) for v in texts(x).reshape(-1)], np.float64).reshape(x.shape)


def _shown(value: np.generic) -> str:
    if value.dtype.kind in "iu":
        return str(int(value))
    number = float(value)
    if np.isnan(number):
        return "NaN"
    if np.isinf(number):
        return "INF" if number > 0 else "-INF"
    return (
        np.format_float_positional(np.float32(value), trim="-")
        if 1e-4 <= abs(number) < 1e16 or number == 0
        else repr(np.float32(value).item())
    )


@host_function("regex_full_match")
def regex_full_match(x: np.ndarray, pattern: str) -> np.ndarray:
    """Whether whole strings match."""
    found = re.compile(pattern)
    return np.array([found.fullmatch(v) is not None for v in texts(x).reshape(-1)], np.bool_).reshape(x.shape)


@host_function("string_split")
def split(x: np.ndarray, delimiter: str | None = None, maxsplit: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """ONNX StringSplit-20: the parts, filled up with empty strings, and how many there are."""
    parts = [v.split(delimiter or None, -1 if maxsplit is None else maxsplit) for v in texts(x).reshape(-1)]
    widest = max((len(p) for p in parts), default=0)
    out = np.full((len(parts), widest), "", object)
    for row, part in zip(out, parts, strict=True):
        row[: len(part)] = part
    return out.reshape(*x.shape, widest), np.array([len(p) for p in parts], np.int64).reshape(x.shape)


@host_function("string_normalize")
def normalize(
    x: np.ndarray, *, case_change: str, case_sensitive: int, stopwords: list[str] | tuple[str, ...] = (), language: str | None = None
) -> np.ndarray:
    """ONNX StringNormalizer-10: stop words out, then all in one case."""
    del language
    change = {"LOWER": str.lower, "UPPER": str.upper}.get(case_change, str)
    stop = set(stopwords) if case_sensitive else {w.lower() for w in stopwords}
    rows = [[change(w) for w in row if (w if case_sensitive else w.lower()) not in stop] for row in texts(x).reshape(-1, x.shape[-1])]
    rows = [row or [""] for row in rows]
    out = np.full((len(rows), max(len(r) for r in rows)), "", object)
    for target, row in zip(out, rows, strict=True):
        target[: len(row)] = row
    return out[0] if x.ndim == 1 else out


@host_function("tf_idf")
def tf_idf(
    x: np.ndarray,
    *,
    mode: str,
    min_length: int,
    max_length: int,
    max_skip: int,
    starts: tuple[int, ...],
    places: tuple[int, ...],
    pool: tuple[int, ...] | list[str],
    weights: tuple[float, ...] | None = None,
) -> np.ndarray:
    """ONNX TfIdfVectorizer-9: counts of n-grams of each row."""
    grams: dict[tuple[object, ...], int] = {}
    ends = [*starts[1:], len(pool)]
    for length, (first, last) in enumerate(zip(starts, ends, strict=True), 1):
        for at in range(first, last, length):
            grams[tuple(pool[at : at + length])] = len(grams)
    out = np.zeros((1 if x.ndim == 1 else x.shape[0], max(places) + 1), np.float32)
    rows = (texts(x) if x.dtype.kind in "OUST" else x).reshape(out.shape[0], -1)
    factors = weights if weights is not None else (1.0,) * len(grams)
    for target, row in zip(out, rows.tolist(), strict=True):
        found: Counter[int] = Counter()
        for length in range(min_length, max_length + 1):
            for skip in range(1, (max_skip + 1 if length > 1 else 1) + 1):
                for at in range(len(row) - (length - 1) * skip):
                    gram = grams.get(tuple(row[at : at + (length - 1) * skip + 1 : skip]))
                    if gram is not None:
                        found[gram] += 1
        for gram, count in found.items():
            target[places[gram]] = {"TF": count, "IDF": factors[gram], "TFIDF": count * factors[gram]}[mode]
    return out[0] if x.ndim == 1 else out
