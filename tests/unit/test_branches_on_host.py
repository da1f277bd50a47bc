"""Ifs whose branches give results of different sizes: the host takes the branch, native code computes it; against ONNX Runtime."""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import onnxruntime
import pytest

import inferir
from inferir.backends.host.model import HostedModel
from inferir.core import make_context
from inferir.tools.driver import build_program

# What a branch gives of r = Relu(x), x: n rows of 3; names end in @, so that both branches may hold the same.
BRANCHES = {
    "rows": "u@ = Mul (r, two)",
    "twice": "t@ = Tanh (r) u@ = Concat <axis = 0> (t@, x)",
    "half": "t@ = Slice (x, zero, big, zero, step) u@ = Exp (t@)",
    "kept": "t@ = Neg (r) k@ = Compress <axis = 0> (t@, keep) u@ = Tanh (k@)",
    "constant": "u@ = Identity (two)",
    "outer": "u@ = Identity (r)",
    "nested": """v@ = If (d) <
        then_branch = a@ () => (p@) { s@ = Sigmoid (r) p@ = Concat <axis = 0> (s@, two, x) },
        else_branch = b@ () => (q@) { q@ = Mul (x, two) }>
      u@ = Exp (v@)""",
}


def model(then: str, otherwise: str) -> onnx.ModelProto:
    """An If between kernels."""
    regions = [f"{name} () => (u{name}) {{ {BRANCHES[body].replace('@', name)} }}" for name, body in (("y", then), ("n", otherwise))]
    return onnx.parser.parse_model(f"""
    <ir_version: 8, opset_import: ["" : 18]>
    g (float[n, 3] x, bool[n] keep, bool c, bool d) => (float[m, 3] z, float[n, 3] r)
      <float[1, 3] two = {{2.0, 3.0, -1.0}}, int64[1] zero = {{0}}, int64[1] big = {{1000}}, int64[1] step = {{2}}>
    {{
      r = Relu (x)
      i = If (c) <then_branch = {regions[0]}, else_branch = {regions[1]}>
      z = Add (i, two)
    }}""")


@pytest.mark.parametrize("level", ["none", "layout"])
@pytest.mark.parametrize(("then", "otherwise"), list(combinations(BRANCHES, 2)))
def test_branches_of_two_sizes(then: str, otherwise: str, level: str, tmp_path: Path):
    m = model(then, otherwise)
    session = onnxruntime.InferenceSession(m.SerializeToString())
    onnx.save(m, file := tmp_path / "model.onnx")
    with inferir.compile(file, opt_level=level, num_threads=1) as compiled:
        for rows, c, d in [*product((4, 1), (True, False), (True, False)), (5, True, False)]:
            rng = np.random.default_rng(rows)
            feeds = {"x": rng.standard_normal((rows, 3)).astype(np.float32), "keep": rng.integers(0, 2, rows) > 0}
            feeds |= {"c": np.array(c), "d": np.array(d)}
            feeds = {i.name: feeds[i.name] for i in session.get_inputs()}
            for expected, got in zip(session.run(None, feeds), compiled.run(feeds).values(), strict=True):
                want = np.asarray(expected)
                assert got.shape == want.shape
                np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_kernels_of_branches_are_native_and_the_time_of_an_if_is_its_own(tmp_path: Path):
    onnx.save(model("twice", "kept"), file := tmp_path / "model.onnx")
    program = build_program(str(file), "cpu", "layout", {}, make_context())
    assert [op.op for op in program.host_ops] == ["cpu.if"]
    assert len(program.entries) == 5  # before and after the If, its first branch, and the two parts of Compress
    feeds = {"x": np.ones((4, 3), np.float32), "keep": np.ones(4, np.bool_), "d": np.array(True)}
    with HostedModel(program) as loaded:
        for c, inside in ((True, ["ty", "uy"]), (False, ["kn", "tn", "un"])):
            _, times = loaded.profile(feeds | {"c": np.array(c)})
            assert list(dict.fromkeys(name.split()[0] for name, _ in times)) == ["r", *inside, "cpu.if", "z"]
            assert all(seconds >= 0 for _, seconds in times)
