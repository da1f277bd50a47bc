"""ONNX files to the framework dialect: every fixture reads back, every element type arrives, every mistake is one clear line."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from xdsl.dialects.func import FuncOp

from inferir.core import InferError, PassManager, constant_value, make_context, parse, text_of, verify
from inferir.core.diagnostics import node_names
from inferir.core.sidecar import attach_weights
from inferir.dialects import framework
from inferir.frontends import frontend_for, import_model
from inferir.tools import infer_import
from inferir.tools.model_source import imported

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = sorted((ROOT / "tests/models/data").glob("*.onnx"))
LIGHT = sorted((Path(onnx.__file__).parent / "backend/test/data/light").glob("*.onnx"))
SMALL = [f for f in FIXTURES if f.stat().st_size < 6000]


def run(*argv: str | Path) -> tuple[int, str, str]:
    """infer-import: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    return infer_import.main([str(a) for a in argv], io.StringIO(), out, err), out.getvalue(), err.getvalue()


def write(path: Path, nodes: list[onnx.NodeProto], *weights: TensorProto, opset: int = 18, **graph) -> Path:
    """A model from x: f32[N, 4] to y; nothing checks it."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    made = helper.make_graph(nodes, "g", [x], [y], list(weights), **graph)
    path.write_bytes(helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString())
    return path


def operations(text: str) -> list[str]:
    """The operators of a module's text, in order."""
    return [line.split("framework.onnx.")[1].split("(")[0] for line in text.splitlines() if "framework.onnx." in line]


@pytest.mark.parametrize("path", [*FIXTURES, LIGHT[0]], ids=lambda p: p.stem)
def test_a_model_reads_back_from_its_text(path: Path):
    ctx = make_context()
    module = import_model(path, ctx)
    verify(module)
    text = text_of(module)
    again = parse(text, "m.mlir", make_context())
    verify(again)
    assert text_of(again) == text
    assert text_of(parse(text_of(module, generic=True), "m.mlir", make_context())) == text


@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: p.stem)
def test_every_operation_carries_the_name_of_its_node(path: Path):
    model = onnx.load(path, load_external_data=False)
    module = import_model(path, make_context())
    names = {name for op in module.walk() for name in node_names(op.location)}
    assert {n.name for n in model.graph.node if n.name} <= names


def test_names_dims_and_provenance_are_kept():
    module = import_model(ROOT / "tests/models/data/lenet_dyn.onnx", make_context())
    text = text_of(module)
    assert '%x: tensor<?x1x28x28xf32> {inference.name = "x", inference.dims = ["batch", 1 : i64, 28 : i64, 28 : i64]}' in text
    assert 'framework.producer = "pytorch 2.13.0+cpu", framework.opsets = {ai.onnx = 18 : i64}' in text


def test_dims_fix_symbolic_dimensions():
    path, ctx = ROOT / "tests/models/data/lenet_dyn.onnx", make_context()
    module, _ = imported(path, ctx, {"batch": 3})
    assert "%x: tensor<3x1x28x28xf32>" in text_of(module)
    PassManager("builtin.module(convert-framework-to-inference)", ctx).run(module)
    assert "?" not in text_of(module)
    with pytest.raises(InferError, match="no dimension 'bacth'; did you mean 'batch'"):
        imported(path, make_context(), {"bacth": 3})


def test_types_the_file_does_not_give_are_unranked(tmp_path: Path):
    path = write(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["a"]), helper.make_node("Shape", ["a"], ["b"]),
                                       helper.make_node("Cast", ["b"], ["y"], to=TensorProto.FLOAT)])  # fmt: skip
    text = text_of(import_model(path, make_context()))
    assert "-> tensor<*xf32>" in text and "-> tensor<*xi64>" in text


def test_an_initializer_that_is_also_an_input_is_a_constant(tmp_path: Path):
    w = numpy_helper.from_array(np.ones(4, np.float32), "w")
    model = onnx.load(write(tmp_path / "m.onnx", [helper.make_node("Add", ["x", "w"], ["y"])], w))
    model.ir_version = 3
    model.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, [4]))
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    module = import_model(tmp_path / "m.onnx", make_context())
    main = next(op for op in module.walk() if isinstance(op, FuncOp))
    assert len(main.function_type.inputs.data) == 1


def test_nodes_in_any_order_are_sorted(tmp_path: Path):
    nodes = [helper.make_node("Relu", ["b"], ["y"]), helper.make_node("Abs", ["x"], ["a"]), helper.make_node("Neg", ["a"], ["b"])]
    assert operations(text_of(import_model(write(tmp_path / "m.onnx", nodes), make_context()))) == ["Abs", "Neg", "Relu"]


def arrays(value: onnx.TensorProto, tmp_path: Path) -> np.ndarray:
    """A tensor after import."""
    ctx = make_context()
    module = import_model(write(tmp_path / "m.onnx", [helper.make_node("Identity", ["x"], ["y"])], value), ctx)
    constant = next(op for op in module.walk() if isinstance(op, framework.ConstantOp))
    return constant_value(constant.value, ctx)


