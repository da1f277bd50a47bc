"""Operators that run on the host: sampling, spectra, strings, random numbers, optimisers."""

from __future__ import annotations

from typing import Any

from xdsl.dialects.builtin import ArrayAttr, TensorType, f32, i1, i64
from xdsl.ir import Attribute, SSAValue

from inferir.dialects.framework.onnx.types import ONNX_ELEMENTS
from inferir.dialects.framework.types import STRING
from inferir.passes.framework.lowering import Lowering, lowering
from inferir.passes.framework.onnx_rules.elementwise import attr


def of_rank(lo: Lowering, x: SSAValue, rank: int, element: Attribute | None = None) -> Attribute:
    """A tensor type of x's element type whose dimensions are not known."""
    return TensorType(element if element is not None else lo.element(x), [-1] * rank)


@lowering("onnx", "GridSample")
def grid_sample(op: Any, lo: Lowering) -> Any:
    """The host function; version 16 names the modes otherwise"""
    x, grid = lo.operands(2)
    mode = {"bilinear": "linear", "bicubic": "cubic"}.get(op.get("mode"), op.get("mode"))
    shape = (*lo.shape(x)[:2], *lo.shape(grid)[1:-1])
    result = TensorType(lo.element(x), shape)
    return lo.host(
        "grid_sample", [x, grid], [result], mode=mode, padding_mode=op.get("padding_mode"), align_corners=op.get("align_corners")
    )


@lowering("onnx", "AffineGrid")
def affine_grid(op: Any, lo: Lowering) -> Any:
    """The host function"""
    theta, size = lo.operands(2)
    rank = lo.shape(theta)[1] + 2
    return lo.host("affine_grid", [theta, size], [of_rank(lo, theta, rank)], align_corners=op.get("align_corners"))


@lowering("onnx", "RoiAlign")
def roi_align(op: Any, lo: Lowering) -> Any:
    """The host function; version 10 has no half pixel"""
    x, rois, batch = lo.operands(3)
    height, width = op.get("output_height"), op.get("output_width")
    return lo.host(
        "roi_align",
        [x, rois, batch],
        [TensorType(lo.element(x), [lo.shape(rois)[0], lo.shape(x)[1], height, width])],
        height=height,
        width=width,
        ratio=op.get("sampling_ratio"),
        scale=op.get("spatial_scale"),
        mode=op.get("mode"),
        half_pixel=int(attr(op, "coordinate_transformation_mode", "output_half_pixel") == "half_pixel"),
    )


@lowering("onnx", "MaxRoiPool")
def max_roi_pool(op: Any, lo: Lowering) -> Any:
    """The host function"""
    x, rois = lo.operands(2)
    result = TensorType(lo.element(x), [lo.shape(rois)[0], lo.shape(x)[1], *op.get("pooled_shape")])
    return lo.host("max_roi_pool", [x, rois], [result], pooled=op.get("pooled_shape"), scale=op.get("spatial_scale"))


def window_of(op: Any, n: int) -> dict[str, Any]:
    """strides, pads and dilations with their defaults."""
    return {
        "strides": tuple(attr(op, "strides") or (1,) * n),
        "pads": tuple(attr(op, "pads") or (0,) * (2 * n)),
        "dilations": tuple(attr(op, "dilations") or (1,) * n),
    }


@lowering("onnx", "DeformConv")
def deform_conv(op: Any, lo: Lowering) -> Any:
    """The host function"""
    x, w, offset, bias, mask = lo.operands(5)
    n = lo.rank(x) - 2
    result = TensorType(lo.element(x), [lo.shape(x)[0], lo.shape(w)[0], *lo.shape(offset)[2:]])
    config = {"groups": op.get("group"), "offset_groups": op.get("offset_group"), **window_of(op, n)}
    return lo.host("deform_conv", [x, w, offset, bias, mask], [result], **config)


@lowering("onnx", "Col2Im")
def col2im(op: Any, lo: Lowering) -> Any:
    """The host function"""
    x, image, block = lo.operands(3)
    n = lo.shape(image)[0]
    given = {name: attr(op, name) for name in ("strides", "pads", "dilations")}
    return lo.host("col2im", [x, image, block], [of_rank(lo, x, n + 2) if n >= 0 else lo.element(x)], **given)


@lowering("onnx", "MaxUnpool")
def max_unpool(op: Any, lo: Lowering) -> Any:
    """The host function"""
    x = op.operands[0]
    kernel = tuple(op.get("kernel_shape"))
    config = {k: v for k, v in window_of(op, len(kernel)).items() if k != "dilations"}
    return lo.host("max_unpool", lo.operands(3), [of_rank(lo, x, lo.rank(x))], kernel=kernel, **config)


