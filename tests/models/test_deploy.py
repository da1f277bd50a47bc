"""A packaged model on a machine that holds numpy and inferir without its dependencies: it runs, gives the same bytes, and takes little memory."""

import io
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
import zoo

from inferir.backends.package.writer import write_package
from inferir.backends.runtime.program import Port, Program
from inferir.tools import infer_compile
from tests.unit.small_program import compile_text, small_program

ROOT = Path(__file__).resolve().parents[2]
X = np.random.default_rng(0).random((5, 4), np.float32)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a virtual environment with numpy and the installed wheel of this tree, nothing else."""
    tmp = tmp_path_factory.mktemp("bare")
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_symlink() or (ROOT / name).is_file():
            (tmp / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp / "tree" / name, follow_symlinks=False)
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", tmp / "wheels", tmp / "tree"], check=True, capture_output=True
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp / "env"], check=True)
    python = tmp / "env" / "bin" / "python"
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    for part in Path(sysconfig.get_path("purelib")).glob("numpy*"):
        (Path(where.stdout.strip()) / part.name).symlink_to(part)
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", *(tmp / "wheels").glob("*.whl")], check=True)
    return python.parent


def test_the_same_bytes_as_in_the_full_environment(bare: Path, tmp_path: Path):
    write_package(tmp_path / "m.infer", small_program())
    np.savez(tmp_path / "x.npz", x=X)
    for folder, out in ((bare, "bare.npz"), (Path(sys.executable).parent, "full.npz")):
        command = [folder / "infer-run", "m.infer", "--input", "x.npz", "--output", out, "--profile"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "bare.npz").read_bytes() == (tmp_path / "full.npz").read_bytes()


def test_the_bare_environment_has_numpy_and_inferir_only(bare: Path):
    names = ["xdsl", "onnx", "llvmlite", "flatbuffers", "ml_dtypes", "safetensors", "google.protobuf"]
    for name in names:
        assert subprocess.run([bare / "python", "-c", f"import {name}"], capture_output=True, check=False).returncode == 1
    subprocess.run([bare / "python", "-c", "import numpy, inferir"], check=True)


SUM = """
@inferir_seal = constant [32 x i8] zeroinitializer, align 8
define i64 @inferir_arena_size(ptr %dims) {
  ret i64 0
}
define i64 @inferir_run(ptr %pool, ptr %arena, ptr %weights, ptr %io, ptr %dims) {
entry:
  %y = load ptr, ptr %io
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i1, %loop ]
  %s = phi float [ 0.0, %entry ], [ %s1, %loop ]
  %p = getelementptr float, ptr %weights, i64 %i
  %v = load float, ptr %p
  %s1 = fadd float %s, %v
  %i1 = add i64 %i, 1
  %more = icmp ult i64 %i1, SIZE
  br i1 %more, label %loop, label %out
out:
  store float %s1, ptr %y
  ret i64 0
}
"""

MEASURE = """
import sys
import numpy, inferir
def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) * 1024
before = resident()
model = inferir.load(sys.argv[1])
loaded = resident()
y = model()
print(loaded - before, resident() - before, float(y[0]))
"""


def test_weights_are_mapped_and_only_what_is_touched_is_resident(bare: Path, tmp_path: Path):
    elements, mib = 16 << 20, 1 << 20
    outputs = (Port("y", "f32", (1,)),)
    resident = {}
    for touched in (elements, elements // 16):
        code = compile_text(SUM.replace("SIZE", str(touched)))
        weights = np.ones(elements, np.float32)
        write_package(tmp_path / "m.infer", Program((), outputs, (), code, [(0, weights)], weights.nbytes))
        done = subprocess.run([bare / "python", "-c", MEASURE, "m.infer"], cwd=tmp_path, capture_output=True, text=True, check=True)
        loaded, ran, y = (float(word) for word in done.stdout.split())
        assert y == touched
        assert loaded < 8 * mib
        resident[touched] = ran
    assert resident[elements] < 1.3 * 4 * elements
    assert resident[elements // 16] < 16 * mib


def test_resnet50_runs_where_numpy_is_all_there_is(bare: Path, tmp_path: Path):
    """A real model: compiled here, run there; the same bytes, and memory for its weights but not for a copy of them."""
    assert infer_compile.main([str(zoo.model("resnet50")), "--target=cpu", "-o", str(tmp_path / "m.infer")], *streams()) == 0
    np.savez(tmp_path / "x.npz", allow_pickle=False, **zoo.inputs("resnet50"))
    for folder, out in ((bare, "bare.npz"), (Path(sys.executable).parent, "full.npz")):
        command = [folder / "infer-run", "m.infer", "--input", "x.npz", "--output", out]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "bare.npz").read_bytes() == (tmp_path / "full.npz").read_bytes()
    measure = MEASURE.split("model =")[0] + FIRST_RUN
    done = subprocess.run([bare / "python", "-c", measure, "m.infer", "x.npz"], cwd=tmp_path, capture_output=True, text=True, check=True)
    grown, weights = map(int, done.stdout.split())
    assert grown < 1.3 * weights, f"{grown / weights:.2f} x the weights"


FIRST_RUN = """
x = dict(numpy.load(sys.argv[2]))
model = inferir.load(sys.argv[1])
model.run(x)
print(resident() - before, model.program.weights_size)
"""


def streams() -> tuple[io.StringIO, io.StringIO, io.StringIO]:
    """Standard input, output and error of a tool that is called."""
    return io.StringIO(), io.StringIO(), io.StringIO()
