"""Element types at the public API: what numpy lacks goes in and comes out as arrays of ml_dtypes, strings as lists and arrays of strings."""

import subprocess
import sys
from io import StringIO

import ml_dtypes
import numpy as np
import pytest

import inferir
from inferir.backends.package.writer import write_package
from inferir.backends.runtime.elements import NUMPY_NAMES
from inferir.backends.runtime.program import DTYPES, ModelError
from inferir.core import make_context
from inferir.tools import infer_run
from inferir.tools.driver import build_program

TURN = """func.func @main(%x: tensor<?x3x{0}> {{inference.name = "x", inference.dims = ["n", 3]}}) -> (tensor<3x?x{0}> {{inference.name = "y"}}) {{
  %0 = inference.transpose %x permutation [1, 0] : (tensor<?x3x{0}>) -> tensor<3x?x{0}>
  return %0 : tensor<3x?x{0}>
}}"""
VALUES = [[0, 1, 0], [1, 1, 0]]


def turned(element: str) -> str:
    return TURN.format(element)


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
@pytest.mark.parametrize("element", NUMPY_NAMES)
def test_types_that_numpy_lacks_go_in_and_come_out(element, target):
    dtype = np.dtype(getattr(ml_dtypes, NUMPY_NAMES[element]))
    x = np.array(VALUES, np.float32).astype(dtype)
    with inferir.compile(turned(element), target=target) as model:
        for given in (x, x.view(DTYPES[element]), np.repeat(x, 2, axis=1)[:, ::2], x.view(f"V{dtype.itemsize}"), x.tolist()):
            for y in (model(given), model.run({"x": given})["y"]):
                assert y.dtype == dtype
                np.testing.assert_array_equal(y.view(DTYPES[element]), x.T.view(DTYPES[element]))


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
def test_another_type_is_refused_in_one_line(target):
    with inferir.compile(turned("bf16"), target=target) as model:
        for given, message in (
            (np.ones((2, 3), np.float16), "input 'x' has element type float16, the model takes bf16 (uint16)"),
            (np.ones((2, 3), ml_dtypes.float8_e5m2), "input 'x' has element type float8_e5m2, the model takes bf16 (uint16)"),
            (np.zeros((2, 3), "V4"), "input 'x' has element type |V4, the model takes bf16 (uint16)"),
        ):
            with pytest.raises(ModelError) as error:
                model(given)
            assert str(error.value) == message


def test_a_list_of_fractions_is_no_list_of_integers():
    with inferir.compile(turned("i64")) as model:
        np.testing.assert_array_equal(model([[1, 2, 3]]), [[1], [2], [3]])
        with pytest.raises(ModelError, match="input 'x' cannot be read as i64: its numbers are not integers"):
            model([[1.5, 2, 3]])


PROBE = """
import sys
import numpy as np
import inferir
from inferir.backends.runtime.program import ModelError
x = np.array({bits}, np.uint16)
with inferir.load(sys.argv[1]) as model:
    assert model(x).dtype == np.uint16 and "ml_dtypes" not in sys.modules
    try:
        model([[1.0, 2.0, 3.0]])
    except ModelError as e:
        assert str(e) == "input 'x' cannot be read as bf16: numpy lacks this type; give an array of ml_dtypes, or of its bits as uint16", e
    import ml_dtypes
    assert model(x).dtype == ml_dtypes.bfloat16 and model(x.view(ml_dtypes.bfloat16)).dtype == ml_dtypes.bfloat16
"""


def test_a_package_passes_bits_where_numpy_lacks_the_type(tmp_path):
    write_package(tmp_path / "m.infer", build_program(turned("bf16"), "cpu", "layout", {}, make_context()))
    bits = np.ones((2, 3), ml_dtypes.bfloat16).view(np.uint16).tolist()
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(bits=bits), tmp_path / "m.infer"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("element", ["bf16", "f8E4M3FN", "f8E5M2", "f4E2M1FN", "i4", "ui2"])
def test_npz_files_hold_them_as_numpy_writes_them(element, tmp_path):
    dtype = np.dtype(getattr(ml_dtypes, NUMPY_NAMES[element]))
    x = np.array(VALUES, np.float32).astype(dtype)
    (tmp_path / "m.mlir").write_text(turned(element))
    np.savez(tmp_path / "x.npz", x=x if dtype.kind == "V" else x.view(np.uint8))
    out = StringIO()
    arguments = [
        str(tmp_path / "m.mlir"),
        "--input",
        str(tmp_path / "x.npz"),
        "--output",
        str(tmp_path / "y.npz"),
        "--reference",
        "interpreter",
    ]
    assert infer_run.main(arguments, StringIO(), out, out) == 0, out.getvalue()
    with np.load(tmp_path / "y.npz") as file:
        np.testing.assert_array_equal(file["y"].view(dtype).astype(np.float32), x.T.astype(np.float32))
