"""Every cpu op on tensors states the size relations that its kernel relies on, and the run-time check, the executor and the verifier hold them."""

import io
from pathlib import Path

import numpy as np
import pytest

import inferir
from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.core.dims import assumptions, parse_dim
from inferir.core.relations import Relation, at_most, broadcast_relations, spans
from inferir.dialects import cpu
from inferir.dialects.cpu.base import Level3Op, Sized
from inferir.dialects.cpu.views import View
from inferir.tools import infer_compile

TENSOR_OPS = sorted({*cpu.LEVEL3, *cpu.ON_TENSORS, cpu.RecurrenceOp, cpu.IfOp, cpu.LoopOp, cpu.ExtentOp}, key=lambda c: c.name)


def test_the_list_holds_every_op_on_tensors():
    listed = {c.name for c in TENSOR_OPS}
    assert {c.name for c in cpu.CPU.operations if issubclass(c, Sized)} <= listed


@pytest.mark.parametrize("cls", TENSOR_OPS, ids=lambda c: c.name)
def test_an_op_states_its_size_relations(cls):
    stated = next(c for c in cls.__mro__ if "size_relations" in c.__dict__)
    assert stated not in (Sized, Level3Op, View), f"{cls.name} states no `size_relations`; `any_sizes` says that there are none"


def test_an_op_that_states_none_is_refused():
    op = cpu.SoftmaxOp.create()
    with pytest.raises(InferError, match=r"cpu\.softmax: does not state which relations of sizes it relies on"):
        Sized.size_relations(op)


def assumed(*relations: Relation) -> list[tuple[str, str]]:
    with assumptions() as pairs:
        assert not any(r.fails() for r in relations)
    return [(str(a), str(b)) for a, b, _ in pairs]


def test_what_types_leave_open_is_assumed():
    n, m = parse_dim("n"), parse_dim("m")
    assert assumed(Relation(n, m, "")) == [("n", "m")]
    assert assumed(Relation(n, n, ""), at_most(n, n, ""), at_most(n, n + 1, "")) == []
    assert assumed(at_most(n, m, "")) == [("min(m, n)", "n")]
    assert assumed(*broadcast_relations((n, 4), (m, 1), (4,))) == [("n", "m")]
    assert assumed(*spans((1, m), (3, n, n), "")) == [("m", "n")]


def test_what_can_never_hold_fails():
    n = parse_dim("n")
    assert Relation(3, 4, "").fails() and at_most(4, 3, "").fails() and at_most(n + 1, n, "").fails()
    assert any(r.fails() for r in broadcast_relations((3, 4), (2, 4)))
    assert any(r.fails() for r in spans((3, 1, 4), (1, 4), ""))


