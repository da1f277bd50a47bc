"""What text may do: name weights beside itself only, and run passes that stay in this process."""

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
import xdsl.transforms

from inferir.core import InferError, discovery
from inferir.core.pipeline import parse_pipeline
from inferir.core.reproducer import pipeline_of, reproducer_text
from inferir.core.weights import WeightStore, write_safetensors
from inferir.tools import infer_bisect, infer_compile, infer_opt, infer_reduce, infer_run

TEXT = """builtin.module attributes {{inference.weights = {named}}} {{
  func.func @main(%x: tensor<8xi8>) -> tensor<8xi8> {{
    %c = inference.constant #inference.weight<"w"> : tensor<8xi8>
    %y = inference.add %x, %c : tensor<8xi8>
    func.return %y : tensor<8xi8>
  }}
}}
"""


def run(tool, *argv: str, stdin: str = "") -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    return tool.main(list(argv), io.StringIO(stdin), out, err), out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Weights in a folder beside that of the texts, and in a folder below it."""
    store = WeightStore()
    store.add("w", np.arange(8, dtype=np.int8))
    for place in ("else", "texts/below"):
        (tmp_path / place).mkdir(parents=True)
        write_safetensors(tmp_path / place / "w.safetensors", store, ["w"])
        (tmp_path / place / "w.bin").write_bytes(bytes(range(8)))
    (tmp_path / "texts" / "link").symlink_to("../else/w.safetensors")
    monkeypatch.chdir(tmp_path / "texts")
    return tmp_path


def text(name: str) -> str:
    """A text whose weights have that name, in one form or the other by its suffix."""
    return TEXT.format(named=f'{{w = ["{name}", 0 : i64, tensor<8xi8>]}}' if name.endswith("bin") else f'"{name}"')


OUTSIDE = ("../else/w.bin", "../else/w.safetensors", "{0}/else/w.bin", "{0}/else/w.safetensors", "below/../../else/w.bin", "link")
INSIDE = ("below/w.bin", "below/w.safetensors", "{0}/texts/below/w.bin", "./below/../below/w.safetensors")


@pytest.mark.parametrize("name", OUTSIDE)
def test_weights_outside_of_the_texts_folder_are_read_only_when_asked(folder: Path, name: str):
    name = name.format(folder)
    Path("m.mlir").write_text(text(name))
    for argv in (("m.mlir",), (str(folder / "texts" / "m.mlir"),), ("-",)):
        given = ("--input", "random", "--target", "interpreter")
        code, _, said = run(infer_run, *argv, *given, stdin=text(name))
        assert code == 1 and said.count("\n") <= 3, said
        assert f"no weight 'w': '{name}' is not below the folder of the text; --weights-from=" in said
        assert run(infer_run, *argv, *given, "--weights-from", str(folder / "else"), stdin=text(name))[0] == 0
    assert run(infer_compile, "m.mlir", "-o", "m.infer")[0] == 1 and not Path("m.infer").exists()
    assert run(infer_compile, "m.mlir", "-o", "m.infer", "--weights-from=../else")[0] == 0
    assert run(infer_opt, "m.mlir")[0] == 0  # passes that look at no weight need none


@pytest.mark.parametrize("name", INSIDE)
def test_weights_below_the_texts_folder_are_read(folder: Path, name: str):
    Path("m.mlir").write_text(text(name.format(folder)))
    code, out, said = run(infer_run, "m.mlir", "--input", "random", "--target", "interpreter")
    assert code == 0 and out.startswith("out0: int8[8]"), said
    os.chdir(folder)
    assert run(infer_run, "texts/m.mlir", "--input", "random", "--target", "interpreter") == (0, out, "")


def test_the_way_that_the_error_names_works(folder: Path):
    Path("m.mlir").write_text(text("../else/w.bin"))
    said = run(infer_run, "m.mlir", "--input", "random")[2]
    found = re.search(r"(--weights-from=\S+) allows", said)
    assert found is not None
    assert run(infer_run, "m.mlir", "--input", "random", found[1])[0] == 0


@pytest.mark.parametrize(
    "name", ["a" * 300 + ".bin", "a/" * 3000 + ".bin", "\\00.bin", "loop.bin", "/dev/zero.bin", "..bin", "/bin", "\\FF.bin"]
)
def test_names_that_no_file_can_have_are_one_error(folder: Path, name: str):
    Path("loop.bin").symlink_to("loop.bin")
    code, _, said = run(infer_run, "-", "--input", "random", "--target", "interpreter", stdin=text(name))
    assert code == 1 and "Traceback" not in said and said.count("\n") <= 4 and len(said) < 1000, said


def test_reducing_keeps_weights_within_reach(folder: Path):
    Path("m.mlir").write_text(text("below/w.bin"))
    (folder / "p.py").write_text(
        "from inferir.core import InferError, Pass\nfrom inferir.core.constants import constant_value\n\n\n"
        "class Fails(Pass):\n    def run(self, op, ctx):\n        for inner in op.walk():\n            if inner.name == 'inference.constant':\n"
        "                raise InferError(f\"sum {constant_value(inner.properties['value'], ctx).sum()}\")\n"
    )
    command = f"infer-opt --plugin {folder}/p.py --fails"
    code, _, said = run(infer_reduce, "m.mlir", "--test", command, "--match", "sum 28", "-o", "small.mlir")
    assert code == 0, said
    assert "INFERIR_WEIGHTS_FROM" not in os.environ


def test_every_tool_that_reads_text_has_the_option(folder: Path):
    for tool in (infer_run, infer_compile, infer_opt, infer_bisect, infer_reduce):
        assert "--weights-from DIR" in run(tool, "--help")[1]


def test_no_pass_that_starts_a_program_can_be_named():
    pipeline = "builtin.module(mlir-opt{executable=\"/bin/true\" arguments=''})"
    refused = "pass 'mlir-opt' starts a program, which a pipeline may not do"
    module = "func.func @main() {\n  func.return\n}\n"
    for argv, stdin in (
        ([f"--pass-pipeline={pipeline}", "-"], module),
        (["--run-reproducer", "-"], reproducer_text(module, pipeline)),
        (["--run-reproducer", "-"], reproducer_text(module, "builtin.module(mlir-opt)")),
    ):
        code, _, said = run(infer_opt, *argv, stdin=stdin)
        assert code == 1 and refused in said and said.count("\n") == 1, said
    assert run(infer_opt, "--mlir-opt", "-", stdin=module)[0] == 1
    assert "mlir-opt" not in discovery.pass_names()


def test_the_passes_that_start_programs_are_all_known():
    """xDSL's passes whose modules can start one; a newer xDSL may bring more."""
    for name, make in xdsl.transforms.get_all_passes().items():
        module = Path(__import__("sys").modules[make().__module__].__file__ or "").read_text(encoding="utf-8")
        starts = re.search(r"\bsubprocess\b|\bos\.(system|popen|exec|spawn)|\bpty\b", module)
        assert bool(starts) == (name in discovery.STARTS_PROGRAMS), name


