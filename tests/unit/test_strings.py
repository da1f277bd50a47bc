"""Strings from end to end: every operator that takes or gives them, against ONNX Runtime, compiled at every level and in the reference executor."""

from io import StringIO
from typing import Any

import numpy as np
import onnx
import onnx.parser
import onnxruntime
import pytest

import inferir
from inferir.backends.package.writer import write_package
from inferir.backends.runtime.program import ModelError
from inferir.core import make_context
from inferir.tools import infer_run
from inferir.tools.driver import build_program

WORDS = np.array([["tree", "a", ""], ["Öl", "x y", "tree"]], object)
NUMBERS = np.array([["1", "-2", "3"], ["40", "5", "-6"]], object)
SCORES = np.array([[0.5, -1.0], [2.0, 1.5], [-3.0, 0.25]], np.float32)

MODELS: dict[str, tuple[str, list[Any]]] = {
    "a size that strings and floats share": (
        (
            "(string[n,3] x, float[2,n] z) => (string[3,n] t, float[2,m] y) <int64[1] o = {1}, int64[1] h = {2}, int64[1] b = {0}>"
            " { t = Transpose(x) d = Shape(z) n = Gather(d, o) e = Div(n, h) p = Slice(z, b, e, o) y = Concat<axis = 1>(p, z) }"
        ),
        [WORDS, np.ones((2, 2), np.float32)],
    ),
    "Identity": ("(string[2,3] x) => (string[2,3] y) { y = Identity(x) }", [WORDS]),
    "Gather": ("(string[2,3] x, int64[2] i) => (string[2,2] y) { y = Gather<axis = 1>(x, i) }", [WORDS, np.array([2, 0])]),
    "GatherElements": (
        "(string[2,3] x, int64[2,1] i) => (string[2,1] y) { y = GatherElements<axis = 1>(x, i) }",
        [WORDS, np.array([[2], [0]])],
    ),
    "GatherND": ("(string[2,3] x, int64[1,2] i) => (string[1] y) { y = GatherND(x, i) }", [WORDS, np.array([[1, 0]])]),
    "Reshape": ("(string[2,3] x, int64[1] s) => (string[6] y) { y = Reshape(x, s) }", [WORDS, np.array([-1])]),
    "Transpose": ("(string[2,3] x) => (string[3,2] y) { y = Transpose(x) }", [WORDS]),
    "Concat": ("(string[2,3] x) => (string[4,3] y) { y = Concat<axis = 0>(x, x) }", [WORDS]),
    "Slice": (
        "(string[2,3] x) => (string[2,2] y) <int64[1] b = {1}, int64[1] e = {3}, int64[1] a = {1}> { y = Slice(x, b, e, a) }",
        [WORDS],
    ),
    "Split": ("(string[2,3] x) => (string[1,3] y, string[1,3] z) { y, z = Split<axis = 0, num_outputs = 2>(x) }", [WORDS]),
    "Squeeze": ("(string[2,3] x) => (string[2,3] y) <int64[1] a = {0}> { z = Unsqueeze(x, a) y = Squeeze(z, a) }", [WORDS]),
    "Flatten": ("(string[2,3] x) => (string[1,6] y) { y = Flatten<axis = 0>(x) }", [WORDS]),
    "Where": (
        "(string[2,3] x, bool[3] c) => (string[2,3] y) { z = Where(c, x, x) y = Identity(z) }",
        [WORDS, np.array([True, False, True])],
    ),
    "Expand": ("(string[1,3] x, int64[2] s) => (string[2,3] y) { y = Expand(x, s) }", [WORDS[:1], np.array([2, 3])]),
    "Tile": ("(string[2,3] x, int64[2] s) => (string[4,3] y) { y = Tile(x, s) }", [WORDS, np.array([2, 1])]),
    "Compress": ("(string[2,3] x, bool[3] c) => (string[2,k] y) { y = Compress<axis = 1>(x, c) }", [WORDS, np.array([True, False, True])]),
    "Shape": ("(string[2,3] x) => (int64[2] y, int64 z) { y = Shape(x) z = Size(x) }", [WORDS]),
    "Equal": ("(string[2,3] x, string[3] z) => (bool[2,3] y) { y = Equal(x, z) }", [WORDS, WORDS[0]]),
    "Equal to a constant": ('(string[2,3] x) => (bool[2,3] y) <string[1] c = {"tree"}> { y = Equal(x, c) }', [WORDS]),
    "Cast to float": ("(string[2,3] x) => (float[2,3] y) { z = Cast<to = 1>(x) y = Relu(z) }", [NUMBERS]),
    "Cast to int64": ("(string[2,3] x) => (int64[2,3] y) { y = Cast<to = 7>(x) }", [NUMBERS]),
    "Cast from int64": ("(int64[2] x) => (string[2] y) { y = Cast<to = 8>(x) }", [np.array([12, -3])]),
    "If": (
        (
            "(string[2,3] x, bool c) => (string[2,3] y) { y = If<then_branch = a () => (string[2,3] p) { p = Identity(x) },"
            " else_branch = b () => (string[2,3] q) { q = Identity(x) }>(c) }"
        ),
        [WORDS, np.array(True)],
    ),
    "StringNormalizer": (
        '(string[3] x) => (string[k] y) { y = StringNormalizer<case_change_action = "UPPER", is_case_sensitive = 0, locale = "C", stopwords = ["A"]>(x) }',
        [WORDS[0]],
    ),
    "StringConcat": ("(string[2,3] x, string[3] z) => (string[2,3] y) { y = StringConcat(x, z) }", [WORDS, WORDS[1]]),
    "StringSplit": ("(string[2,3] x) => (string[2,3,k] y, int64[2,3] n) { y, n = StringSplit(x) }", [WORDS]),
    "RegexFullMatch": ('(string[2,3] x) => (bool[2,3] y) { y = RegexFullMatch<pattern = "t.*">(x) }', [WORDS]),
    "TfIdfVectorizer": (
        (
            '(string[2,3] x) => (float[2,2] y) { y = TfIdfVectorizer<mode = "TF", min_gram_length = 1, max_gram_length = 1, max_skip_count = 0,'
            ' ngram_counts = [0], ngram_indexes = [0, 1], pool_strings = ["tree", "a"]>(x) }'
        ),
        [WORDS],
    ),
    "LabelEncoder to numbers": (
        '(string[2,3] x) => (int64[2,3] y) { y = ai.onnx.ml.LabelEncoder<keys_strings = ["tree", "a"], values_int64s = [4, 7], default_int64 = -2>(x) }',
        [WORDS],
    ),
    "LabelEncoder to strings": (
        '(int64[3] x) => (string[3] y) { y = ai.onnx.ml.LabelEncoder<keys_int64s = [4, 7], values_strings = ["t", "a"], default_string = "?">(x) }',
        [np.array([7, 5, 4])],
    ),
    "LabelEncoder of strings": (
        '(string[2,3] x) => (string[2,3] y) { y = ai.onnx.ml.LabelEncoder<keys_strings = ["tree"], values_strings = ["Baum"], default_string = "?">(x) }',
        [WORDS],
    ),
    "OneHotEncoder": (
        '(string[2,3] x) => (float[2,3,2] y) { z = ai.onnx.ml.OneHotEncoder<cats_strings = ["tree", "a"], zeros = 1>(x) y = Relu(z) }',
        [WORDS],
    ),
    "CategoryMapper": (
        '(string[2,3] x) => (int64[2,3] y) { y = ai.onnx.ml.CategoryMapper<cats_int64s = [4, 9], cats_strings = ["tree", "a"], default_int64 = 7>(x) }',
        [WORDS],
    ),
    "LinearClassifier": (
        (
            '(float[3,2] x) => (string[3] y, float[3,3] s) { y, s = ai.onnx.ml.LinearClassifier<classlabels_strings = ["p", "q", "r"],'
            ' coefficients = [1.0, 2.0, -1.0, 0.5, 0.25, -2.0], intercepts = [0.1, 0.2, 0.3], post_transform = "SOFTMAX">(x) }'
        ),
        [SCORES],
    ),
    "TreeEnsembleClassifier": (
        (
            '(float[3,2] x) => (string[3] y, float[3,2] s) { y, s = ai.onnx.ml.TreeEnsembleClassifier<classlabels_strings = ["no", "yes"],'
            " nodes_treeids = [0, 0, 0], nodes_nodeids = [0, 1, 2], nodes_featureids = [0, 0, 0], nodes_values = [0.75, 0.0, 0.0],"
            ' nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids = [1, 0, 0], nodes_falsenodeids = [2, 0, 0], class_treeids = [0, 0],'
            ' class_nodeids = [1, 2], class_ids = [0, 0], class_weights = [-0.5, 0.75], post_transform = "LOGISTIC">(x) }'
        ),
        [SCORES],
    ),
}


