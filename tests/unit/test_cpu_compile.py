"""From level 4 to an object: what is emitted, for which processor, and what the cache keeps."""

from pathlib import Path

import numpy as np
import pytest

from inferir.backends.cpu import compile as backend
from inferir.backends.cpu.build import build_program
from inferir.backends.cpu.compile import assembly, compile_object
from inferir.backends.cpu.emit.main import emit_program
from inferir.backends.cpu.machines import find_machine, host
from inferir.backends.runtime.model import Model
from inferir.backends.target import find_target
from inferir.core.context import make_context
from inferir.core.diagnostics import InferError
from inferir.core.parser import parse
from inferir.dialects.cpu import machine_of, pack_conv2d, target_attr
from inferir.dialects.inferir import set_target
from inferir.passes.cpu.convert_cpu_to_kernels import ConvertCpuToKernels
from tests.unit.cpu_kernels import BIAS_RELU, level3, reference

rng = np.random.default_rng(0)
PADDED = "pads [1, 1, 1, 1] channels 20"


def convolution():
    """A 3x3 convolution of 20 channels: (arrays, result by the reference semantics)."""
    x = rng.standard_normal((1, 30, 30, 12)).astype(np.float32)
    w = pack_conv2d(rng.standard_normal((20, 12, 3, 3)).astype(np.float32), 16)
    arrays = [x, w, rng.standard_normal(20).astype(np.float32)]
    return arrays, reference("cpu.conv2d", PADDED, BIAS_RELU, arrays, 4)


def lowered(arrays: list[np.ndarray], machine: str = "host"):
    """The level 4 module of the convolution, for a machine."""
    ctx = make_context()
    module = parse(level3("cpu.conv2d", PADDED, BIAS_RELU, arrays, (1, 30, 30, 20), 0, False), "conv.mlir", ctx)
    set_target(module, target_attr(find_machine(machine)))
    ConvertCpuToKernels().run(module, ctx)
    return module


def test_the_same_module_gives_the_same_text():
    arrays, _ = convolution()
    assert emit_program(lowered(arrays)) == emit_program(lowered(arrays))


def test_one_text_serves_256_bit_registers():
    """Code for a processor without AVX-512 has no 512-bit register in it and computes the same."""
    arrays, expected = convolution()
    module = lowered(arrays, "x86-64-v3")
    assert "zmm" not in assembly(emit_program(module), machine_of(module))
    with Model(build_program(module, make_context())) as model:
        np.testing.assert_allclose(model(*arrays), expected, rtol=1e-4, atol=1e-4)


def test_the_environment_names_the_machine(monkeypatch: pytest.MonkeyPatch):
    """Where no option does; a program says what it needs."""
    arrays, _ = convolution()
    monkeypatch.setenv("INFERIR_CPU", "x86-64-v3")
    module = parse("func.func @f() {\n  return\n}", "empty.mlir", make_context())
    find_target("cpu").prepare(module, None)
    assert (machine_of(module).vector, machine_of(module).registers) == (256, 16)
    find_target("cpu").prepare(module, "x86-64-v4")
    assert (machine_of(module).vector, machine_of(module).registers) == (512, 32)
    assert build_program(lowered(arrays, "x86-64-v3"), make_context()).cpu_features == ("avx", "avx2", "bmi", "bmi2", "f16c", "fma")
    monkeypatch.setenv("INFERIR_CPU", "x86-64-v9")
    message = r"INFERIR_CPU: no machine 'x86-64-v9'.* \(there are host, neoverse-n1, x86-64-v3, x86-64-v4, or a file FILE.toml\)"
    with pytest.raises(InferError, match=message):
        find_machine()


def test_objects_for_another_architecture():
    arrays, _ = convolution()
    module = lowered(arrays, "neoverse-n1")
    code = compile_object(emit_program(module), machine_of(module), cache=False)
    assert code[:4] == b"\x7fELF" and int.from_bytes(code[18:20], "little") == 183


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_change_nothing(threads: int):
    """Every task writes its own part of the result, so the bytes are the same; workers sleep and wake in between."""
    arrays, _ = convolution()
    program = build_program(lowered(arrays), make_context())
    with Model(program, num_threads=1) as one, Model(program, num_threads=threads) as several:
        expected = one(*arrays)
        for _ in range(50):
            np.testing.assert_array_equal(several(*arrays), expected)


def test_an_object_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INFERIR_CACHE", str(tmp_path))
    arrays, _ = convolution()
    text = emit_program(lowered(arrays))
    first = compile_object(text, host())
    monkeypatch.setattr(backend, "_generate", lambda text, machine: pytest.fail("compiled again"))
    assert compile_object(text, host()) == first
    assert [p.suffix for p in (tmp_path / "objects").iterdir()] == [".o"]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("INFERIR_CACHE", str(tmp_path / "file"))
    arrays, _ = convolution()
    assert compile_object(emit_program(lowered(arrays)), host())[:4] == b"\x7fELF"


MAIN = """func.func @main(%arena: memref<?xi8>, %weights: memref<?xi8>) {
  return
}
func.func @arena_size() -> index {
  %c0 = arith.constant 0 : index
  return %c0 : index
}"""


def test_an_op_without_code_is_named_with_its_place():
    text = """cpu.kernel @k(%task: index) {
  %0 = arith.xori %task, %task : index
  cpu.done
}
"""
    ctx = make_context()
    with pytest.raises(InferError, match=r"no code for arith\.xori at level 4") as error:
        emit_program(parse(text + MAIN, "odd.mlir", ctx))
    assert "odd.mlir" in str(error.value.location)


def test_a_scalar_op_without_code_is_named():
    text = """cpu.kernel @k(%task: index, %x: memref<8x8xf32>) {
  cpu.uk.map (%x[%task, %task]) to (%x[%task, %task]) with (%task, %task) {
  ^bb0(%v: f32):
    %0 = math.cbrt %v : f32
    cpu.yield %0 : f32
  } : (memref<8x8xf32>) to (memref<8x8xf32>)
  cpu.done
}
"""
    with pytest.raises(InferError, match=r"no code for math\.cbrt in a scalar region"):
        emit_program(parse(text + MAIN, "odd.mlir", make_context()))


def test_a_module_without_main_is_refused():
    with pytest.raises(InferError, match="needs func"):
        emit_program(parse("", "empty.mlir", make_context()))