NUMBERS = [t for t in TensorProto.DataType.values() if t not in (TensorProto.UNDEFINED, TensorProto.STRING)]


@pytest.mark.parametrize("data_type", NUMBERS, ids=lambda t: TensorProto.DataType.Name(t))
@pytest.mark.parametrize("raw", [False, True], ids=["fields", "raw"])
@pytest.mark.parametrize("count", [7, 3001], ids=["small", "large"])
def test_every_element_type_arrives(data_type: int, raw: bool, count: int, tmp_path: Path):
    dtype = helper.tensor_dtype_to_np_dtype(data_type)
    values = np.random.default_rng(0).integers(0, 2, count) if data_type == TensorProto.BOOL else np.arange(count) % 5 - 2
    array = (values if not dtype.name.startswith(("uint", "float8_e8m0")) else abs(values)).astype(dtype)
    value = numpy_helper.from_array(array, "w") if raw else helper.make_tensor("w", data_type, [count], array)
    got = arrays(value, tmp_path)
    assert got.dtype == dtype
    assert got.tobytes() == numpy_helper.to_array(value).astype(dtype).tobytes()


def test_strings_arrive(tmp_path: Path):
    value = helper.make_tensor("w", TensorProto.STRING, [2], [b"cat", "für".encode()])  # pyright: ignore[reportArgumentType]
    module = import_model(write(tmp_path / "m.onnx", [helper.make_node("Identity", ["x"], ["y"])], value), make_context())
    text = text_of(module)
    assert 'framework.constant #framework.strings<["cat", "f\\C3\\BCr"]> : tensor<2x!framework.string>' in text
    assert text_of(parse(text, "m.mlir", make_context())) == text


def test_the_sidecar_holds_the_weights(tmp_path: Path):
    source = ROOT / "tests/models/data/lenet.onnx"
    assert run(source, "-o", tmp_path / "m.mlir") == (0, "", "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.mlir", "m.safetensors"]
    check_weights(source, (tmp_path / "m.mlir").read_text(), tmp_path)


@pytest.mark.parametrize("name", ["lenet", "external_data"])
def test_text_on_standard_output_says_where_the_weights_lie(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    source = ROOT / f"tests/models/data/{name}.onnx"
    code, text, _ = run(source)
    assert code == 0
    check_weights(source, text, tmp_path)


def check_weights(source: Path, text: str, folder: Path) -> None:
    """The weights that a text names are those of the model."""
    ctx = make_context()
    ctx.weight_folders.append(str(source.parent))
    attach_weights(parse(text, "m.mlir", ctx), ctx, folder)
    large = {t.name: t for t in onnx.load(source).graph.initializer if numpy_helper.to_array(t).nbytes > 1024}
    assert set(ctx.weights.keys()) == set(large)
    for name, tensor in large.items():
        np.testing.assert_array_equal(ctx.weights.get(name), numpy_helper.to_array(tensor))


def test_the_report_lists_operators_and_custom_ones(tmp_path: Path):
    code, _, err = run(ROOT / "tests/models/data/custom_op.onnx", "-o", tmp_path / "m.mlir", "--report")
    assert code == 0 and "FusedThing from com.acme" in err


def node(*args, **kwargs) -> onnx.NodeProto:
    return helper.make_node(*args, **kwargs)


def refers(made: onnx.NodeProto) -> onnx.NodeProto:
    """A node of a function, whose attribute is that of the call."""
    made.attribute[0].ref_attr_name = "slope"
    return made


WRONG = {
    "cycle": ([node("Add", ["x", "b"], ["a"], name="n1"), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])], "cycle: node \"n1\" (Add)"),
    "undefined": ([node("Add", ["x", "nowhere"], ["y"], name="sum")], "node \"sum\" (Add) uses value 'nowhere', which nothing defines"),
    "defined twice": ([node("Relu", ["x"], ["y"]), node("Abs", ["x"], ["y"])], "value 'y' is defined twice"),
    "no output": ([node("Relu", ["x"], ["z"])], "graph output 'y' is a value that nothing defines"),
    "attribute kind": ([node("LeakyRelu", ["x"], ["y"], name="n", alpha="big")], "node \"n\" (LeakyRelu): framework.onnx.LeakyRelu-16 attribute 'alpha'"),
    "attribute name": ([node("LeakyRelu", ["x"], ["y"], alhpa=1.0)], "did you mean 'alpha'"),
    "function's attribute": ([refers(node("LeakyRelu", ["x"], ["y"], alpha=1.0))], "attribute 'alpha' is that of a function ('slope'), but the node stands in none"),
    "operand count": ([node("Add", ["x"], ["y"])], "Add-14 has 1 operand"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_graph_is_one_clear_line(case: str, tmp_path: Path):
    nodes, says = WRONG[case]
    code, out, err = run(write(tmp_path / "m.onnx", nodes), "-o", tmp_path / "m.mlir")
    assert code == 1 and out == "" and err.count("\n") == 1
    assert says in err and "m.onnx" in err
    assert not (tmp_path / "m.mlir").exists()


def tensor(dims: list[int], raw: bytes, data_type: int = TensorProto.FLOAT) -> TensorProto:
    return TensorProto(name="w", data_type=data_type, dims=dims, raw_data=raw)


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        (tensor([1 << 40], b""), "has 0 bytes of data"),
        (tensor([1 << 62, 1 << 62], b""), "impossible"),
        (tensor([-1], b""), "impossible"),
        (tensor([2], b"1234567"), "has 7 bytes of data, its dimensions and type need 8"),
        (tensor([2], b"12345678", 77), "element type 77 does not exist"),
        (tensor([4096], bytes(4095)), "has 4095 bytes"),
    ],
    ids=["terabytes", "overflow", "negative", "odd", "type", "large"],
)
def test_a_wrong_tensor_is_one_clear_line(weight: TensorProto, says: str, tmp_path: Path):
    code, _, err = run(write(tmp_path / "m.onnx", [node("Identity", ["x"], ["y"])], weight))
    assert code == 1 and err.count("\n") == 1 and "tensor 'w'" in err and says in err