def model_of(text: str, dynamic: bool) -> onnx.ModelProto:
    """A model of the graph that `text` describes, its sizes as numbers or as symbols."""
    model = onnx.parser.parse_model('<ir_version: 9, opset_import: ["" : 20, "ai.onnx.ml" : 2]> agraph ' + text)
    if dynamic:
        for number, port in enumerate(model.graph.input):
            for axis, dim in enumerate(port.type.tensor_type.shape.dim):
                if len(port.type.tensor_type.shape.dim) > 1 or port.name != "s":  # the rank of a result that a shape gives is known
                    dim.dim_param = f"n{number}{axis}"
        for port in model.graph.output:
            for axis, dim in enumerate(port.type.tensor_type.shape.dim):
                dim.dim_param = f"{port.name}{axis}"
    return model


def expected(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return list(session.run(None, dict(zip([i.name for i in model.graph.input], inputs, strict=True))))


def same(got: Any, want: Any) -> bool:
    got, want = np.asarray(got), np.asarray(want)
    return got.shape == want.shape and (np.allclose(got, want, 1e-5) if want.dtype.kind == "f" else got.tolist() == want.tolist())


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
@pytest.mark.parametrize("what", MODELS)
def test_operator(what: str, dynamic: bool, tmp_path):
    text, inputs = MODELS[what]
    model = model_of(text, dynamic)
    want = expected(model, inputs)
    onnx.save(model, tmp_path / "m.onnx")
    for target, level in (("interpreter", "none"), ("cpu", "none"), ("cpu", "layout")):
        with inferir.compile(tmp_path / "m.onnx", target=target, opt_level=level) as compiled:
            for given in (inputs, [x.tolist() for x in inputs], [x.astype(str) if x.dtype == object else x for x in inputs]):
                out = compiled(*given)
                listed = out if isinstance(out, tuple) else (out,)
                assert all(same(g, w) for g, w in zip(listed, want, strict=True)), (target, level, listed, want)


def test_in_packages_and_npz_files(tmp_path):
    text, _ = MODELS["StringConcat"]
    onnx.save(model_of(text, dynamic=True), tmp_path / "m.onnx")
    write_package(tmp_path / "m.infer", build_program(str(tmp_path / "m.onnx"), "cpu", "layout", {}, make_context()))
    np.savez(tmp_path / "x.npz", x=WORDS.astype(str), z=WORDS[1].astype(str))
    for name in ("m.onnx", "m.infer"):
        out = StringIO()
        arguments = [str(tmp_path / name), "--input", str(tmp_path / "x.npz"), "--output", str(tmp_path / "y.npz")]
        assert infer_run.main(arguments, StringIO(), out, out) == 0, out.getvalue()
        with np.load(tmp_path / "y.npz") as file:
            np.testing.assert_array_equal(file["y"], WORDS + WORDS[1])


@pytest.mark.parametrize("reference", ["interpreter", "onnxruntime"])
def test_infer_run_compares_strings(reference, tmp_path):
    text, _ = MODELS["LabelEncoder of strings"]
    onnx.save(model_of(text, dynamic=True), tmp_path / "m.onnx")
    np.savez(tmp_path / "x.npz", in0=WORDS.astype(str))
    out = StringIO()
    arguments = [str(tmp_path / "m.onnx"), "--input", str(tmp_path / "x.npz"), "--reference", reference]
    assert infer_run.main(arguments, StringIO(), out, out) == 0, out.getvalue()
    assert "y: max error 0" in out.getvalue()


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
def test_what_is_no_string_is_refused_in_one_line(target, tmp_path):
    onnx.save(model_of(MODELS["Transpose"][0], dynamic=False), tmp_path / "m.onnx")
    with inferir.compile(tmp_path / "m.onnx", target=target) as model:
        for given, message in (
            ([["a", "b"]], "input 'x' has shape [1, 2], the model takes x: !framework.string[2, 3]"),
            (["a"], "input 'x' has shape [1] of rank 1, the model takes x: !framework.string[2, 3]"),
            (np.zeros((2, 3)), "input 'x' has element type float64, the model takes strings (an element is 0.0)"),
            ([["a", "b", None]] * 2, "input 'x' has element type object, the model takes strings (an element is None)"),
            ([["a"], ["b", "c"]], "input 'x' cannot be read as strings: "),
            (np.array([[b"\xff", b"", b""]] * 2), "input 'x' cannot be read as strings: "),
        ):
            with pytest.raises(ModelError) as error:
                model(given)
            assert str(error.value).startswith(message)