ONE = """func.func @main({arguments}) -> {result} {{
  %y = {op}
  return %y : {result}
}}"""
CASES = {
    "matmul": (
        ["?x?", "?x?"],
        "?x?",
        "inference.matmul %x0, %x1",
        ((2, 64), (64, 3)),
        [((1, 64), (1, 4)), ((2, 64), (1, 4)), ((2, 3), (4, 3))],
    ),
    "batches": (
        ["?x?x?", "?x?x?"],
        "?x?x?",
        "inference.matmul %x0, %x1",
        ((2, 3, 4), (2, 4, 5)),
        [((2, 3, 4), (3, 4, 5)), ((2, 3, 4), (2, 5, 4))],
    ),
    "einsum": (
        ["?x?", "?x?"],
        "?x?",
        'inference.einsum %x0, %x1 equation "ij,jk->ik"',
        ((2, 3), (3, 4)),
        [((2, 3), (4, 4)), ((2, 30), (4, 4))],
    ),
    "norm": (["?x?", "?"], "?x?", "inference.layer_norm %x0, %x1", ((2, 8), (8,)), [((2, 8), (4,)), ((2, 800), (4,)), ((2, 4), (8,))]),
    "slice": (["?x4"], "3x4", "inference.slice %x0 starts [0] ends [3] axes [0]", ((7, 4),), [((2, 4),), ((0, 4),)]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("level", ["none", "layout"])
def test_sizes_that_do_not_fit_are_refused(name: str, level: str):
    inputs, out, op, good, bad = CASES[name]
    types = [f"tensor<{i}xf32>" for i in inputs]
    named = ", ".join(f'%x{i}: {t} {{inference.name = "x{i}"}}' for i, t in enumerate(types))
    text = ONE.format(arguments=named, result=f"tensor<{out}xf32>", op=f"{op} : ({', '.join(types)}) -> tensor<{out}xf32>")
    with inferir.compile(text, opt_level=level) as native, inferir.compile(text, target="interpreter") as reference:
        arrays = [np.random.default_rng(0).standard_normal(s).astype(np.float32) for s in good]
        np.testing.assert_allclose(native(*arrays), reference(*arrays), 1e-4, 1e-5)
        for shapes in bad:
            arrays = [np.zeros(s, np.float32) for s in shapes]
            with pytest.raises((ModelError, InferError)):
                reference(*arrays)
            with pytest.raises((ModelError, InferError)):
                native(*arrays)


ONES = {
    "add": (
        ["?x?", "?x?"],
        "?x?",
        "inference.add %x0, %x1",
        [((3, 4), (1, 4)), ((1, 4), (3, 1)), ((1, 1), (2, 2)), ((0, 4), (1, 1)), ((1,) * 2,) * 2],
    ),
    "einsum": (["?x?", "?x?"], "?x?", 'inference.einsum %x0, %x1 equation "ij,jk->ik"', [((2, 1), (4, 3)), ((2, 4), (1, 3))]),
    "norm": (["?x?", "?"], "?x?", "inference.layer_norm %x0, %x1", [((2, 8), (1,))]),
    "batches": (["?x?x?", "?x?x?"], "?x?x?", "inference.matmul %x0, %x1", [((1, 3, 4), (2, 4, 5)), ((2, 3, 4), (1, 4, 5))]),
}


@pytest.mark.parametrize("name", ONES)
@pytest.mark.parametrize(("level", "threads"), [("none", 1), ("basic", 2), ("layout", 1), ("layout", 2)])
def test_a_size_of_one_is_broadcast(name: str, level: str, threads: int):
    inputs, out, op, cases = ONES[name]
    types = [f"tensor<{i}xf32>" for i in inputs]
    named = ", ".join(f'%x{i}: {t} {{inference.name = "x{i}"}}' for i, t in enumerate(types))
    text = ONE.format(arguments=named, result=f"tensor<{out}xf32>", op=f"{op} : ({', '.join(types)}) -> tensor<{out}xf32>")
    draw = np.random.default_rng(0)
    with inferir.compile(text, opt_level=level, num_threads=threads) as native, inferir.compile(text, target="interpreter") as reference:
        for shapes in (*cases, *cases):
            arrays = [draw.standard_normal(s).astype(np.float32) for s in shapes]
            want = np.asarray(reference(*arrays))
            got = np.asarray(native(*arrays))
            assert got.shape == want.shape
            np.testing.assert_allclose(got, want, 1e-4, 1e-5)


def test_a_package_says_what_to_compile_for(tmp_path: Path):
    text = """func.func @main(%a: tensor<?xf32> {inference.name = "a", inference.dims = ["n"]},
        %b: tensor<?xf32> {inference.name = "b", inference.dims = ["m"]}) -> tensor<?xf32> {
  %y = inference.add %a, %b : tensor<?xf32>
  return %y : tensor<?xf32>
}
"""
    one, other = np.ones(1, np.float32), np.arange(3, dtype=np.float32)
    (tmp_path / "m.mlir").write_text(text)
    for dims, name in (("", "any"), ("n=1", "one")):
        arguments = [str(tmp_path / "m.mlir"), "-o", str(tmp_path / f"{name}.infer"), *(["--dims", dims] if dims else [])]
        assert infer_compile.main(arguments, io.StringIO(), io.StringIO(), io.StringIO()) == 0
    with inferir.load(tmp_path / "any.infer") as model, pytest.raises(ModelError, match=r"n is 1 and m is 3 .* compile it .* \(--dims\)"):
        model(one, other)
    with inferir.load(tmp_path / "one.infer") as model:
        np.testing.assert_array_equal(model(one, other), one + other)


def test_two_inputs_of_one_name_are_compared():
    text = """func.func @main(%a: tensor<?x4xf32> {inference.name = "a", inference.dims = ["n", 4]},
        %b: tensor<?x4xf32> {inference.name = "b", inference.dims = ["n", 4]}) -> tensor<?x4xf32> {
  %y = inference.add %a, %b : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}"""
    for target in ("cpu", "interpreter"):
        with inferir.compile(text, target=target) as model, pytest.raises((ModelError, InferError), match="'n' is"):
            model(np.zeros((3, 4), np.float32), np.zeros((2, 4), np.float32))


def test_this_file_is_about_what_is_declared_once():
    """No kernel op compares sizes by itself beside the interface."""
    folder = Path(cpu.__file__).parent
    assert [f.name for f in sorted(folder.glob("*.py")) if "differ(" in f.read_text()] == []