@lowering("onnx", "HannWindow", "HammingWindow", "BlackmanWindow")
def signal_window(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (size,) = lo.operands(1)
    element = ONNX_ELEMENTS[op.get("output_datatype")][1]
    shape = op.schema.name.removesuffix("Window").lower()
    return lo.host("window", [size], [TensorType(element, [-1])], shape=shape, periodic=op.get("periodic"))


@lowering("onnx", "MelWeightMatrix")
def mel_weight_matrix(op: Any, lo: Lowering) -> Any:
    """The host function"""
    return lo.host("mel_weights", lo.operands(5), [TensorType(ONNX_ELEMENTS[op.get("output_datatype")][1], [-1, -1])])


@lowering("onnx", "Det")
def det(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    return lo.host("det", [x], [TensorType(lo.element(x), lo.shape(x)[:-2])])


@lowering("onnx", "StringConcat")
def string_concat(op: Any, lo: Lowering) -> Any:
    """The host function"""
    return lo.host("string_concat", lo.operands(2), [STRING])


@lowering("onnx", "StringSplit")
def string_split(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    kinds = [TensorType(STRING, [*lo.shape(x), -1]), TensorType(i64, lo.shape(x))]
    return lo.results_of(lo.host("string_split", [x], kinds, delimiter=op.get("delimiter"), maxsplit=op.get("maxsplit")))


@lowering("onnx", "RegexFullMatch")
def regex_full_match(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    return lo.host("regex_full_match", [x], [TensorType(i1, lo.shape(x))], pattern=op.get("pattern"))


@lowering("onnx", "StringNormalizer")
def string_normalizer(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    words = op.properties.get("stopwords", ArrayAttr([]))
    config = {"case_change": op.get("case_change_action"), "case_sensitive": op.get("is_case_sensitive"), "stopwords": words}
    return lo.host("string_normalize", [x], [of_rank(lo, x, lo.rank(x))], **config)


@lowering("onnx", "TfIdfVectorizer")
def tf_idf(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    pool = op.properties.get("pool_strings", op.properties.get("pool_int64s"))
    weights = op.get("weights")
    return lo.host(
        "tf_idf",
        [x],
        [TensorType(f32, [-1] * lo.rank(x))],
        mode=op.get("mode"),
        min_length=op.get("min_gram_length"),
        max_length=op.get("max_gram_length"),
        max_skip=op.get("max_skip_count"),
        starts=op.get("ngram_counts"),
        places=op.get("ngram_indexes"),
        pool=pool,
        weights=None if weights is None else tuple(float(w) for w in weights),
    )


def _random_type(op: Any, like: SSAValue | None, lo: Lowering) -> Attribute:
    named = attr(op, "dtype", 1 if like is None else None)
    return lo.element(like) if named is None and like is not None else ONNX_ELEMENTS[named or 1][1]


def _range(op: Any) -> dict[str, Any]:
    uniform = "Uniform" in op.schema.name
    a, b = (op.get("low"), op.get("high")) if uniform else (op.get("mean"), op.get("scale"))
    return {"kind": "uniform" if uniform else "normal", "a": float(a), "b": float(b), "seed": op.get("seed")}


@lowering("onnx", "RandomNormal", "RandomUniform")
def random(op: Any, lo: Lowering) -> Any:
    """The host function"""
    shape = tuple(op.get("shape"))
    return lo.host("random", [], [TensorType(_random_type(op, None, lo), shape)], shape=shape, **_range(op))


@lowering("onnx", "RandomNormalLike", "RandomUniformLike")
def random_like(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    return lo.host("random_like", [x], [TensorType(_random_type(op, x, lo), lo.shape(x))], **_range(op))


@lowering("onnx", "Bernoulli")
def bernoulli(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    return lo.host("random_like", [x], [TensorType(_random_type(op, x, lo), lo.shape(x))], kind="bernoulli", seed=op.get("seed"))


@lowering("onnx", "Multinomial")
def multinomial(op: Any, lo: Lowering) -> Any:
    """The host function"""
    (x,) = lo.operands(1)
    kind = ONNX_ELEMENTS[op.get("dtype")][1]
    count = op.get("sample_size")
    return lo.host("multinomial", [x], [TensorType(kind, [lo.shape(x)[0], count])], count=count, seed=op.get("seed"))
