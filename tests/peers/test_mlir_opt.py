"""What we print, LLVM's mlir-opt reads, and what it prints comes back as the same module. `make peers` runs this where mlir-opt is installed."""

import io
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_corpora import CORPORA
from xdsl.dialects import builtin
from xdsl.dialects.builtin import BytesAttr, DenseIntOrFPElementsAttr, IntegerType, ModuleOp, TensorType, UnregisteredOp
from xdsl.printer import Printer

from inferir.core import InferError, make_context, parse, text_of, verify
from inferir.core.split_input import split

LIT = Path(__file__).parents[1] / "lit"
SHARED_DIALECTS = {"builtin", "func", "arith", "math", "scf", "cf", "memref", "tensor", "linalg", "vector"}
MARKER = "// -----"
FLOATS = [
    builtin.f16,
    builtin.f32,
    builtin.f64,
    builtin.bf16,
    builtin.Float8E5M2Type(),
    builtin.Float8E4M3Type(),
    builtin.Float8E4M3FNType(),
]
FLOATS += [builtin.Float8E5M2FNUZType(), builtin.Float8E4M3FNUZType(), builtin.Float8E4M3B11FNUZType(), builtin.Float8E3M4Type()]
FLOATS += [builtin.Float8E8M0FNUType()]


def mlir_opt(text: str, *flags: str) -> str:
    """What mlir-opt prints of a text in generic form."""
    tool = shutil.which("mlir-opt-22") or shutil.which("mlir-opt")
    assert tool is not None, "mlir-opt 22 is not installed (Debian: mlir-22-tools)"
    command = [tool, "--mlir-print-op-generic", "--mlir-print-local-scope", *flags]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return done.stdout


def read(text: str, name: str = "<text>") -> ModuleOp:
    module = parse(text, name, make_context(allow_unregistered=True))
    verify(module)
    return module


def suite() -> tuple[list[tuple[str, ModuleOp]], list[tuple[str, ModuleOp]]]:
    """The modules of the lit suite that are valid: those of dialects that mlir-opt has too, and the others."""
    shared: list[tuple[str, ModuleOp]] = []
    own: list[tuple[str, ModuleOp]] = []
    for file in sorted(LIT.rglob("*.mlir")):
        for line, text in split(file.read_text(encoding="utf-8"), MARKER):
            try:
                module = read(text, str(file))
            except InferError:
                continue
            ops = list(module.walk())
            foreign = any(isinstance(op, UnregisteredOp) or op.name.partition(".")[0] not in SHARED_DIALECTS for op in ops)
            (own if foreign else shared).append((f"{file.relative_to(LIT)}:{line}", module))
    return shared, own


def assert_comes_back(modules: Sequence[tuple[str, ModuleOp]], *flags: str) -> None:
    texts = [text_of(module, generic=True, ctx=make_context()) for _, module in modules]
    back = mlir_opt(f"{MARKER}\n".join(texts), "--split-input-file", *flags)
    chunks = [text for _, text in split(back, MARKER)]
    assert len(chunks) == len(modules)
    differ = [name for (name, module), chunk in zip(modules, chunks, strict=True) if not module.is_structurally_equivalent(read(chunk))]
    assert differ == []


def test_the_lit_suite_comes_back_from_mlir_opt():
    shared, own = suite()
    assert len(shared) > 10
    assert len(own) > 300
    assert_comes_back(shared, "--allow-unregistered-dialect")  # for attributes of our dialects on functions
    assert_comes_back(own, "--allow-unregistered-dialect")


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpora_come_back_from_mlir_opt(name: str):
    assert_comes_back([(name, read(CORPORA[name](500)))], "--allow-unregistered-dialect")


def constants_back(attributes: Sequence[DenseIntOrFPElementsAttr]) -> list[bytes]:
    """The elements of attributes after a way through mlir-opt and back."""
    stream = io.StringIO()
    for attribute in attributes:
        stream.write('"test.op"() {a = ')
        Printer(stream).print_attribute(attribute)
        stream.write("} : () -> ()\n")
    module = read(mlir_opt(stream.getvalue(), "--allow-unregistered-dialect"))
    return [op.attributes["a"].data.data for op in module.body.block.ops]  # pyright: ignore[reportAttributeAccessIssue]


@settings(max_examples=10, deadline=None)
@given(st.binary(min_size=8, max_size=8 * 120).map(lambda b: b[: len(b) // 8 * 8]))
def test_dense_floats_come_back_bit_for_bit(data: bytes):
    sent = []
    for type in FLOATS:
        for part in (data, data[: type.compile_time_size]):
            sent.append(DenseIntOrFPElementsAttr(TensorType(type, [len(part) // type.compile_time_size]), BytesAttr(part)))
    assert constants_back(sent) == [a.data.data for a in sent]


@pytest.mark.parametrize("count", [1, 7, 100, 101, 130])
def test_dense_narrow_integers_come_back(count: int):
    sent = []
    for width in (1, 2, 4, 7, 8, 12, 17, 24, 33, 64):
        low, high = (0, 2) if width == 1 else IntegerType(width).value_range()
        values = [low + i * 5 % (min(high, low + 999) - low) for i in range(count)]
        sent.append(DenseIntOrFPElementsAttr.from_list(TensorType(IntegerType(width), [count]), values))
    assert constants_back(sent) == [a.data.data for a in sent]
