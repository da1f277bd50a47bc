"""Models larger than one wants in memory: importing them costs neither time nor memory."""

import subprocess
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

SIDE = 1024
TENSOR_BYTES = 4 * SIDE * SIDE

MEASURE = """
import sys, time
from pathlib import Path
from inferir.core import make_context, text_of
from inferir.frontends import import_model
import onnx

def private():
    rows = dict(row.split(":") for row in open("/proc/self/status") if row.startswith(("RssAnon", "VmHWM")))
    return [int(rows[key].split()[0]) / 1024 for key in ("RssAnon", "VmHWM")]

def spent(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result

path, loads = Path(sys.argv[1]), int(sys.argv[2])
ctx = make_context()
before, _ = private()
first, text = spent(lambda: text_of(import_model(path, ctx)))
after, peak = private()
again = min(spent(lambda: import_model(path, make_context()))[0] for _ in range(10))
load = min([spent(lambda: onnx.load(path))[0] for _ in range(loads)], default=0.0)
print(first, again, after - before, peak, load, len(ctx.weights))
"""


def chain(count: int) -> onnx.ModelProto:
    """x times `count` matrices w0, w1, ..., which are not there yet."""
    nodes = [helper.make_node("MatMul", [f"v{i}" if i else "x", f"w{i}"], [f"v{i + 1}"]) for i in range(count)]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", SIDE])
    y = helper.make_tensor_value_info(f"v{count}", TensorProto.FLOAT, None)
    return helper.make_model(helper.make_graph(nodes, "g", [x], [y]), opset_imports=[helper.make_opsetid("", 18)])


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def field(number: int, length: int) -> bytes:
    """The head of a length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(length)


def write_single_file(path: Path, count: int) -> None:
    """A model with `count` matrices of zeros inside, in a file of holes."""
    model = chain(count)
    heads = []
    for i in range(count):
        tensor = TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT, dims=[SIDE, SIDE]).SerializeToString()
        tensor += field(9, TENSOR_BYTES)
        heads.append(field(5, len(tensor) + TENSOR_BYTES) + tensor)
    graph = model.graph.SerializeToString()
    model.ClearField("graph")
    with open(path, "wb") as file:
        file.write(model.SerializeToString() + field(7, len(graph) + sum(map(len, heads)) + count * TENSOR_BYTES) + graph)
        for head in heads:
            file.write(head)
            file.seek(TENSOR_BYTES, 1)
        file.truncate()


def write_external(path: Path, count: int) -> None:
    """A model with `count` matrices of zeros in a file of holes beside it."""
    model = chain(count)
    for i in range(count):
        tensor = model.graph.initializer.add(
            name=f"w{i}", data_type=TensorProto.FLOAT, dims=[SIDE, SIDE], data_location=TensorProto.EXTERNAL
        )
        for key, value in (("location", "weights.bin"), ("offset", i * TENSOR_BYTES), ("length", TENSOR_BYTES)):
            tensor.external_data.add(key=key, value=str(value))
    path.write_bytes(model.SerializeToString())
    with open(path.with_name("weights.bin"), "wb") as file:
        file.truncate(count * TENSOR_BYTES)


def measure(path: Path, loads: int) -> list[float]:
    """CPU seconds to import and print the first time, to import again, private MiB added, peak MiB, seconds of onnx.load, weights."""
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path), str(loads)], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def test_400_mb_in_one_file_cost_less_than_5_percent_of_onnx_load_and_20_mib(tmp_path: Path):
    write_single_file(tmp_path / "m.onnx", 100)
    _, seconds, private, _, load, weights = measure(tmp_path / "m.onnx", loads=2)
    assert weights == 100
    assert private < 20
    assert seconds < 0.05 * load, f"{seconds:.3f} s against {load:.3f} s"


def test_6_gb_beside_the_model_are_imported_in_2_seconds_and_200_mib(tmp_path: Path):
    write_external(tmp_path / "m.onnx", 1500)
    seconds, _, _, peak, _, weights = measure(tmp_path / "m.onnx", loads=0)
    assert weights == 1500
    assert seconds < 2
    assert peak < 200
