"""Plug-ins: what a file or an installed package brings is known to every tool, and forgotten with it."""

import io
from importlib import import_module
from pathlib import Path

import pytest

from inferir.core import InferError, PassManager, discovery, make_context, parse, text_of, verify
from inferir.core.plugins import load_plugin, own_plugins, plugged

SOURCE = '''
from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from xdsl.ir import Dialect
from xdsl.irdl import operand_def, result_def, traits_def
from xdsl.traits import Pure

from inferir.core import HasCanonicalizer, Op, Pass, define, number, pipeline, rewrites
from inferir.dialects import inference as inf


@dataclass
class Setting:
    """Dataclasses look their module up by name."""

    size: int = 3


@define
class MixOp(Op):
    """dry + gain * wet"""

    name = "desk.mix"
    traits = traits_def(Pure(), HasCanonicalizer(lambda: (mix_of_silence,)))
    dry = operand_def()
    wet = operand_def()
    gain = number(0.5)
    result = result_def()
    assembly_format = "$dry `with` $wet (`gain` $gain^)? attr-dict `:` type($dry) `,` type($wet) `->` type($result)"

    def infer_shape(self, dry, wet):
        return dry


DESK = Dialect("desk", [MixOp])


@rewrites(MixOp)
def mix_of_silence(op, rw):
    """mix(x, y) without gain = x"""
    if op.gain != 0:
        return "its gain is not zero"
    rw.replace(op, op.dry)


@rewrites(inf.AddOp)
def to_mix(op, rw):
    """x + y = mix(x, y) with the gain of the option"""
    rw.replace(op, MixOp.make(op.lhs, op.rhs, gain=float(rw.options.gain)))


class AddToMix(Pass):
    """Mix."""

    gain: Annotated[float, "of the wet signal"] = 1.0
    patterns = (to_mix,)


DESK_PIPELINE = pipeline("cse", "add-to-mix{gain=0.25}")
'''

