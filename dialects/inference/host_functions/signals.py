"""Spectra, windows, filter banks."""

from __future__ import annotations

import numpy as np

from inferir.core.ranges import checked_shape
from inferir.dialects.inference.host import host_function


@host_function("dft")
def dft(
    x: np.ndarray, length: np.ndarray | None = None, axis: np.ndarray | None = None, *, inverse: int, onesided: int, at: int = -2
) -> np.ndarray:
    """ONNX DFT-20: x [..., 1 or 2], real or complex; the spectrum as [..., 2] (or [..., 1] of an inverse one-sided one)."""
    along = at if axis is None else int(axis.reshape(-1)[0])
    along = along % x.ndim
    signal = x[..., 0] + (1j * x[..., 1] if x.shape[-1] == 2 else 0)
    if inverse and onesided:
        count = 2 * (signal.shape[along] - 1) if length is None else int(length.reshape(-1)[0])
        return np.fft.irfft(signal, count, along)[..., None].astype(x.dtype)
    count = signal.shape[along] if length is None else int(length.reshape(-1)[0])
    spectrum = (np.fft.ifft if inverse else np.fft.fft)(signal, count, along)
    if onesided:
        spectrum = spectrum.take(range(count // 2 + 1), along)
    return np.stack([spectrum.real, spectrum.imag], axis=-1).astype(x.dtype)


@host_function("stft")
def stft(
    x: np.ndarray, step: np.ndarray, window: np.ndarray | None = None, length: np.ndarray | None = None, *, onesided: int
) -> np.ndarray:
    """ONNX STFT-17: spectra of frames of x [B, n, 1 or 2]: [B, frames, bins, 2]."""
    size = int(length.reshape(-1)[0]) if length is not None else window.shape[0] if window is not None else x.shape[1]
    hop = int(step.reshape(-1)[0])
    weights = np.ones(size, x.dtype) if window is None else window
    frames = [x[:, i * hop : i * hop + size] * weights[:, None] for i in range(1 + (x.shape[1] - size) // hop)]
    return dft(np.stack(frames, axis=1), inverse=0, onesided=onesided, at=2)


_WINDOWS = {"hann": (0.5, 0.5, 0.0), "hamming": (25 / 46, 21 / 46, 0.0), "blackman": (0.42, 0.5, 0.08)}


@host_function("window")
def window_of(size: np.ndarray, shape: str, periodic: int) -> np.ndarray:
    """A Hann, Hamming or Blackman window."""
    (n,) = checked_shape(size.reshape(-1)[:1], 8)
    a, b, c = _WINDOWS[shape]
    angle = 2 * np.pi * np.arange(n) / (n if periodic else max(n - 1, 1))
    return a - b * np.cos(angle) + c * np.cos(2 * angle)


@host_function("mel_weights")
def mel_weights(bands: np.ndarray, length: np.ndarray, rate: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """ONNX MelWeightMatrix-17: triangles on the mel scale, [bins, bands]."""
    count, size, speed = int(bands), int(length), int(rate)
    bins = size // 2 + 1
    checked_shape((bins, count), 8)
    ends = [2595 * np.log10(1 + float(f) / 700) for f in (low, high)]
    mels = np.arange(count + 2) * ((ends[1] - ends[0]) / (count + 2)) + ends[0]
    places = ((700 * (np.power(10, mels / 2595) - 1)) * (size + 1) // speed).astype(np.int64)
    out = np.zeros((bins, count))
    for i in range(count):
        first, centre, last = places[i : i + 3]
        if centre == first:
            out[centre, i] = 1
        else:
            out[first : centre + 1, i] = (np.arange(first, centre + 1) - first) / (centre - first)
        if last > centre:
            out[centre:last, i] = (last - np.arange(centre, last)) / (last - centre)
    return out


@host_function("det")
def det(x: np.ndarray) -> np.ndarray:
    """Determinants of the last two dimensions."""
    return np.asarray(np.linalg.det(x))
