"""What each TFLite operator is asked: its options and operands, floats and quantised integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from tflite_writer import Case, Operand, Result

RNG = np.random.default_rng(7)


def x(*shape: int, low: float = -2, high: float = 2) -> Operand:
    """Floats that the run is given."""
    return Operand(RNG.uniform(low, high, shape).astype(np.float32))


def w(*shape: int) -> Operand:
    """Floats in the file."""
    return Operand(RNG.uniform(-1, 1, shape).astype(np.float32), True)


def c(values: Any, dtype: Any = np.int32) -> Operand:
    """Numbers in the file."""
    return Operand(np.array(values, dtype), True)


def n(values: Any, dtype: Any = np.int32) -> Operand:
    """Numbers that the run is given."""
    return Operand(np.array(values, dtype))


def q(*shape: int, scale: Any = 0.02, zero: int = 3, dtype: Any = np.int8, constant: bool = False, axis: int = 0) -> Operand:
    """Integers of 8 or 16 bits over their whole range."""
    info = np.iinfo(dtype)
    low = info.min + 1 if constant and dtype == np.int8 else info.min
    zeros = np.zeros(np.size(scale), np.int64) + zero
    return Operand(RNG.integers(low, info.max + 1, shape).astype(dtype), constant, (scale, zeros, axis))


def qr(scale: float = 0.05, zero: int = -4, dtype: str = "int8") -> list[Result]:
    """A quantised result."""
    return [Result(dtype, (scale, zero, 0))]


def case(operator: str, *operands: Operand | None, out: Sequence[str] | list[Result] = ("float32",), tag: str = "", **options: Any) -> Case:
    """A case; `out` are element types or results."""
    results = [o if isinstance(o, Result) else Result(o) for o in out]
    return Case(f"{operator.lower()}{'_' + tag if tag else ''}", operator, list(operands), results, options)


I32, I64, BOOL = ("int32",), ("int64",), ("bool",)
CONV: dict[str, Any] = {"stride_w": 1, "stride_h": 1}


def windows() -> Iterator[Case]:
    """Convolution and pooling."""
    image = x(1, 7, 8, 3)
    yield case("CONV_2D", image, w(4, 3, 3, 3), w(4), **CONV)
    yield case("CONV_2D", image, w(4, 3, 2, 3), w(4), tag="strided", stride_w=2, stride_h=3, fused_activation_function="RELU6")
    yield case("CONV_2D", image, w(4, 2, 2, 3), w(4), tag="dilated", padding="VALID", dilation_w_factor=2, dilation_h_factor=3, **CONV)
    yield case("CONV_2D", x(1, 6, 6, 4), w(6, 3, 3, 2), w(6), tag="grouped", fused_activation_function="RELU_N1_TO_1", **CONV)
    yield case("DEPTHWISE_CONV_2D", image, w(1, 3, 3, 6), w(6), depth_multiplier=2, **CONV)
    yield case("DEPTHWISE_CONV_2D", image, w(1, 3, 3, 3), w(3), tag="strided", stride_w=2, stride_h=2, depth_multiplier=1)
    yield case("TRANSPOSE_CONV", c([1, 8, 8, 2]), w(2, 3, 3, 4), x(1, 4, 4, 4), stride_w=2, stride_h=2)
    yield case("TRANSPOSE_CONV", c([1, 9, 9, 2]), w(2, 3, 3, 4), x(1, 4, 4, 4), tag="valid", padding="VALID", stride_w=2, stride_h=2)
    yield case("CONV_3D", x(1, 4, 5, 5, 2), w(2, 2, 2, 2, 3), w(3), stride_d=1, **CONV)
    yield case("CONV_3D_TRANSPOSE", c([1, 4, 6, 6, 3]), w(2, 2, 2, 3, 2), x(1, 2, 3, 3, 2), stride_d=2, stride_w=2, stride_h=2)
    pool: dict[str, Any] = {"filter_width": 3, "filter_height": 2, "stride_w": 2, "stride_h": 2}
    for operator in ("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"):
        yield case(operator, image, **pool)
        yield case(operator, image, tag="valid", padding="VALID", fused_activation_function="RELU", **pool)
    yield case("DILATE", x(3, 4), c([2, 3]), c(-9.0, np.float32))
    yield case(
        "REDUCE_WINDOW", x(4, 6), c(0.0, np.float32), c([2, 3], np.int64), c([1, 2], np.int64), c([1, 1], np.int64), reduce_function="ADD"
    )


def quantized() -> Iterator[Case]:
    """Integers of 8 and 16 bits."""
    scales = np.array([0.01, 0.02, 0.013, 0.031], np.float32)
    for tag, act in (("", "NONE"), ("relu", "RELU"), ("relu6", "RELU6")):
        bias = Operand(RNG.integers(-500, 500, 4).astype(np.int32), True, (scales * np.float32(0.02), np.zeros(4), 0))
        filters = q(4, 3, 3, 3, scale=scales, zero=0, constant=True)
        yield case("CONV_2D", q(1, 6, 6, 3), filters, bias, out=qr(), tag=f"int8{tag}", fused_activation_function=act, **CONV)
        rows = q(4, 12, scale=0.013, zero=0, constant=True)
        bias = Operand(RNG.integers(-500, 500, 4).astype(np.int32), True, (np.float32(0.02) * np.float32(0.013), 0, 0))
        yield case("FULLY_CONNECTED", q(3, 12), rows, bias, out=qr(), tag=f"int8{tag}", fused_activation_function=act)
    bias = Operand(RNG.integers(-500, 500, 4).astype(np.int32), True, (scales * np.float32(0.02), np.zeros(4), 0))
    filters = q(1, 3, 3, 4, scale=scales, zero=0, constant=True, axis=3)
    yield case("DEPTHWISE_CONV_2D", q(1, 6, 6, 4), filters, bias, out=qr(), tag="int8", depth_multiplier=1, stride_w=2, stride_h=2)
    filters = q(4, 3, 3, 3, scale=0.011, zero=121, dtype=np.uint8, constant=True)
    bias = Operand(RNG.integers(-500, 500, 4).astype(np.int32), True, (np.float32(0.02) * np.float32(0.011), 0, 0))
    yield case("CONV_2D", q(1, 6, 6, 3, zero=130, dtype=np.uint8), filters, bias, out=qr(0.05, 120, "uint8"), tag="uint8", **CONV)
    for operator in ("ADD", "SUB", "MUL"):
        yield case(operator, q(3, 5), q(3, 5, scale=0.07, zero=-8), out=qr(), tag="int8")
        yield case(operator, q(3, 5), q(5, scale=0.07, zero=-8), out=qr(0.1), tag="int8_broadcast", fused_activation_function="RELU")
        u8 = q(3, 5, zero=120, dtype=np.uint8), q(3, 5, scale=0.07, zero=100, dtype=np.uint8)
        yield case(operator, *u8, out=qr(0.05, 127, "uint8"), tag="uint8")
    pool: dict[str, Any] = {"filter_width": 2, "filter_height": 2, "stride_w": 2, "stride_h": 2}
    for operator in ("MAX_POOL_2D", "AVERAGE_POOL_2D"):
        yield case(operator, q(1, 5, 5, 3), out=qr(0.02, 3), tag="int8", **pool)
        yield case(operator, q(1, 5, 5, 3), out=qr(0.02, 3), tag="int8_relu6", fused_activation_function="RELU6", padding="VALID", **pool)
    yield case("SOFTMAX", q(3, 9, scale=0.1), out=qr(1 / 256, -128), tag="int8", beta=1.0)
    for operator in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1"):
        yield case(operator, q(4, 9), out=qr(), tag="int8")
    yield case("LEAKY_RELU", q(4, 9), out=qr(), tag="int8", alpha=0.3)
    for operator in ("EXP", "ELU"):
        yield case(operator, q(4, 9), out=qr(), tag="int8")
    yield case("QUANTIZE", x(4, 9), out=qr())
    yield case("QUANTIZE", x(4, 9), out=qr(0.05, 120, "uint8"), tag="uint8")
    yield case("QUANTIZE", x(4, 9), out=qr(0.001, 0, "int16"), tag="int16")
    yield case("QUANTIZE", q(4, 9), out=qr(0.031, 7), tag="int8")
    yield case("DEQUANTIZE", q(4, 9))
    yield case("DEQUANTIZE", q(4, 9, dtype=np.int16, zero=0), tag="int16")
    yield case("DEQUANTIZE", Operand(RNG.uniform(-2, 2, (3, 4)).astype(np.float16), True), tag="float16")
    same = qr(0.02, 3)
    yield case("RESHAPE", q(3, 4), c([2, 6]), out=same, tag="int8")
    yield case("TRANSPOSE", q(3, 4), c([1, 0]), out=same, tag="int8")
    yield case("PAD", q(3, 4), c([[1, 2], [0, 1]]), out=same, tag="int8")
    yield case("CONCATENATION", q(3, 4), q(3, 2), out=same, tag="int8", axis=1)
    yield case("MAXIMUM", q(3, 4), q(3, 4), out=same, tag="int8")
    yield case("BATCH_MATMUL", q(2, 3, 4), q(2, 4, 5, scale=0.01, zero=-2), out=qr(), tag="int8")


def floats() -> Iterator[Case]:
    """Functions of one or two tensors."""
    for operator in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "LOGISTIC", "TANH", "LOG_SOFTMAX", "ELU", "HARD_SWISH"):
        yield case(operator, x(3, 7, low=-8, high=8))
    yield case("SOFTMAX", x(3, 7), beta=0.7)
    yield case("LEAKY_RELU", x(3, 7), alpha=0.2)
    yield case("PRELU", x(1, 3, 3, 4), w(1, 1, 4))
    yield case("GELU", x(3, 7))
    yield case("GELU", x(3, 7), tag="tanh", approximate=True)
    for operator in ("ABS", "NEG", "EXP", "SIN", "COS", "FLOOR", "CEIL", "ROUND", "SQUARE", "SIGN", "ZEROS_LIKE"):
        yield case(operator, x(4, 5, low=-4, high=4))
    for operator in ("LOG", "SQRT", "RSQRT"):
        yield case(operator, x(4, 5, low=0.1, high=4))
    for operator in ("ADD", "SUB", "MUL", "DIV"):
        yield case(operator, x(4, 5), x(4, 5, low=0.5), fused_activation_function="RELU")
        yield case(operator, x(2, 4, 5), x(5, low=0.5), tag="broadcast")
    for operator in ("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD", "ATAN2"):
        yield case(operator, x(4, 5), x(4, 5))
    integers = RNG.integers(-9, 9, (4, 5)), RNG.choice([-3, -2, 2, 5], (4, 5))
    for operator in ("ADD", "SUB", "MUL", "DIV", "FLOOR_DIV", "FLOOR_MOD", "MAXIMUM", "MINIMUM"):
        yield case(operator, *(n(i) for i in integers), out=I32, tag="int32")
    yield case("POW", x(4, 5, low=0.1), x(4, 5))
    yield case("ADD_N", x(4, 5), x(4, 5), x(4, 5))
    for operator in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
        yield case(operator, n([[1, 2, 3], [2, 2, 2]], np.float32), n([2, 2, 2], np.float32), out=BOOL)
    flags = n([True, True, False, False], bool), n([True, False, True, False], bool)
    yield case("LOGICAL_AND", *flags, out=BOOL)
    yield case("LOGICAL_OR", *flags, out=BOOL)
    yield case("LOGICAL_NOT", flags[0], out=BOOL)
    yield case("BITWISE_XOR", n([1, 2, 7, -8]), n([3, 3, 3, 3]), out=I32)
    yield case("RIGHT_SHIFT", n([64, -9, 7, 1000]), n([2, 1, 40, -1]), out=I32)
    yield case("SELECT", flags[0], x(4), x(4))
    yield case("SELECT_V2", flags[0], x(3, 4), x(1, 4))
    yield case("CAST", x(4, 5, low=-9, high=9), out=I32)
    yield case("CAST", n([0, 1, 5]), tag="int", out=("float32",))
    yield case("BITCAST", x(3), out=I32)
    yield case("FAKE_QUANT", x(4, 5), min=-1.0, max=1.5, num_bits=8)


def linear() -> Iterator[Case]:
    """Products, reductions, normalisation."""
    yield case("FULLY_CONNECTED", x(3, 12), w(5, 12), w(5), fused_activation_function="RELU")
    yield case("FULLY_CONNECTED", x(2, 3, 12), w(5, 12), None, tag="kept", keep_num_dims=True)
    yield case("BATCH_MATMUL", x(2, 3, 4), x(2, 4, 5))
    yield case("BATCH_MATMUL", x(2, 4, 3), x(1, 5, 4), tag="adjoint", adj_x=True, adj_y=True)
    for operator in ("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN"):
        yield case(operator, x(2, 3, 4), c([1]))
        yield case(operator, x(2, 3, 4), c([0, -1]), tag="kept", keep_dims=True)
    flags = n([[True, False], [True, True]], bool)
    yield case("REDUCE_ANY", flags, c([1]), out=BOOL)
    yield case("REDUCE_ALL", flags, c([1]), out=BOOL)
    yield case("ARG_MAX", x(3, 5), c(1), out=I64, output_type="INT64")
    yield case("ARG_MIN", x(3, 5), c(0), out=I32, output_type="INT32")
    yield case("CUMSUM", x(3, 5), c(1), exclusive=True, reverse=True)
    yield case("TOPK_V2", x(3, 6), c(2), out=("float32", "int32"))
    yield case("L2_NORMALIZATION", x(3, 6))
    yield case("LOCAL_RESPONSE_NORMALIZATION", x(1, 2, 2, 8), radius=2, bias=1.0, alpha=0.3, beta=0.6)


def movement() -> Iterator[Case]:
    """Shapes and the same elements elsewhere."""
    yield case("SHAPE", x(2, 3), out=I32, out_type="INT32")
    yield case("RANK", x(2, 3), out=I32)
    yield case("RESHAPE", x(2, 6), c([3, -1]))
    yield case("SQUEEZE", x(1, 3, 1), squeeze_dims=np.array([0], np.int32))
    yield case("EXPAND_DIMS", x(2, 3), c(1))
    yield case("BROADCAST_TO", x(1, 3), c([2, 2, 3]))
    yield case("BROADCAST_ARGS", n([1, 3]), n([2, 4, 1]), out=I32)
    yield case("FILL", c([2, 3]), n(2.5, np.float32))
    yield case("RANGE", c(1), c(11), c(3), out=I32)
    yield case("TRANSPOSE", x(2, 3, 4), c([2, 0, 1]))
    yield case("PAD", x(2, 3), c([[1, 0], [2, 1]]))
    yield case("PADV2", x(2, 3), c([[1, 0], [2, 1]]), c(7.0, np.float32))
    yield case("MIRROR_PAD", x(3, 4), c([[1, 2], [0, 3]]), mode="REFLECT")
    yield case("MIRROR_PAD", x(3, 4), c([[1, 2], [0, 3]]), tag="symmetric", mode="SYMMETRIC")
    yield case("SLICE", x(4, 5), c([1, 2]), c([2, -1]))
    yield case("STRIDED_SLICE", x(4, 5, 3), c([1, 4, 0]), c([3, 0, 3]), c([1, -2, 1]), begin_mask=1)
    yield case("STRIDED_SLICE", x(4, 5, 3), c([1, 0]), c([2, 2]), c([1, 1]), tag="shrunk", shrink_axis_mask=1, end_mask=2)
    yield case("CONCATENATION", x(2, 3), x(2, 2), axis=-1)
    yield case("SPLIT", c(1), x(2, 6), out=("float32",) * 3, num_splits=3)
    yield case("SPLIT_V", x(2, 6), c([1, -1]), c(1), out=("float32",) * 2, num_splits=2)
    yield case("PACK", x(2, 3), x(2, 3), axis=1, values_count=2)
    yield case("UNPACK", x(2, 3), out=("float32",) * 3, axis=1, num=3)
    yield case("TILE", x(2, 3), c([2, 2]))
    yield case("REVERSE_V2", x(2, 3), c([1]))
    yield case("REVERSE_SEQUENCE", x(3, 5), c([2, 5, 1]), seq_dim=1, batch_dim=0)
    yield case("SPACE_TO_DEPTH", x(1, 4, 6, 3), block_size=2)
    yield case("DEPTH_TO_SPACE", x(1, 2, 3, 8), block_size=2)
    yield case("SPACE_TO_BATCH_ND", x(1, 4, 5, 2), c([2, 2]), c([[0, 0], [1, 0]]))
    yield case("BATCH_TO_SPACE_ND", x(4, 2, 3, 2), c([2, 2]), c([[0, 0], [1, 0]]))
    for operator in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"):
        ways: dict[str, dict[str, Any]] = {"": {}, "centres": {"half_pixel_centers": True}, "corners": {"align_corners": True}}
        for tag, way in ways.items():
            yield case(operator, x(1, 4, 5, 2), c([7, 3]), tag=tag, **way)
    yield case("MATRIX_DIAG", x(2, 3))
    yield case("MATRIX_SET_DIAG", x(2, 3, 3), x(2, 3))


def indexing() -> Iterator[Case]:
    """Elements at computed places."""
    yield case("GATHER", x(4, 5), n([3, 0, 1]), axis=1)
    yield case("GATHER", x(2, 4, 5), n([[1, 0], [3, 3]]), tag="batch", axis=1, batch_dims=1)
    yield case("GATHER_ND", x(4, 5, 2), n([[1, 2], [3, 0]]))
    yield case("EMBEDDING_LOOKUP", n([2, 0, 1]), w(3, 4))
    yield case("SCATTER_ND", n([[1], [3], [1]]), x(3, 2), c([5, 2]))
    yield case("SPARSE_TO_DENSE", c([[0, 1], [2, 3]]), c([3, 4]), n([1.5, 2.5], np.float32), c(0.5, np.float32))
    yield case("DYNAMIC_UPDATE_SLICE", x(4, 5), x(2, 2), n([1, 9]))
    yield case("ONE_HOT", n([1, 0, 3]), c(4), c(2.0, np.float32), c(-1.0, np.float32), axis=-1)
    yield case("WHERE", n([[True, False], [True, True]], bool), out=I64)
    yield case("BUCKETIZE", n([0.5, 3, 9, 10], np.float32), out=I32, boundaries=np.array([1, 3, 9.5], np.float32))
    yield case("SEGMENT_SUM", x(4, 2), c([0, 0, 1, 2]))
    for operator in ("UNSORTED_SEGMENT_SUM", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN"):
        yield case(operator, x(4, 2), n([2, 0, 2, -1]), c(4))


def cases() -> list[Case]:
    """All, with names that differ."""
    return [*windows(), *quantized(), *floats(), *linear(), *movement(), *indexing()]
