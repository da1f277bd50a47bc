"""The models that tests, benchmarks and the demo run, as ONNX files on disk; what is made is kept under build/zoo.

- The nine models that the onnx package ships in onnx/backend/test/data/light: their weights are generator nodes of one constant, which hides
  layout mistakes. `light(name)` is the file as it is, with the output that the package stores for it; `model(name)` is the same graph with
  seeded random weights, scaled so that activations keep their size through the net.
- `mobilenetv2`, built here.
- `lenet`, `lenet_dyn`, `mbv3_se_block`: exported by torch, in tests/models/data with inputs and outputs.
"""

import math
import os
from functools import cache
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "build" / "zoo"
VERSION = 1  # part of every cached file's name: raise it when what is built changes
LIGHT = {
    "alexnet": "light_bvlc_alexnet",
    "densenet121": "light_densenet121",
    "inception_v1": "light_inception_v1",
    "inception_v2": "light_inception_v2",
    "resnet50": "light_resnet50",
    "shufflenet": "light_shufflenet",
    "squeezenet": "light_squeezenet",
    "vgg19": "light_vgg19",
    "zfnet512": "light_zfnet512",
}
LAST_GAIN = {
    "shufflenet": 0.05,
    "inception_v1": 0.2,
    "inception_v2": 0.08,
}  # of the last gemm: keeps the softmax away from 0 and 1; 0.3 elsewhere
SMALL = ("lenet", "lenet_dyn", "mbv3_se_block")
MODELS = (*LIGHT, "mobilenetv2", *SMALL)


def light(name: str) -> tuple[Path, np.ndarray, np.ndarray]:
    """A light model as the onnx package ships it: (file, the input that the package's runner feeds, the stored output)."""
    folder = Path(onnx.__path__[0]) / "backend" / "test" / "data" / "light"
    stored = onnx.TensorProto.FromString((folder / f"{LIGHT[name]}_output_0.pb").read_bytes())
    shape = (1, 3, 224, 224)
    x = (np.arange(math.prod(shape)).reshape(shape) / math.prod(shape)).astype(np.float32)
    return folder / f"{LIGHT[name]}.onnx", x, numpy_helper.to_array(stored)


def model(name: str) -> Path:
    """The file of a model with random weights, made when it is first asked for."""
    if name in SMALL:
        return ROOT / "tests" / "models" / "data" / f"{name}.onnx"
    path = CACHE / f"{name}-{VERSION}.onnx"
    if not path.exists():
        made = (
            mobilenetv2() if name == "mobilenetv2" else with_random_weights(onnx.load(light(name)[0]), len(name), LAST_GAIN.get(name, 0.3))
        )
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        onnx.save(made, partial)
        partial.rename(path)
    return path


def inputs(name: str, batch: int = 2, seed: int = 0) -> dict[str, np.ndarray]:
    """Seeded normal inputs of a model by name; `batch` is the value of every symbolic dimension."""
    rng = np.random.default_rng(seed)
    return {
        tensor: rng.standard_normal([batch if isinstance(d, str) else d for d in dims], dtype=np.float32)
        for tensor, dims in signature(model(name))
    }


@cache
def signature(path: Path) -> list[tuple[str, list[int | str]]]:
    """The name and dims of each input that is not a weight."""
    graph = onnx.load(path).graph
    weights = {w.name for w in graph.initializer}
    return [(i.name, [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim]) for i in graph.input if i.name not in weights]


