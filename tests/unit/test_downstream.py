"""`examples/downstream`, a package from outside the tree: built as a wheel, installed in a clean environment beside our own wheel, and known to
every tool and to the editor there. Nothing is downloaded: dependencies come from the environment that runs the test."""

import asyncio
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import numpy as np
import onnx
import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(sys.executable).parent
TEXT = (ROOT / "examples/downstream/tests/target.mlir").read_text(encoding="utf-8")


def checked(*command: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a command that must succeed prints, errors included."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}"
    return done.stdout


class Installed:
    """An environment that holds both wheels and nothing else of ours."""

    def __init__(self, folder: Path):
        sources, wheels, self.folder = folder / "sources", folder / "wheels", folder
        ignored = shutil.ignore_patterns(".*", "build", "__pycache__", "tests", "*.egg-info", "Output")
        shutil.copytree(ROOT, sources, symlinks=True, ignore=ignored)
        offline = ("--no-deps", "--no-index", "--disable-pip-version-check", "-q")
        checked(
            sys.executable, "-m", "pip", "wheel", "--no-build-isolation", *offline, "-w", wheels, sources, sources / "examples/downstream"
        )
        venv.create(folder / "env")
        self.bin = folder / "env" / "bin"
        site = next((folder / "env").glob("lib/python*/site-packages"))
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        checked(sys.executable, "-m", "pip", "--python", self.bin / "python", "install", *offline, *wheels.glob("*.whl"))
        self.env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
        self.env |= {"PATH": f"{self.bin}{os.pathsep}{HERE}{os.pathsep}{os.environ['PATH']}", "AUDIODESK_LIT_OUT": str(folder / "lit")}
        (folder / "m.mlir").write_text(TEXT)

    def run(self, tool: str, *argv: object) -> str:
        """What a tool prints, in the folder of the environment."""
        return checked(self.bin / tool, *argv, cwd=self.folder, env=self.env)

    def failing(self, tool: str, *argv: object) -> str:
        """What a tool prints that must not succeed."""
        words = [str(self.bin / tool), *map(str, argv)]
        done = subprocess.run(
            words, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert done.returncode == 1, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("downstream"))


def test_it_is_our_wheel_that_runs(installed: Installed):
    where = checked(
        installed.bin / "python", "-c", "import inferir, audiodesk; print(inferir.__file__, audiodesk.__file__)", cwd=installed.folder
    )
    assert all(str(installed.folder / "env") in path for path in where.split())


def test_its_lit_suite_passes(installed: Installed):
    lit = "from lit.main import main; main()"
    out = checked(installed.bin / "python", "-c", lit, "-v", ROOT / "examples/downstream/tests", env=installed.env)
    assert "Passed: 5 (100.00%)" in out


def test_infer_opt(installed: Installed):
    assert "desk" in installed.run("infer-opt", "--show-dialects")
    assert "--lower-desk" in installed.run("infer-opt", "--help")
    assert "lower-desk                       - Every target has tensors" in installed.run("infer-opt", "--list-passes")
    assert "inference.neg" in installed.run("infer-opt", "m.mlir", "-lower-desk")


def test_infer_import_and_its_rule(installed: Installed):
    node = onnx.helper.make_node("Mix", ["x", "y"], ["z"], domain="com.audiodesk", gain=0.25)
    x, y, z = (onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [3]) for n in "xyz")
    opsets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("com.audiodesk", 1)]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], "g", [x, y], [z]), opset_imports=opsets), installed.folder / "mix.onnx")
    installed.run("infer-import", "mix.onnx", "-o", "mix.mlir")
    assert "desk.mix" in installed.run("infer-opt", "mix.mlir", "--convert-framework-to-inference")
    np.savez(installed.folder / "in.npz", x=np.array([1, 2, 3], np.float32), y=np.array([4, -4, 8], np.float32))
    installed.run("infer-run", "mix.onnx", "--input", "in.npz", "--target", "script", "--output", "out.npz")
    np.testing.assert_array_equal(np.load(installed.folder / "out.npz")["z"], [2, 1, 5])


def test_infer_compile(installed: Installed):
    assert "target 'script' runs models in this process only" in installed.failing(
        "infer-compile", "m.mlir", "--target=script", "-o", "m.infer"
    )
    assert "did you mean 'script'" in installed.failing("infer-compile", "m.mlir", "--target=scrip", "-o", "m.infer")
    installed.run("infer-opt", "m.mlir", "--desk-to-inference", "-o", "lowered.mlir")
    installed.run("infer-compile", "lowered.mlir", "-o", "m.infer")
    assert "out0: float32[48]" in installed.run("infer-run", "m.infer", "--input=random")


def test_infer_bisect_and_infer_reduce(installed: Installed):
    out = installed.run("infer-bisect", "m.mlir", "--cse", "--lower-desk=bypass=true", "-o", "found.mlir")
    assert "pass:         lower-desk, run 2 of 2" in out
    test = "infer-opt --lower-desk=bypass=true --check-numerics"
    assert "infer-reduce: 4 ops -> 2" in installed.run("infer-reduce", "m.mlir", "--test", test, "-o", "small.mlir")
    assert "desk.mix" in (installed.folder / "small.mlir").read_text()


def test_infer_update_checks(installed: Installed):
    path = installed.folder / "test.mlir"
    installed.run("infer-opt", "m.mlir", "--lower-desk", "--emit-test", "-o", path)
    right = path.read_text()
    path.write_text(right.replace("inference.neg", "inference.abs"))
    assert "renewed" in installed.run("infer-update-checks", path)
    assert path.read_text() == right


def test_the_editor(installed: Installed):
    async def session() -> None:
        editor = LanguageClient("test-editor", "1")
        published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        editor.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: published.put_nowait(params))
        await editor.start_io(str(installed.bin / "infer-lsp-server"))
        await editor.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        uri = (installed.folder / "m.mlir").as_uri()
        editor.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "mlir", 1, TEXT)))
        assert list((await asyncio.wait_for(published.get(), 60)).diagnostics) == []
        line = next(i for i, row in enumerate(TEXT.split("\n")) if "desk.mix" in row)
        at = types.Position(line, TEXT.split("\n")[line].index("desk.mix") + 2)
        hover = await editor.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), at))
        assert hover is not None and "dry + gain * wet" in str(hover.contents)
        await editor.shutdown_async(None)
        editor.exit(None)
        await asyncio.wait_for(editor.stop(), 60)

    asyncio.run(session())
