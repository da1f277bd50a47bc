"""Quantised models, made of the float ones by ONNX Runtime's quantiser: what it writes is what people deploy.

- `resnet50_int8`, `mobilenetv2_int8`, `squeezenet_int8`: QuantizeLinear and DequantizeLinear around float operators (QDQ),
  activations u8, weights i8 with a scale for each output channel, calibrated on seeded inputs.
- `NAME_qlinear`: the same nets as QLinearConv, QLinearAdd and their like (QOperator), weights with one scale.
- `encoder_int8`: four layers of BERT-base's size at 128 tokens, quantised as they run (DynamicQuantizeLinear, MatMulInteger).
- `encoder`: the same in floats.
"""

import os
from pathlib import Path

import numpy as np
import onnx
import zoo
from onnx import helper, numpy_helper, shape_inference, version_converter

VERSION = 1  # part of every cached file's name: raise it when what is built changes
NETS = ("resnet50", "mobilenetv2", "squeezenet")
MODELS = (*(f"{n}_int8" for n in NETS), *(f"{n}_qlinear" for n in NETS), "encoder_int8", "encoder")
TOKENS, WIDTH, HEADS, LAYERS = 128, 768, 12, 4


def model(name: str) -> Path:
    """The file of a model, made when it is first asked for."""
    path = zoo.CACHE / f"{name}-{VERSION}.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        make(name, partial)
        partial.rename(path)
    return path


def make(name: str, path: Path) -> None:
    """Build or quantise, and write."""
    from onnxruntime import quantization as tool
    from onnxruntime.quantization.shape_inference import quant_pre_process

    if name == "encoder":
        onnx.save(encoder(), path)
        return
    if name == "encoder_int8":
        tool.quantize_dynamic(model("encoder"), path, weight_type=tool.QuantType.QInt8, per_channel=True)
        return
    net, form = name.rsplit("_", 1)
    prepared = path.with_suffix(f".{os.getpid()}.prepared")
    onnx.save(current(onnx.load(zoo.model(net))), prepared)
    quant_pre_process(prepared, prepared, skip_symbolic_shape=True)
    tool.quantize_static(
        prepared,
        path,
        samples(net),
        quant_format=tool.QuantFormat.QDQ if form == "int8" else tool.QuantFormat.QOperator,
        per_channel=form == "int8",
        activation_type=tool.QuantType.QUInt8,
        weight_type=tool.QuantType.QInt8,
    )
    prepared.unlink()


def samples(net: str):
    """Four seeded inputs, one at a time, as the quantiser's calibration wants them."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        given = iter([zoo.inputs(net, seed=seed) for seed in range(1, 5)])

        def get_next(self):  # pyright: ignore[reportIncompatibleMethodOverride]
            return next(self.given, None)

    return Reader()


def current(net: onnx.ModelProto) -> onnx.ModelProto:
    """The model at operator set 13, from which on scales may differ by channel; a Sum of two is an Add, which the quantiser knows."""
    net = version_converter.convert_version(net, 13) if net.opset_import[0].version < 13 else net
    for node in net.graph.node:
        if node.op_type == "Sum" and len(node.input) == 2:
            node.op_type = "Add"
    return shape_inference.infer_shapes(net)


def floats(name: str) -> Path | None:
    """The file that a model was quantised from."""
    if name == "encoder":
        return None
    return model("encoder") if name == "encoder_int8" else zoo.model(name.rsplit("_", 1)[0])


def inputs(name: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Seeded normal inputs by name."""
    if name.startswith("encoder"):
        return {"x": np.random.default_rng(seed).standard_normal((1, TOKENS, WIDTH), dtype=np.float32)}
    return zoo.inputs(name.rsplit("_", 1)[0], seed=seed)


def encoder(seed: int = 3) -> onnx.ModelProto:
    """LAYERS transformer layers with attention written out, as exporters write it: x [1, TOKENS, WIDTH] -> y."""
    rng, nodes, weights = np.random.default_rng(seed), [], []

    def const(value: np.ndarray) -> str:
        weights.append(numpy_helper.from_array(value, f"w{len(weights)}"))
        return weights[-1].name

    def emit(kind: str, *operands: str, **attributes) -> str:
        nodes.append(helper.make_node(kind, operands, [f"{kind.lower()}_{len(nodes)}"], name=f"{kind}_{len(nodes)}", **attributes))
        return nodes[-1].output[0]

    def dense(x: str, rows: int, columns: int) -> str:
        w = (rng.standard_normal((rows, columns)) / rows**0.5).astype(np.float32)
        b = rng.normal(0, 0.1, columns).astype(np.float32)
        return emit("Add", emit("MatMul", x, const(w)), const(b))

    def heads(x: str) -> str:
        split = emit("Reshape", x, const(np.array([1, TOKENS, HEADS, WIDTH // HEADS])))
        return emit("Transpose", split, perm=[0, 2, 1, 3])

    def norm(x: str) -> str:
        return emit("LayerNormalization", x, const(np.ones(WIDTH, np.float32)), const(np.zeros(WIDTH, np.float32)))

    x = "x"
    for _ in range(LAYERS):
        q, k, v = (heads(dense(x, WIDTH, WIDTH)) for _ in range(3))
        scores = emit("MatMul", q, emit("Transpose", k, perm=[0, 1, 3, 2]))
        scaled = emit("Div", scores, const(np.array((WIDTH // HEADS) ** 0.5, np.float32)))
        seen = emit("Transpose", emit("MatMul", emit("Softmax", scaled, axis=-1), v), perm=[0, 2, 1, 3])
        seen = dense(emit("Reshape", seen, const(np.array([1, TOKENS, WIDTH]))), WIDTH, WIDTH)
        x = norm(emit("Add", x, seen))
        inner = dense(x, WIDTH, 4 * WIDTH)
        erf = emit("Erf", emit("Div", inner, const(np.array(2**0.5, np.float32))))
        half = emit("Mul", inner, emit("Add", erf, const(np.array(1, np.float32))))
        gelu = emit("Mul", half, const(np.array(0.5, np.float32)))
        x = norm(emit("Add", x, dense(gelu, 4 * WIDTH, WIDTH)))
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, TOKENS, WIDTH])],
        [helper.make_tensor_value_info(x, onnx.TensorProto.FLOAT, [1, TOKENS, WIDTH])],
        weights,
    )
    net = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="inferir zoo")
    onnx.checker.check_model(net)
    return net