def with_random_weights(net: onnx.ModelProto, seed: int, last_gain: float) -> onnx.ModelProto:
    """The model with each float weight drawn anew by its role (`drawn`), no generator nodes, and no weight listed as an input."""
    graph, rng = net.graph, np.random.default_rng(seed)
    known = {w.name: w for w in graph.initializer}
    shapes = {name: tuple(w.dims) for name, w in known.items() if w.data_type == onnx.TensorProto.FLOAT}
    for node in graph.node:
        if node.op_type == "ConstantOfShape":
            shapes[node.output[0]] = tuple(int(d) for d in numpy_helper.to_array(known.pop(node.input[0])))
    nodes = [n for n in graph.node if n.op_type != "ConstantOfShape"]
    source = {n.output[0]: n.input[0] for n in nodes if n.op_type == "Unsqueeze"}
    readers = {tensor: n for n in nodes for tensor in n.input}
    weights = {}
    for position, node in enumerate(nodes):
        last = node.op_type == "Gemm" and not any(n.op_type == "Gemm" for n in nodes[position + 1 :])
        ends_branch = (reader := readers.get(node.output[0])) is not None and reader.op_type == "Sum"
        for slot, tensor in enumerate(node.input):
            name = source.get(tensor, tensor)
            if name in shapes and node.op_type != "Unsqueeze":
                weights[name] = drawn(rng, node, slot, shapes[name], last_gain if last else 0.3 if ends_branch else 1.0)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    used = {tensor for n in nodes for tensor in n.input}
    graph.initializer.extend(w for name, w in known.items() if name in used and name not in weights)
    graph.initializer.extend(numpy_helper.from_array(w, name) for name, w in weights.items())
    data = [i for i in graph.input if i.name in used and i.name not in weights and i.name not in known]
    del graph.input[:]
    graph.input.extend(data)
    net.ir_version = 8  # from 4 on, a weight need not be listed as an input that a caller may override
    onnx.checker.check_model(net)
    return net


def drawn(rng: np.random.Generator, node: onnx.NodeProto, slot: int, shape: tuple[int, ...], gain: float) -> np.ndarray:
    """A random weight for an operand: filters keep the size of what they read (He), scales and variances are positive, shifts are small."""
    match node.op_type, slot:
        case "Conv", 1:
            spread = gain * math.sqrt(2 / math.prod(shape[1:]))
        case "Gemm", 1:
            transposed = any(a.name == "transB" and a.i for a in node.attribute)
            spread = gain * math.sqrt(2 / shape[1 if transposed else 0])
        case ("BatchNormalization", 1) | ("Mul", _):
            return (gain * rng.uniform(0.5, 1.5, shape)).astype(np.float32)
        case "BatchNormalization", 4:
            return rng.uniform(0.5, 1.5, shape).astype(np.float32)
        case _:
            spread = 0.1
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(spread)


def mobilenetv2(width: float = 1.0, size: int = 224, seed: int = 2) -> onnx.ModelProto:
    """MobileNetV2 (Sandler et al. 2018, table 2) with batch norms kept apart: input [1, 3, size, size] -> logits [1, 1000]."""
    rng, nodes, weights = np.random.default_rng(seed), [], []

    def emit(kind: str, *operands: str, **attributes) -> str:
        out = f"{kind.lower()}_{len(nodes)}"
        nodes.append(helper.make_node(kind, operands, [out], name=out, **attributes))
        return out

    def weight(kind: str, slot: int, *shape: int, gain: float = 1.0) -> str:
        value = drawn(rng, helper.make_node(kind, [], [], transB=int(kind == "Gemm")), slot, shape, gain)
        weights.append(numpy_helper.from_array(value, f"w{len(weights)}"))
        return weights[-1].name

    def conv(x: str, cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True) -> str:
        w = weight("Conv", 1, cout, cin // groups, kernel, kernel)
        y = emit("Conv", x, w, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4, group=groups)
        y = emit("BatchNormalization", y, *(weight("BatchNormalization", slot, cout, gain=1.0 if active else 0.5) for slot in (1, 2, 3, 4)))
        return emit("Clip", y, "zero", "six") if active else y

    weights += [numpy_helper.from_array(np.array(0, np.float32), "zero"), numpy_helper.from_array(np.array(6, np.float32), "six")]
    channels = int(32 * width)
    y = conv("input", 3, channels, 3, 2)
    for expand, cout, repeats, stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for i in range(repeats):
            wide, out, step = channels * expand, int(cout * width), stride if i == 0 else 1
            z = conv(y, channels, wide, 1) if expand > 1 else y
            z = conv(z, wide, wide, 3, step, groups=wide)
            z = conv(z, wide, out, 1, active=False)
            y, channels = emit("Add", y, z) if step == 1 and channels == out else z, out
    y = emit("GlobalAveragePool", conv(y, channels, 1280, 1))
    y = emit("Gemm", emit("Flatten", y, axis=1), weight("Gemm", 1, 1000, 1280), weight("Gemm", 2, 1000), transB=1)
    graph = helper.make_graph(
        nodes,
        "mobilenetv2",
        [helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, [1, 3, size, size])],
        [helper.make_tensor_value_info(y, onnx.TensorProto.FLOAT, [1, 1000])],
        weights,
    )
    net = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="inferir zoo")
    onnx.checker.check_model(net)
    return net