ADDS = """
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.add %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
MIXES = """
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = desk.mix %x with %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %1 = desk.mix %x with %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %2 = desk.mix %0 with %1 gain 0.0 : f64 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
"""


@pytest.fixture
def desk(tmp_path: Path) -> str:
    path = tmp_path / "desk.py"
    path.write_text(SOURCE)
    return str(path)


def run(tool: str, *argv: str, stdin: str = "") -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = import_module(f"inferir.tools.{tool.replace('-', '_')}").main(list(argv), io.StringIO(stdin), out, err)
    return code, out.getvalue(), err.getvalue()


def test_an_op_with_a_text_form_of_its_own_and_traits(desk: str):
    with own_plugins([desk]):
        ctx = make_context()
        module = parse(MIXES, "m", ctx)
        verify(module)
        printed = text_of(module)
        assert "desk.mix %0 with %1 gain 0.000000e+00 : f64 : tensor<4xf32>" in printed
        assert text_of(parse(printed, "again", ctx)) == printed
        PassManager("canonicalize,cse", ctx).run(module)
        assert text_of(module).count("desk.mix") == 1


def test_long_texts_in_that_form_go_through_the_fast_parser(desk: str):
    with own_plugins([desk]):
        ctx = make_context()
        lines = "".join(
            f"  %{i} = desk.mix %x with %x gain 2.5e-01 : f64 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>\n" for i in range(400)
        )
        module = parse(f"func.func @f(%x: tensor<4xf32>) {{\n{lines}  return\n}}", "m", ctx)
        verify(module)
        assert [op.gain for op in module.walk() if op.name == "desk.mix"] == [0.25] * 400  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("flag", ["--add-to-mix", "-add-to-mix", "--desk-pipeline", "--pass-pipeline=func.func(add-to-mix)"])
@pytest.mark.parametrize("load", ["--plugin", "-plugin", "--load-pass-plugin", "-load-dialect-plugin"])
def test_passes_are_flags(desk: str, load: str, flag: str):
    code, out, err = run("infer-opt", load, desk, flag, stdin=ADDS)
    assert code == 0 and "desk.mix" in out, err


def test_passes_are_listed(desk: str):
    assert "--add-to-mix                     Mix." in run("infer-opt", "--help", f"--plugin={desk}")[1]
    assert "gain=<float>" in run("infer-opt", "--list-passes", f"--plugin={desk}")[1]
    assert "add-to-mix" not in run("infer-opt", "--help")[1]


def test_a_tool_forgets_its_plugins(desk: str):
    before = {*discovery.our_dialects()}
    assert run("infer-opt", f"--plugin={desk}", stdin=MIXES)[0] == 0
    assert {*discovery.our_dialects()} == before
    assert "desk" in run("infer-opt", stdin=MIXES)[2]


def test_an_inner_block_knows_what_the_outer_one_loaded(desk: str, tmp_path: Path):
    (tmp_path / "empty.py").write_text("")
    with own_plugins([desk]):
        with own_plugins([str(tmp_path / "empty.py")]):
            assert "add-to-mix" in plugged().passes
            assert len(plugged().modules) == 2
        load_plugin(desk)  # once is enough
        assert len(plugged().modules) == 1


def test_a_file_that_changed_is_read_anew(desk: str):
    with own_plugins([desk]):
        assert "add-to-mix" in plugged().passes
    Path(desk).write_text(SOURCE.replace("class AddToMix", "class AddToDesk"))
    with own_plugins([desk]):
        assert "add-to-desk" in plugged().passes and "add-to-mix" not in plugged().passes


def test_two_files_of_one_name(desk: str, tmp_path: Path):
    other = tmp_path / "elsewhere" / "desk.py"
    other.parent.mkdir()
    other.write_text(SOURCE.replace("desk.mix", "room.mix").replace('"desk"', '"room"').replace("AddToMix", "AddToRoom"))
    with own_plugins([desk, str(other)]):
        assert {"desk", "room"} <= {*discovery.our_dialects()}
        assert [o.name for o in plugged().passes["add-to-room"].options().values()] == ["gain"]


@pytest.mark.parametrize(
    ("text", "says"), [("1 / 0", "ZeroDivisionError: division by zero"), ("(", "SyntaxError"), (None, "no such Python file")]
)
@pytest.mark.parametrize(
    ("tool", "argv"),
    [
        ("infer-opt", []),
        ("infer-bisect", []),
        ("infer-import", ["m.onnx"]),
        ("infer-compile", ["m.mlir", "-o", "m.infer"]),
        ("infer-run", ["m.mlir", "--input=random"]),
        ("infer-reduce", ["m.mlir", "--test=false"]),
        ("infer-update-checks", ["m.mlir"]),
        ("infer-lsp-server", []),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_one_line(tmp_path: Path, tool: str, argv: list[str], text: str | None, says: str, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("m.mlir").write_text(ADDS)
    if text is not None:
        Path("broken.py").write_text(text)
    code, out, err = run(tool, "--plugin", "broken.py", *argv)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1 and "error: cannot load plug-in 'broken.py': " + says in err


def test_a_rule_of_a_plugin_goes_before_one_of_the_tree(tmp_path: Path):
    """Also where those of the tree are loaded after it."""
    from inferir.passes.framework.lowering import registry

    rule = registry.Rule("onnx", "Relu", 1, lambda op, lo: None)
    own = registry.Rule("onnx", "Relu", 1, import_module("inferir.passes.framework.onnx_rules").__dict__.get("relu", registry.rules))
    assert rule.order < own.order and not own.replaces(rule)
    path = tmp_path / "relu_rule.py"
    path.write_text(
        "from inferir.dialects import inference as inf\n"
        "from inferir.passes.framework.lowering import lowering\n"
        "@lowering('onnx', 'Relu')\n"
        "def relu(op, lo):\n"
        "    return lo.emit(inf.NegOp, *lo.operands(1))\n"
    )
    text = """func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = framework.onnx.Relu(%x) {version = 14} : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }"""
    flag = "--convert-framework-to-inference"
    assert "inference.neg" in run("infer-opt", f"--plugin={path}", flag, stdin=text)[1]
    assert "inference.relu" in run("infer-opt", flag, stdin=text)[1]


def test_a_package_that_is_not_installed(tmp_path: Path):
    folder = tmp_path / "outofdesk"
    folder.mkdir()
    (folder / "passes.py").write_text(SOURCE)
    (folder / "__init__.py").write_text("from outofdesk.passes import DESK, AddToMix")
    for path in (folder, folder / "__init__.py"):
        code, out, err = run("infer-opt", f"--plugin={path}", "--add-to-mix", stdin=ADDS)
        assert code == 0 and "desk.mix" in out, err
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "__init__.py").write_text("")
    with pytest.raises(InferError, match="another module is named 'json'"):
        load_plugin(str(tmp_path / "json"))


def test_only_a_file_can_be_a_plugin(tmp_path: Path):
    with pytest.raises(InferError, match="no such Python file"):
        load_plugin(str(tmp_path))
    with pytest.raises(InferError, match="no such Python file"):
        load_plugin("a\0b")