PIPELINES = (
    "builtin.module(func.func(fix-dims{sizes=n:3}))",
    "builtin.module(fix-dims{sizes='n:3,m:4'},cse)",
    'builtin.module(a{b="{" c="}"},d{e={f={}}})',
    "builtin.module(x{y='\\\\ \"q\"'})",
    "",
)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_reproducers_with_options_read_back(pipeline: str):
    assert pipeline_of(reproducer_text("builtin.module {\n}\n", pipeline), "r.mlir") == pipeline


def test_a_reproducer_with_options_runs():
    module = 'func.func @main(%x: tensor<?xf32> {inference.name = "x", inference.dims = ["n"]}) -> tensor<?xf32> {\n  func.return %x : tensor<?xf32>\n}\n'
    code, out, said = run(infer_opt, "--run-reproducer", "-", stdin=reproducer_text(module, PIPELINES[0]))
    assert code == 0 and "tensor<3xf32>" in out, said


@pytest.mark.parametrize(
    "text", ["", "mlir_reproducer: {", 'mlir_reproducer: { pipeline: "a }', "mlir_reproducer: {}", '{ pipeline: "a" }']
)
def test_what_is_no_reproducer_is_one_error(text: str):
    with pytest.raises(InferError, match="is no reproducer"):
        pipeline_of(text, "r.mlir")
    assert str(parse_pipeline("cse")) == "cse"
