"""Every tool on streams that are closed, full, or left by their reader: one line, and the exit code of an error."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from inferir.core import InferError
from inferir.tools import infer_compile, infer_import, infer_run
from inferir.tools.console import console
from inferir.tools.driver import compile_model

BIN = Path(sys.executable).parent
TOOLS = (
    "infer-import",
    "infer-opt",
    "infer-reduce",
    "infer-update-checks",
    "infer-bisect",
    "infer-compile",
    "infer-run",
    "infer-lsp-server",
)
MODEL = Path(__file__).resolve().parents[1] / "models" / "data" / "lenet.onnx"


def shell(command: str) -> tuple[int, str]:
    """Exit code and stderr of a line of shell, in which the tools are found."""
    done = subprocess.run(["/bin/bash", "-c", f'PATH="{BIN}:$PATH"; {command}'], stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_a_full_output_is_one_line(tool: str):
    assert shell(f"{tool} --help > /dev/full") == (1, f"{tool}: error: cannot write to standard output: No space left on device\n")


def test_a_closed_output_is_one_line():
    assert shell("infer-opt --help >&-") == (1, "infer-opt: error: cannot write to standard output: it is closed\n")


def test_text_of_a_model_that_cannot_be_written():
    assert (
        shell(f"infer-import {MODEL} > /dev/full")[1] == "infer-import: error: cannot write to standard output: No space left on device\n"
    )
    assert shell(f"infer-run {MODEL} --input random --target interpreter >&-")[1].endswith("standard output: it is closed\n")


def test_a_reader_that_leaves_early_is_no_fault():
    assert shell("infer-opt --list-passes | head -1 > /dev/null") == (0, "")
    assert shell("seq -f 'func.func private @f%g()' 9000 | infer-opt | head -1 >/dev/null; echo ${PIPESTATUS[1]} >&2") == (0, "1\n")


def test_closed_input_and_messages(tmp_path: Path):
    assert shell("infer-opt - <&- > /dev/null") == (0, "")
    assert shell("infer-opt /no/such/file 2>&-")[0] == 1
    assert shell("infer-opt /no/such/file 2>/dev/full")[0] == 1


def test_input_that_is_no_text():
    code, said = shell(r"printf '\377\376x' | infer-run - --input random")
    assert (code, said.count("\n")) == (1, 1)


def test_a_file_name_that_is_no_text(tmp_path: Path):
    model = bytes(tmp_path) + b"/\xff.onnx"
    Path(model.decode(errors="surrogateescape")).write_bytes(MODEL.read_bytes())
    done = subprocess.run([bytes(BIN / "infer-import"), model], capture_output=True, timeout=60, check=False)
    assert done.returncode == 1 and done.stderr.startswith(b"infer-import: error: ") and done.stderr.count(b"\n") == 1


def test_a_path_with_a_newline_is_a_path(tmp_path: Path):
    path = tmp_path / "a\nb.onnx"
    path.write_bytes(MODEL.read_bytes())
    assert [port.name for port in compile_model(str(path), "interpreter").inputs] == ["x"]
    with pytest.raises(InferError):
        compile_model(f"{path}.missing", "interpreter")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (infer_compile, "{0}/m.onnx -o {0}/m.onnx"),
        (infer_compile, "{0}/m.onnx -o {0}/link"),
        (infer_import, "{0}/m.onnx -o {0}/m.onnx"),
        (infer_import, "{0}/m.onnx -o {0}/m.safetensors"),
        (infer_run, "{0}/m.onnx --input random --output {0}/m.onnx"),
        (infer_run, "{0}/m.onnx --input {0}/x.npz --output {0}/x.npz"),
    ],
)
def test_an_output_never_replaces_an_input(tmp_path: Path, tool, arguments: str):
    (tmp_path / "m.onnx").write_bytes(MODEL.read_bytes())
    (tmp_path / "x.npz").write_bytes(b"inputs")
    (tmp_path / "link").symlink_to("m.onnx")
    err = io.StringIO()
    assert tool.main(arguments.format(tmp_path).split(), io.StringIO(), io.StringIO(), err) == 1
    assert err.getvalue().count("\n") == 1, err.getvalue()
    assert (tmp_path / "m.onnx").read_bytes() == MODEL.read_bytes() and (tmp_path / "x.npz").read_bytes() == b"inputs"
    assert not (tmp_path / "m.safetensors").exists()


def test_nothing_lies_beside_a_device(tmp_path: Path):
    (tmp_path / "null").symlink_to("/dev/null")
    assert shell(f"infer-import {MODEL} -o {tmp_path}/null") == (0, "")
    assert [f.name for f in tmp_path.iterdir()] == ["null"]


def test_a_fault_of_a_tool_is_one_line_and_debug_shows_where(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def broken(*_: object) -> int:
        raise {}["a\nb"]

    for argv in ([], ["--debug"]):
        monkeypatch.setattr(sys, "argv", ["tool", *argv])
        assert console("tool", broken) == 1
        said = capsys.readouterr().err
        assert ("Traceback" in said) == bool(argv) and "tool: internal error: KeyError" in said and (argv or said.count("\n") == 1)


@pytest.mark.parametrize(
    ("problem", "code", "says"), [(KeyboardInterrupt, 130, "interrupted"), (MemoryError, 1, "error: not enough memory")]
)
def test_ctrl_c_and_no_memory_are_one_line(problem, code, says, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def main(*_: object) -> int:
        raise problem

    monkeypatch.setattr(sys, "argv", ["tool"])
    assert console("tool", main) == code
    assert capsys.readouterr().err == f"tool: {says}\n"