@pytest.mark.parametrize("content", [b"", b"this is no model\n", b"{}", bytes(100), b"\x08\x0a" + b"\xff" * 40])
def test_a_file_that_is_no_model_is_refused(content: bytes, tmp_path: Path):
    (tmp_path / "m.onnx").write_bytes(content)
    code, _, err = run(tmp_path / "m.onnx")
    assert code == 1 and err.count("\n") == 1 and "m.onnx" in err


def test_content_tells_what_a_file_is(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(SMALL[0].read_bytes())
    assert frontend_for(tmp_path / "model.bin").__name__.endswith("onnx")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InferError, match="no frontend knows this file"):
        frontend_for(tmp_path / "notes.txt")


def test_external_data_may_be_linked_beside_a_linked_model(tmp_path: Path):
    (tmp_path / "blobs").mkdir()
    (tmp_path / "snapshot").mkdir()
    for suffix in ("onnx", "data"):
        source = ROOT / f"tests/models/data/external_data.{suffix}"
        (tmp_path / "blobs" / suffix).write_bytes(source.read_bytes())
        (tmp_path / "snapshot" / source.name).symlink_to(tmp_path / "blobs" / suffix)
    ctx = make_context()
    import_model(tmp_path / "snapshot" / "external_data.onnx", ctx)
    assert ctx.weights.get("w").shape == (64, 32)


def test_subgraphs_nested_without_end_are_refused(tmp_path: Path):
    def field(number: int, body: bytes) -> bytes:
        head, rest = number << 3 | 2, len(body)
        out = bytearray([head])
        while rest > 127:
            out.append(rest & 127 | 128)
            rest >>= 7
        return bytes(out) + bytes([rest]) + body

    graph = b""
    for _ in range(500):
        graph = field(1, field(4, b"If") + field(5, field(1, b"then_branch") + field(6, graph)))
    (tmp_path / "m.onnx").write_bytes(b"\x08\x08" + field(7, graph))
    code, _, err = run(tmp_path / "m.onnx")
    assert code == 1 and err.count("\n") == 1 and "nested more than" in err


MUTATIONS: list[Callable[[bytearray, random.Random], bytes]] = [
    lambda b, r: bytes(b[: r.randrange(len(b))]),
    lambda b, r: bytes(b[:i] + bytes([b[i] ^ 1 << r.randrange(8)]) + b[i + 1 :]) if (i := r.randrange(len(b))) >= 0 else b"",
    lambda b, r: bytes(b[:i] + r.randbytes(4) + b[i + 4 :]) if (i := r.randrange(len(b))) >= 0 else b"",
    lambda b, r: bytes(b[:i] + b"\xff\xff\xff\xff\x7f" + b[i + 5 :]) if (i := r.randrange(len(b))) >= 0 else b"",
    lambda b, r: bytes(b[:i] + b[j : j + 20] + b[i:]) if (i := r.randrange(len(b))) >= 0 <= (j := r.randrange(len(b))) else b"",
]


def test_mutated_files_end_in_an_import_or_one_clear_line(tmp_path: Path):
    random_ = random.Random(0)
    for turn in range(400):
        data = bytearray(SMALL[turn % len(SMALL)].read_bytes())
        for _ in range(random_.randrange(1, 4)):
            data = bytearray(random_.choice(MUTATIONS)(data, random_)) or bytearray(b"\0")
        (tmp_path / "m.onnx").write_bytes(data)
        code, out, err = run(tmp_path / "m.onnx")
        assert code in (0, 1), turn
        if code == 1:
            assert out == "" and "error: " in err, (turn, err)
        else:
            assert text_of(parse(out, "m.mlir", make_context())) == out, turn
