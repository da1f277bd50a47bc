"""Write the cases of torch's operators, `data/aten.zip`: one small program a case, its inputs and what torch computes.

    python tests/conformance/generate_aten.py          # in an environment that has torch; neither inferir nor anything of ours is imported

A case calls one overload of one operator, so that the program has that node. Members of the archive: `<case>.json`, the graph as torch.export saves it
without its stack traces, and `<case>.npz`, `in0, in1, ...` and `out0, out1, ...`. `aten_cases.py` makes a `.pt2` of them.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ARCHIVE = Path(__file__).parent / "data/aten.zip"
torch: Any = __import__("torch")
tree: Any = __import__("torch.utils._pytree", fromlist=["tree_map"])


class Program(torch.nn.Module):
    """Calls one operator; its tensors are the inputs."""

    def __init__(self, op: Any, args: Any, kwargs: Any):
        super().__init__()
        self.op = op
        leaves, self.spec = tree.tree_flatten((args, kwargs))
        self.leaves = [None if isinstance(v, torch.Tensor) else v for v in leaves]
        self.places = [i for i, v in enumerate(leaves) if isinstance(v, torch.Tensor)]
        self.given = [leaves[i] for i in self.places]

    def forward(self, *tensors: Any) -> Any:
        leaves = list(self.leaves)
        for place, value in zip(self.places, tensors, strict=True):
            leaves[place] = value
        args, kwargs = tree.tree_unflatten(leaves, self.spec)
        result = self.op(*args, **kwargs)
        return tuple(r for r in result if r is not None) if isinstance(result, list | tuple) else result


def T(*shape: int, low: float = -2.0, high: float = 2.0, dtype: Any = None) -> Any:
    """Random numbers."""
    if dtype in (torch.int64, torch.int32, torch.uint8):
        return torch.randint(int(low), int(high), shape, dtype=dtype)
    if dtype is torch.bool:
        return torch.rand(shape) > 0.5
    return (torch.rand(shape) * (high - low) + low).to(dtype or torch.float32)


def I(*shape: int, below: int = 3, low: int = 0) -> Any:
    """Random indices."""
    return torch.randint(low, below, shape)


def B(*shape: int) -> Any:
    """Random truth values."""
    return T(*shape, dtype=torch.bool)


def P(*shape: int) -> Any:
    """Positive numbers."""
    return T(*shape, low=0.1, high=3.0)


Case = tuple[str, tuple[Any, ...], dict[str, Any]]


def c(name: str, *args: Any, **kwargs: Any) -> Case:
    """A case of an overload."""
    return name, args, kwargs


def elementwise() -> Iterator[Case]:
    """Arithmetic, functions, comparisons, bits."""
    for name in ("abs", "neg", "exp", "sigmoid", "tanh", "relu", "sin", "cos", "tan", "asinh", "atan", "sinh", "cosh", "erf", "expm1", "floor", "ceil",
                 "round", "trunc", "sign", "silu", "gelu", "mish", "hardswish", "hardsigmoid", "elu", "celu", "selu", "leaky_relu", "relu6", "hardtanh",
                 "softplus", "log_sigmoid", "hardshrink", "softshrink", "square", "frac", "exp2", "erfc", "deg2rad", "rad2deg", "isnan", "isfinite",
                 "isinf", "logical_not", "clone", "alias", "detach", "positive", "negative", "special_expm1", "sinc", "nan_to_num", "sgn", "signbit"):  # fmt: skip
        yield c(name, T(3, 4))
    for name in ("log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "acosh"):
        yield c(name, P(3, 4) + (1 if name == "acosh" else 0))
    for name in ("asin", "acos", "atanh"):
        yield c(name, T(3, 4, low=-0.9, high=0.9))
    yield c("logit", T(3, 4, low=0.1, high=0.9), 1e-6)
    yield c("round.decimals", T(3, 4), decimals=1)
    yield c("gelu", T(5), approximate="tanh")
    yield c("softplus", T(9, low=-9, high=9), 2, 5)
    yield c("abs", T(5, low=-5, high=5, dtype=torch.int64))
    for name in ("add.Tensor", "sub.Tensor", "mul.Tensor", "div.Tensor", "maximum", "minimum", "atan2", "remainder.Tensor", "fmod.Tensor", "hypot",
                 "logaddexp", "logaddexp2", "copysign.Tensor", "fmax", "fmin", "eq.Tensor", "ne.Tensor", "lt.Tensor", "le.Tensor", "gt.Tensor",
                 "ge.Tensor", "logical_and", "logical_or", "logical_xor"):  # fmt: skip
        yield c(name, T(3, 4), T(4))
    for name in ("add.Scalar", "sub.Scalar", "mul.Scalar", "div.Scalar", "remainder.Scalar", "fmod.Scalar", "eq.Scalar", "ne.Scalar", "lt.Scalar", "le.Scalar",
                 "gt.Scalar", "ge.Scalar", "pow.Tensor_Scalar", "rsub.Scalar", "leaky_relu", "clamp_min", "clamp_max"):  # fmt: skip
        yield c(name, P(3, 4), 1.5)
    yield c("add.Tensor", T(3, dtype=torch.int64, high=9), T(3), alpha=2)
    yield c("add.Tensor", I(4, below=9), I(4, below=9), alpha=3)
    yield c("rsub.Tensor", T(3), T(3), alpha=2)
    yield c("mul.Tensor", B(4), B(4))
    yield c("div.Tensor", I(4, below=9), I(4, below=9, low=1))
    for mode in ("floor", "trunc"):
        yield c("div.Tensor_mode", T(7, low=-9, high=9), P(7), rounding_mode=mode)
        yield c("div.Tensor_mode", T(7, low=-9, high=9, dtype=torch.int64), I(7, below=5, low=1), rounding_mode=mode)
        yield c("div.Scalar_mode", T(7, low=-9, high=9), 1.5, rounding_mode=mode)
    yield c("floor_divide", T(7, low=-9, high=9), P(7))
    yield c("remainder.Tensor", T(7, low=-9, high=9, dtype=torch.int64), torch.tensor([2, -3, 4, -5, 3, -2, 7]))
    yield c("fmod.Tensor", T(7, low=-9, high=9, dtype=torch.int64), torch.tensor([2, -3, 4, -5, 3, -2, 7]))
    yield c("remainder.Scalar_Tensor", 5, torch.tensor([2.0, -3.0]))
    yield c("pow.Tensor_Tensor", P(3, 4), T(4))
    yield c("pow.Scalar", 2.0, T(4))
    for exponent in (2, 3, 0.5, -1):
        yield c("pow.Tensor_Scalar", P(4), exponent)
    yield c("xlogy.Tensor", P(4), P(4))
    yield c("clamp", T(9), -1, 1)
    yield c("clamp", T(9, low=-9, high=9, dtype=torch.int64), 0, 5)
    yield c("clamp.Tensor", T(3, 4), T(4) - 1, T(4) + 1)
    yield c("hardtanh", T(9, low=-9, high=9), -3, 4)
    yield c("threshold", T(9), 0.5, 7.0)
    yield c("prelu", T(2, 3, 4), T(3))
    yield c("glu", T(2, 6))
    yield c("addcmul", T(3), T(3), T(3), value=2)
    yield c("addcdiv", T(3), T(3), P(3), value=2)
    yield c("lerp.Scalar", T(3), T(3), 0.3)
    yield c("lerp.Tensor", T(3), T(3), T(3))
    yield c("heaviside", torch.tensor([-1.0, 0.0, 2.0]), T(3))
    yield c("rrelu", T(5))
    for name in ("and", "or", "xor"):
        yield c(f"bitwise_{name}.Tensor", I(5, below=99), I(5, below=99))
        yield c(f"bitwise_{name}.Tensor", B(5), B(5))
        yield c(f"bitwise_{name}.Scalar", I(5, below=99), 13)
    yield c("bitwise_not", I(5, below=99))
    yield c("bitwise_not", B(5))
    yield c("bitwise_left_shift.Tensor", I(5, below=9), I(5))
    yield c("bitwise_right_shift.Tensor", T(5, low=-99, high=99, dtype=torch.int64), I(5))
    yield c("where.self", B(3, 4), T(3, 4), T(4))
    yield c("where.ScalarOther", B(3, 4), T(3, 4), 2.0)
    yield c("masked_fill.Scalar", T(3, 4), B(4), -1.0)
    yield c("masked_fill.Tensor", T(3, 4), B(4), torch.tensor(2.0))
    yield c("isclose", T(4), T(4))
    yield c("eq.Tensor", I(4), T(4))
    yield c("eq.Tensor", B(4), B(4))
    yield c("lt.Scalar", I(4), 1.5)
    for dtype in (torch.int64, torch.float64, torch.bool, torch.float16):
        yield c("_to_copy", T(5, low=-9, high=9), dtype=dtype)
        yield c("to.dtype", T(5, low=-9, high=9), dtype)
    yield c("type_as", T(3), I(3))
    yield c("copy", T(3, 4), T(4))
    yield c("contiguous", T(3, 4))
    yield c("dropout", T(3), 0.5, False)
    yield c("native_dropout", T(3), 0.5, False)


def products() -> Iterator[Case]:
    """Matrix products, convolutions, attention."""
    yield c("linear", T(2, 3, 4), T(5, 4), T(5))
    yield c("linear", T(3, 4), T(5, 4))
    yield c("mm", T(3, 4), T(4, 5))
    yield c("bmm", T(2, 3, 4), T(2, 4, 5))
    yield c("matmul", T(2, 1, 3, 4), T(5, 4, 2))
    yield c("mv", T(3, 4), T(4))
    yield c("dot", T(4), T(4))
    yield c("addmm", T(5), T(3, 4), T(4, 5))
    yield c("addmm", T(3, 5), T(3, 4), T(4, 5), beta=0.5, alpha=2)
    yield c("baddbmm", T(2, 3, 5), T(2, 3, 4), T(2, 4, 5), beta=2)
    yield c("addmv", T(3), T(3, 4), T(4))
    yield c("addbmm", T(3, 5), T(2, 3, 4), T(2, 4, 5))
    yield c("addr", T(3), T(3), T(3))
    yield c("einsum", "bij,bjk->bik", [T(2, 3, 4), T(2, 4, 5)])
    yield c("outer", T(3), T(4))
    yield c("inner", T(2, 4), T(3, 4))
    yield c("tensordot", T(2, 3, 4), T(3, 4, 5), [1, 2], [0, 1])
    yield c("conv1d", T(2, 3, 9), T(4, 3, 3), T(4), [2], [1])
    yield c("conv2d", T(2, 4, 8, 8), T(6, 2, 3, 3), T(6), [2, 1], [1, 1], [1, 2], 2)
    yield c("conv2d", T(3, 8, 8), T(4, 3, 3, 3))
    yield c("conv2d.padding", T(1, 3, 8, 8), T(4, 3, 4, 3), None, [1, 1], "same")
    yield c("conv3d", T(1, 2, 5, 5, 5), T(3, 2, 2, 2, 2), T(3))
    yield c("convolution", T(1, 3, 8, 8), T(4, 3, 3, 3), T(4), [1, 1], [1, 1], [1, 1], False, [0, 0], 1)
    yield c("convolution", T(1, 4, 5, 5), T(4, 3, 3, 3), T(3), [2, 2], [1, 1], [1, 1], True, [1, 1], 1)
    yield c("conv_transpose1d", T(1, 3, 6), T(3, 2, 4), T(2), [2], [1])
    yield c("conv_transpose2d.input", T(1, 4, 5, 5), T(4, 3, 3, 3), T(3), [2, 2], [1, 1], [1, 1])
    yield c("scaled_dot_product_attention", T(2, 2, 5, 4), T(2, 2, 6, 4), T(2, 2, 6, 4))
    yield c("scaled_dot_product_attention", T(2, 2, 5, 4), T(2, 2, 5, 4), T(2, 2, 5, 4), None, 0.0, True)
    yield c("scaled_dot_product_attention", T(2, 2, 5, 4), T(2, 2, 6, 4), T(2, 2, 6, 4), T(5, 6), scale=0.3)
    yield c("scaled_dot_product_attention", T(2, 5, 4), T(2, 6, 4), T(2, 6, 4))
    yield c("scaled_dot_product_attention", T(1, 4, 5, 4), T(1, 2, 6, 4), T(1, 2, 6, 4), enable_gqa=True)
    yield c("cdist", T(3, 4), T(5, 4))
    yield c("_cdist_forward", T(3, 4), T(5, 4), 2.0, None)
    yield c("pairwise_distance", T(3, 4), T(3, 4))
    yield c("cosine_similarity", T(3, 4), T(3, 4))
    for order in (2, 1, 3, float("inf"), 0):
        yield c("linalg_vector_norm", T(3, 4), order, [1])
    yield c("norm.ScalarOpt_dim", T(3, 4), 2, [1], True)


def norms() -> Iterator[Case]:
    """Normalisations, softmax, losses."""
    yield c("batch_norm", T(2, 3, 4, 4), T(3), T(3), T(3), P(3), False, 0.1, 1e-5, False)
    yield c("_native_batch_norm_legit_no_training", T(2, 3, 4, 4), T(3), T(3), T(3), P(3), 0.1, 1e-5)
    yield c("_native_batch_norm_legit.no_stats", T(4, 3, 2), T(3), T(3), True, 0.1, 1e-5)
    yield c("layer_norm", T(2, 3, 4), [4], T(4), T(4))
    yield c("layer_norm", T(2, 3, 4), [3, 4])
    yield c("native_layer_norm", T(2, 3, 4), [4], T(4), T(4), 1e-5)
    yield c("rms_norm", T(2, 3, 4), [4], T(4), 1e-6)
    yield c("group_norm", T(2, 6, 4), 3, T(6), T(6))
    yield c("native_group_norm", T(2, 6, 4), T(6), T(6), 2, 6, 4, 3, 1e-5)
    yield c("instance_norm", T(2, 3, 5), None, None, None, None, True, 0.1, 1e-5, False)
    for name in ("softmax.int", "log_softmax.int"):
        yield c(name, T(3, 4), 1)
    for name in ("_softmax", "_log_softmax"):
        yield c(name, T(3, 4), 0, False)
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
        yield c(name, T(4), T(4))
    yield c("binary_cross_entropy", torch.rand(4), torch.rand(4))
    yield c("binary_cross_entropy_with_logits", T(4), torch.rand(4))


def pools() -> Iterator[Case]:
    """Pooling and resampling."""
    yield c("max_pool1d", T(2, 3, 9), [3], [2], [1])
    yield c("max_pool2d", T(2, 3, 9, 9), [3, 2], [2, 2], [1, 1], [1, 1], True)
    yield c("max_pool2d", T(3, 9, 9), [2, 2])
    yield c("max_pool2d_with_indices", T(2, 3, 6, 6), [2, 2])
    yield c("max_pool3d", T(1, 2, 6, 6, 6), [2, 2, 2])
    yield c("max_pool3d_with_indices", T(1, 2, 6, 6, 6), [2, 2, 2])
    yield c("avg_pool1d", T(2, 3, 9), [3], [2], [1])
    yield c("avg_pool2d", T(2, 3, 9, 9), [3, 3], [2, 2], [1, 1], False, False)
    yield c("avg_pool2d", T(2, 3, 9, 9), [3, 3], [2, 2], [1, 1], True)
    yield c("avg_pool3d", T(1, 2, 6, 6, 6), [2, 2, 2])
    for n in (1, 2, 3):
        yield c(f"adaptive_avg_pool{n}d", T(2, 3, *[6] * n), [1] * n)
        yield c(f"adaptive_avg_pool{n}d", T(2, 3, *[7] * n), [3] * n)
    yield c("_adaptive_avg_pool2d", T(2, 3, 6, 6), [3, 2])
    yield c("_adaptive_avg_pool3d", T(1, 2, 6, 6, 6), [3, 2, 1])
    yield c("upsample_nearest1d", T(1, 2, 5), [9])
    yield c("upsample_nearest2d", T(1, 2, 5, 4), [10, 9])
    yield c("upsample_nearest2d.vec", T(1, 2, 5, 4), None, [2.0, 2.0])
    yield c("_upsample_nearest_exact2d", T(1, 2, 5, 4), [8, 9])
    yield c("upsample_linear1d", T(1, 2, 5), [9], False)
    yield c("upsample_bilinear2d", T(1, 2, 5, 4), [10, 9], False)
    yield c("upsample_bilinear2d", T(1, 2, 5, 4), [10, 9], True)
    yield c("upsample_bilinear2d.vec", T(1, 2, 5, 4), None, False, [2.0, 1.5])
    yield c("upsample_bicubic2d", T(1, 2, 5, 4), [10, 9], False)
    yield c("upsample_trilinear3d", T(1, 2, 3, 3, 3), [6, 5, 4], False)
    yield c("pixel_shuffle", T(1, 8, 3, 3), 2)
    yield c("pixel_unshuffle", T(1, 2, 6, 6), 2)
    yield c("channel_shuffle", T(1, 6, 3, 3), 3)
    for mode in (0, 1):
        yield c("grid_sampler_2d", T(1, 2, 5, 5), T(1, 4, 4, 2, low=-1, high=1), mode, 0, False)
    yield c("grid_sampler", T(1, 2, 5, 5), T(1, 4, 4, 2, low=-1, high=1), 0, 1, True)


def reductions() -> Iterator[Case]:
    """Reductions, sorting, statistics."""
    for name in ("sum", "mean", "prod", "max", "min", "any", "all", "argmax", "argmin", "std", "var"):
        yield c(name, T(3, 4))
    for name in ("sum.dim_IntList", "mean.dim", "amax", "amin", "logsumexp"):
        yield c(name, T(3, 4, 2), [0, 2])
        yield c(name, T(3, 4, 2), [-1], True)
    for name in ("prod.dim_int", "max.dim", "min.dim", "any.dim", "all.dim", "argmax", "argmin", "cumsum", "cumprod", "median.dim"):
        yield c(name, T(3, 5), 1)
    yield c("any.dims", B(3, 4, 2), [0, 2])
    yield c("sum", I(3, 4))
    yield c("sum.dim_IntList", B(3, 4), [1])
    yield c("mean.dim", I(3, 4).to(torch.float64), [1])
    yield c("max.other", T(3), T(3))
    for name in ("var.correction", "std.correction", "var_mean.correction", "std_mean.correction"):
        yield c(name, T(3, 4), [1], correction=0)
    yield c("var.dim", T(3, 4), [1])
    yield c("aminmax", T(3, 4), dim=1)
    yield c("count_nonzero", I(3, 4))
    yield c("topk", T(3, 9), 4)
    yield c("topk", T(3, 9), 4, 0 - 1, False)
    yield c("sort", T(3, 9), 1)
    yield c("sort", T(3, 9), 0, True)
    yield c("argsort", T(3, 9))
    yield c("kthvalue", T(3, 9), 4)
    yield c("median", T(9))
    yield c("bucketize.Tensor", T(5), torch.tensor([-1.0, 0.0, 1.0]))
    yield c("searchsorted.Tensor", torch.tensor([-1.0, 0.0, 1.0]), T(5), right=True)
    yield c("diff", T(3, 5))
    yield c("nansum", torch.tensor([1.0, float("nan"), 2.0]))


def movement() -> Iterator[Case]:
    """Views, joins, splits, slices, padding."""
    yield c("view", T(3, 4), [2, -1])
    yield c("view.dtype", T(3), torch.int32)
    yield c("reshape", T(3, 4), [4, 3])
    yield c("_unsafe_view", T(3, 4), [12])
    yield c("flatten.using_ints", T(2, 3, 4), 1)
    yield c("unflatten.int", T(2, 12), 1, [3, 4])
    yield c("view_as", T(3, 4), T(4, 3))
    yield c("squeeze", T(1, 3, 1))
    yield c("squeeze.dim", T(1, 3, 1), 2)
    yield c("squeeze.dims", T(1, 3, 1), [0, 2])
    yield c("unsqueeze", T(3, 4), -1)
    yield c("permute", T(2, 3, 4), [2, 0, 1])
    yield c("transpose.int", T(2, 3, 4), 0, 2)
    yield c("t", T(2, 3))
    yield c("movedim.int", T(2, 3, 4), 0, 2)
    yield c("swapaxes", T(2, 3, 4), 0, 1)
    yield c("expand", T(3, 1), [2, -1, 4])
    yield c("expand_as", T(3, 1), T(3, 4))
    yield c("broadcast_to", T(3, 1), [3, 4])
    yield c("repeat", T(2, 3), [2, 1, 2])
    yield c("tile", T(2, 3), [2])
    yield c("repeat_interleave.self_int", T(2, 3), 2, 1)
    yield c("cat", [T(2, 3), T(4, 3)])
    yield c("cat", [I(2, 3), T(2, 2)], 1)
    yield c("stack", [T(2, 3), T(2, 3)], 1)
    yield c("hstack", [T(2, 3), T(2, 1)])
    yield c("vstack", [T(3), T(3)])
    yield c("split.Tensor", T(7, 2), 3)
    yield c("split_with_sizes", T(2, 7), [3, 4], 1)
    yield c("chunk", T(7, 2), 3)
    yield c("tensor_split.sections", T(7, 2), 3)
    yield c("unbind.int", T(2, 3))
    yield c("slice.Tensor", T(3, 9), 1, 1, 8, 3)
    yield c("slice.Tensor", T(9), 0, -4)
    yield c("narrow", T(9), 0, 2, 4)
    yield c("select.int", T(3, 4), 1, -1)
    yield c("slice_scatter", T(4, 5), T(4, 2), 1, 1, 3)
    yield c("slice_scatter", T(4, 5), T(2, 5), 0, 1, 3)
    yield c("select_scatter", T(4, 5), T(4), 1, 2)
    yield c("flip", T(3, 4), [0, 1])
    yield c("roll", T(3, 4), [1, -2], [0, 1])
    yield c("roll", T(3, 4), [3])
    yield c("rot90", T(3, 4), 1, [0, 1])
    yield c("constant_pad_nd", T(3, 4), [1, 2, 0, -1], 5.0)
    for mode in ("constant", "reflect", "replicate", "circular"):
        yield c("pad", T(1, 2, 5, 5), [1, 2, 2, 1], mode)
    for kind in ("reflection", "replication"):
        for n in (1, 2, 3):
            yield c(f"{kind}_pad{n}d", T(1, 2, *[4] * n), [1, 2] * n)
    yield c("tril", T(4, 4))
    yield c("triu", T(2, 4, 4), 1)
    yield c("triu", B(4, 4))
    yield c("diagonal", T(3, 4, 5), 1, 0, 2)
    yield c("diag", T(3))
    yield c("diag_embed", T(2, 3))
    yield c("trace", T(3, 4))
    yield c("unfold", T(3, 9), 1, 4, 2)
    yield c("im2col", T(2, 3, 6, 6), [3, 2], [1, 1], [1, 0], [2, 1])
    yield c("col2im", T(2, 12, 25), [6, 6], [2, 2], [1, 1], [0, 0], [1, 1])
    yield c("as_strided", T(3, 4), [2, 2], [4, 2], 1)
    yield c("meshgrid.indexing", [T(3), T(4)], indexing="xy")
    yield c("meshgrid", [T(3), T(4)])
    for name in ("squeeze_copy.dim", "transpose_copy.int", "select_copy.int"):
        yield c(name, T(1, 3), *((0,) if name.startswith("squeeze") else (0, 1) if name.startswith("t") else (0, 0)))


def indexing() -> Iterator[Case]:
    """Reading and writing at positions."""
    yield c("embedding", T(5, 3), I(2, 4, below=5))
    yield c("_embedding_bag_forward_only", T(5, 3), I(6, below=5), torch.tensor([0, 2, 5]))
    yield c("index_select", T(3, 4), 1, I(5, below=4))
    yield c("gather", T(3, 4), 1, I(3, 2, below=4))
    yield c("take", T(3, 4), I(5, below=12))
    yield c("take_along_dim", T(3, 4), I(3, 2, below=4), 1)
    yield c("index.Tensor", T(4, 5, 6), [I(3), I(3)])
    yield c("index.Tensor", T(4, 5, 6), [None, I(3), I(3)])
    yield c("index.Tensor", T(4, 5, 6), [I(3), None, I(3)])
    yield c("index.Tensor", T(4, 5), [I(2, 3)])
    yield c("index.Tensor", T(4, 5), [I(3, 1), I(2)])
    yield c("index_put", T(4, 5), [I(3), I(3, below=5)], T(3))
    yield c("index_put", T(4, 5), [torch.tensor([0, 2])], T(2, 5))
    yield c("index_put", T(4, 5), [torch.tensor([0, 0])], T(5), True)
    yield c("index_put", T(4, 5), [B(4, 5)], torch.tensor(7.0))
    yield c("index_put", T(4, 5), [None, torch.tensor([1, 3])], T(4, 2))
    yield c("scatter.src", T(3, 5), 1, torch.tensor([[0, 2], [1, 3], [4, 0]]), T(3, 4))
    yield c("scatter.value", T(3, 5), 1, torch.tensor([[0, 2], [1, 3]]), 7.0)
    yield c("scatter_add", T(3, 5), 0, I(2, 5), T(2, 5))
    for kind in ("sum", "prod", "amax", "amin"):
        yield c("scatter_reduce.two", T(3, 5), 0, I(2, 5), T(2, 5), kind)
    yield c("index_copy", T(4, 3), 0, torch.tensor([2, 0]), T(2, 3))
    yield c("index_add", T(3, 4), 1, torch.tensor([2, 0, 2]), T(3, 3), alpha=2)
    yield c("index_fill.int_Scalar", T(4, 3), 0, torch.tensor([1, 3]), 9.0)
    yield c("nonzero", I(3, 4))
    yield c("masked_select", T(3, 4), B(4))
    yield c("masked_scatter", T(3, 4), B(3, 4), T(12))
    yield c("isin.Tensor_Tensor", I(5, below=9), I(3, below=9))


def creation() -> Iterator[Case]:
    """Tensors of sizes and numbers; one input keeps them from being constants of the program."""
    yield c("full_like", T(3, 4), 2.5)
    yield c("zeros_like", T(3, 4))
    yield c("ones_like", T(3, 4))
    yield c("fill.Scalar", T(3, 4), 1.5)
    yield c("fill.Tensor", T(3, 4), torch.tensor(1.5))
    yield c("new_zeros", T(3, 4), [2, 2])
    yield c("new_ones", T(3, 4), [2, 2])
    yield c("new_full", T(3, 4), [2, 2], 7.0)
    yield c("full", [2, 3], 1.5)
    yield c("zeros", [2, 3])
    yield c("ones", [2, 3], dtype=torch.int64)
    yield c("arange", 7)
    yield c("arange.start", 2, 7)
    yield c("arange.start_step", 0.5, 3.0, 0.75)
    yield c("linspace", 0.0, 1.0, 5)
    yield c("eye", 3)
    yield c("eye.m", 3, 4)
    yield c("scalar_tensor", 2.5)
    yield c("tril_indices", 3, 4)
    yield c("hann_window", 8)
    yield c("lift_fresh_copy", T(2))


def recurrent() -> Iterator[Case]:
    """Recurrent nets."""

    def weights(gates: int, size: int, hidden: int, layers: int, both: bool) -> list[Any]:
        out: list[Any] = []
        for layer in range(layers):
            for _ in range(1 + both):
                first = size if layer == 0 else hidden * (1 + both)
                out += [T(gates * hidden, first), T(gates * hidden, hidden), T(gates * hidden), T(gates * hidden)]
        return out

    for layers, both, first in ((1, False, True), (2, True, False)):
        count = layers * (1 + both)
        x = T(2, 5, 3) if first else T(5, 2, 3)
        yield c("lstm.input", x, [T(count, 2, 4), T(count, 2, 4)], weights(4, 3, 4, layers, both), True, layers, 0.0, False, both, first)
        yield c("gru.input", x, T(count, 2, 4), weights(3, 3, 4, layers, both), True, layers, 0.0, False, both, first)
        yield c("rnn_tanh.input", x, T(count, 2, 4), weights(1, 3, 4, layers, both), True, layers, 0.0, False, both, first)
    yield c("rnn_relu.input", T(2, 5, 3), T(1, 2, 4), weights(1, 3, 4, 1, False), True, 1, 0.0, False, False, True)
    yield c("lstm_cell", T(2, 3), [T(2, 4), T(2, 4)], *weights(4, 3, 4, 1, False))
    yield c("gru_cell", T(2, 3), T(2, 4), *weights(3, 3, 4, 1, False))


FAMILIES = (elementwise, products, norms, pools, reductions, movement, indexing, creation, recurrent)


def saved(program: Program) -> tuple[dict[str, Any], bool]:
    """The graph as torch saves it, without stack traces, and whether the operator is one of Core ATen."""
    exported = torch.export.export(program, tuple(program.given), strict=False)
    with tempfile.TemporaryDirectory() as folder:
        torch.export.save(exported, f"{folder}/m.pt2")
        with zipfile.ZipFile(f"{folder}/m.pt2") as archive:
            graph = json.loads(archive.read(next(n for n in archive.namelist() if n.endswith("models/model.json"))))
    graph["graph_module"]["module_call_graph"] = []
    for node in graph["graph_module"]["graph"]["nodes"]:
        node["metadata"] = {}
    graph["core"] = torch.Tag.core in program.op.tags
    return graph, graph["core"]


def main() -> None:
    """Write the archive."""
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    ARCHIVE.parent.mkdir(exist_ok=True)
    seen: dict[str, int] = {}
    failed: list[str] = []
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number, (name, args, kwargs) in enumerate(case for family in FAMILIES for case in family()):
            torch.manual_seed(number)
            packet, _, overload = name.partition(".")
            seen[name] = seen.get(name, 0) + 1
            label = name if seen[name] == 1 else f"{name}#{seen[name]}"
            program = Program(getattr(getattr(torch.ops.aten, packet), overload or "default"), args, kwargs).eval()
            try:
                graph, _ = saved(program)
                outputs = program(*program.given)
            except (RuntimeError, ValueError, TypeError, AttributeError, AssertionError) as problem:
                failed.append(f"{label}: {type(problem).__name__}: {str(problem)[:120]}")
                continue
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            arrays = {f"in{i}": v.numpy() for i, v in enumerate(program.given)}
            arrays |= {f"out{i}": v.detach().numpy() if isinstance(v, torch.Tensor) else np.asarray(v) for i, v in enumerate(outputs)}
            stream = io.BytesIO()
            np.savez(stream, **arrays)
            for member, data in ((f"{label}.json", json.dumps(graph, separators=(",", ":")).encode()), (f"{label}.npz", stream.getvalue())):
                archive.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)
    print(f"{sum(seen.values()) - len(failed)} cases of {len(seen)} overloads, {ARCHIVE.stat().st_size} bytes", *failed, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
