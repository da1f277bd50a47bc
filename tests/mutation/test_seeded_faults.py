"""Twenty wrong patterns inside real models: each is found by --check-numerics and infer-bisect, shrunk by infer-reduce, and held by
the test that --emit-test writes, which fails with the fault and passes without."""

import importlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import seeded_faults

from inferir.core import PassManager, make_context, parse
from inferir.core.plugins import load_plugin, own_plugins
from inferir.core.reduction import size
from inferir.core.sidecar import attach_weights
from inferir.tools import infer_bisect, infer_import, infer_opt, infer_reduce

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "tests" / "models" / "data"
SOURCE = Path(seeded_faults.__file__)
MOST_OPS = 8

sys.path.insert(0, str(ROOT / "tests" / "lit"))
inprocess = importlib.import_module("inprocess")


@pytest.fixture(autouse=True)
def _own_plugins():
    """Plug-ins of one test are not known to the next."""
    with own_plugins():
        yield


@pytest.fixture(scope="session")
def models(tmp_path_factory) -> Iterator[Path]:
    """The models at the level of the inference dialect, with their weights."""
    folder = tmp_path_factory.mktemp("models")
    for name in sorted(set(seeded_faults.FAULTS.values())):
        path = folder / f"{name}.mlir"
        assert run(infer_import, MODELS / f"{name}.onnx", "-o", path) == (0, "", "")
    yield folder


def run(tool, *argv) -> tuple[int, str, str]:
    """A tool of ours: its exit code and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    return tool.main([str(a) for a in argv], io.StringIO(), out, err), out.getvalue(), err.getvalue()


def lit_passes(test: Path) -> bool:
    """Whether a test passes under our lit format."""
    line = re.search(r"RUN: (.*)", test.read_text())
    assert line is not None
    command = line[1].replace("%S", str(test.parent)).replace("%s", str(test))
    return all(inprocess.run_pipeline(part, []) == 0 for part in inprocess.pipelines(inprocess.ShParser(command, False).parse()))


def expected_application(given: Path, fault: str) -> str:
    """Which application of the pass is the wrong one, by writing all of them down."""
    ctx = make_context()
    module = parse(given.read_text(), str(given), ctx)
    attach_weights(module, ctx, given.parent)
    manager = PassManager(f"func.func({fault})", ctx)
    log = manager.passes()[0].log
    applied: list[str] = []
    log.note = lambda pattern, op: applied.append(pattern.name)
    manager.run(module)
    (at,) = [i for i, pattern in enumerate(applied, 1) if pattern == fault.replace("-", "_")]
    return f"{at} of {len(applied)}"


def test_there_are_twenty():
    assert len(seeded_faults.FAULTS) == 20


@pytest.mark.parametrize("fault", seeded_faults.FAULTS)
def test_a_fault_is_found_shrunk_and_held(fault: str, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INFERIR_WEIGHTS_FROM", str(models))  # what is written beside the fault names the weights of the model
    plugin = tmp_path / "faults.py"
    plugin.write_text(SOURCE.read_text())
    load_plugin(str(plugin))
    model = models / f"{seeded_faults.FAULTS[fault]}.mlir"
    load, name = f"--plugin={plugin}", fault.replace("-", "_")
    pipeline = f"--pass-pipeline=builtin.module(inference-none,func.func(canonicalize,{fault},cse))"

    # The pass is named, and the application.
    code, _, said = run(infer_opt, model, load, pipeline, "--check-numerics")
    assert code == 1 and f"pass '{fault}' changes what the program computes" in said
    assert re.search(rf"application \d+ of \d+: pattern '{name}' \(.*faults\.py:\d+\)", said)

    # By bisection too; with one application less all is well.
    found = tmp_path / "found.mlir"
    code, report, said = run(infer_bisect, model, load, pipeline, "-o", found)
    assert code == 0, said
    facts = dict(re.findall(r"^([a-z ]+): +(.*)$", report, re.MULTILINE))
    assert facts["pass"].startswith(f"{fault}, ") and facts["pattern"].startswith(f"{name} (")
    assert float(facts["error before"]) == 0 < float(facts["error after"].partition(",")[0])
    assert facts["application"] == expected_application(found, fault)

    # A few ops show it.
    small = tmp_path / "small.mlir"
    command = f"infer-opt {load} --{fault} --check-numerics"
    code, _, said = run(infer_reduce, found, "--test", command, "--match", f"pass '{fault}' changes", "-o", small)
    assert code == 0, said
    assert size(parse(small.read_text(), "small", make_context())) <= MOST_OPS

    # The test that is written of it fails with the fault and passes without.
    test = tmp_path / "test.mlir"
    assert run(infer_opt, small, load, f"--{fault}", "--emit-test", "-o", test)[0] == 0
    assert not lit_passes(test)
    mended = tmp_path / "mended"
    mended.mkdir()
    (mended / "test.mlir").write_text(test.read_text())
    (mended / "faults.py").write_text(SOURCE.read_text().replace("FAULTY = True", "FAULTY = False"))
    assert lit_passes(mended / "test.mlir")
