"""infer-run on packages: inputs by name or position, one line for every mistake, the same bytes each time."""

import io
import os
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.backends.package.writer import write_package
from inferir.backends.runtime.arrays import describe, random_inputs
from inferir.backends.runtime.program import ModelError, Port
from inferir.core.diagnostics import InferError
from inferir.frontends import frontend_for
from inferir.tools import infer_run as infer_run_module
from inferir.tools.infer_run import main
from tests.unit.small_program import WEIGHTS, small_program

X = np.arange(8, dtype=np.float32).reshape(2, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_package(tmp_path / "m.infer", small_program())
    np.savez(tmp_path / "x.npz", x=X)
    return tmp_path


def infer_run(folder: Path, *argv: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr; file names are relative to the folder, model first."""
    words = [str(folder / word) if word.endswith((".npz", ".infer")) else word for word in argv]
    stdout, stderr = io.StringIO(), io.StringIO()
    code = main(words, io.StringIO(), stdout, stderr)
    return code, stdout.getvalue(), stderr.getvalue()


def test_runs_and_summarises(folder: Path):
    assert infer_run(folder, "m.infer", "--input", "x.npz") == (0, "y: float32[2, 4] min 0 max 28 mean 10 values 0 2 6 12 ...\n", "")


@pytest.mark.parametrize("names", [("x",), ("in0",), ("in_x",), ("in0", "out0")])
def test_inputs_are_taken_by_name_or_position(folder: Path, names):
    np.savez(folder / "x.npz", **dict.fromkeys(names, X))  # pyright: ignore[reportArgumentType]
    assert infer_run(folder, "m.infer", "--input", "x.npz")[0] == 0


def test_outputs_are_written_with_equal_bytes(folder: Path):
    for out in ("a.npz", "b.npz"):
        assert infer_run(folder, "m.infer", "--input", "x.npz", "--output", out)[0] == 0
    np.testing.assert_array_equal(np.load(folder / "a.npz")["y"], X * WEIGHTS)
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()


def test_random_inputs_are_seeded_and_sized(folder: Path):
    runs = [infer_run(folder, "m.infer", "--input", "random", "--dims", "n=3", "--seed", seed)[1] for seed in ("0", "0", "1")]
    assert runs[0] == runs[1] != runs[2]
    assert runs[0].startswith("y: float32[3, 4]")
    ports = (Port("ids", "i64", ("n", "2*n")), Port("mask", "i1", (3,)))
    arrays = random_inputs(ports, {})
    assert arrays["ids"].shape == (1, 2) and arrays["mask"].dtype == bool


def test_profile_lists_launches(folder: Path):
    lines = infer_run(folder, "m.infer", "--input", "x.npz", "--profile")[1].splitlines()
    assert lines[1].endswith("100.0%  scale")
    assert lines[2].endswith("total of 1 launches")
    write_package(folder / "m.infer", small_program(launches=()))
    assert "records no times" in infer_run(folder, "m.infer", "--input", "x.npz", "--profile")[1]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("no.infer", "--input", "x.npz"), "no.infer: No such file or directory"),
        (("x.npz", "--input", "x.npz"), "x.npz: no frontend knows this file"),
        (("m.infer", "--input", "no.npz"), "no.npz: No such file or directory"),
        (("m.infer", "--input", "m.infer"), "m.infer: not an npz file of plain arrays"),
        (("m.infer", "--input", "empty.npz"), "empty.npz: not an npz file of plain arrays"),
        (("m.infer", "--input", "wrong.npz"), "the model has no input 'z'; its inputs are 'x'"),
        (("m.infer", "--input", "double.npz"), "input 'x' has element type float64, the model takes f32 (float32)"),
        (("m.infer", "--input", "flat.npz"), "input 'x' has shape [8] of rank 1, the model takes x: f32[n, 4]"),
        (("m.infer", "--input", "x.npz", "--output", "no/y.npz"), "y.npz: No such file or directory"),
        (("m.infer", "--inptu", "x.npz"), "the following arguments are required: --input"),
        (("m.infer", "--input", "x.npz", "--porfile"), "no option '--porfile'; did you mean '--profile'?"),
        (("m.infer", "--input", "random", "--dims", "n"), "argument --dims: 'n' is not like batch=1,seq=8"),
        (("m.infer", "--input", "x.npz", "--num-threads", "0"), "num_threads is 0; it must be an integer from 1 to 1024"),
        (("m.infer", "--input", "pickled.npz"), "pickled.npz: not an npz file of plain arrays"),
    ],
)
def test_every_mistake_is_one_line_and_exit_code_1(folder: Path, argv, message):
    np.savez(folder / "wrong.npz", z=X)
    np.savez(folder / "double.npz", x=X.astype(np.float64))
    np.savez(folder / "flat.npz", x=X.reshape(-1))
    np.savez(folder / "pickled.npz", x=np.array([{"a": 1}], dtype=object))
    (folder / "empty.npz").write_bytes(b"")
    code, stdout, stderr = infer_run(folder, *argv)
    assert (code, stdout) == (1, "")
    assert message in stderr and stderr.count("\n") == 1 and stderr.startswith("infer-run: error: ")


def test_help_has_an_example(folder: Path):
    code, stdout, stderr = infer_run(folder, "--help")
    assert (code, stderr) == (0, "")
    assert "example: infer-run m.infer --input x.npz --output y.npz" in stdout


def test_describe_says_what_is_not_finite():
    assert describe("y", np.array([1, np.nan, 3], np.float32)) == "y: float32[3] min 1 max 3 mean 2 not finite 1 values 1 nan 3"
    assert describe("y", np.zeros((0, 3), np.int64)) == "y: int64[0, 3] (empty)"


def test_random_inputs_that_no_array_can_hold_are_one_line(folder: Path):
    """The sizes are the model's, or the user's."""
    code, _, stderr = infer_run(folder, "m.infer", "--input", "random", "--dims", f"n={2**61}")
    assert (code, stderr.count("\n")) == (1, 1) and "no array can be that large" in stderr
    for dims in ((2**40, 2**40), (1,) * 70, (-1,), (2**70,)):
        with pytest.raises(ModelError, match="no array can be that large"):
            random_inputs((Port("x", "f32", dims),), {})


def test_a_pipe_is_no_file_of_arrays_no_package_and_no_model(folder: Path):
    """No process writes into it: waiting would be for ever."""
    for name in ("x.pipe.npz", "m.pipe.infer", "m.pipe.onnx"):
        os.mkfifo(folder / name)
    for argv in (
        ("m.infer", "--input", "x.pipe.npz"),
        ("m.pipe.infer", "--input", "x.npz"),
        (str(folder / "m.pipe.onnx"), "--input", "x.npz"),
    ):
        code, _, stderr = infer_run(folder, *argv)
        assert (code, stderr.count("\n")) == (1, 1) and "not an ordinary file" in stderr
    with pytest.raises(ModelError, match="not an ordinary file"):
        inferir.load(folder / "m.pipe.infer")
    with pytest.raises(InferError, match="not an ordinary file"):
        frontend_for(folder / "m.pipe.onnx")


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ({"y": np.zeros(4, np.float32)}, "y: max error 0 against interpreter, 0 of what is allowed"),
        ({"y": np.full(4, 1e-7, np.float32)}, "y: max error 1e-07 against interpreter, 990 of what is allowed: TOO FAR OFF"),
        ({"y": np.zeros(3, np.float32)}, "y: shape [4] instead of [3] of interpreter: CANNOT BE COMPARED"),
        ({"y": np.zeros(4, np.float64)}, "y: element type float32 instead of float64 of interpreter: CANNOT BE COMPARED"),
        ({"y": np.zeros(4, np.float32), "z": X}, "1 outputs, 2 of interpreter: NOT AS MANY"),
    ],
)
def test_differences_to_a_reference_say_what_they_are(reference, says: str):
    out = io.StringIO()
    fine = infer_run_module._compare({"y": np.zeros(4, np.float32)}, reference, "interpreter", out)
    assert says in out.getvalue().splitlines()[0] and fine == (", 0 of what" in says)
