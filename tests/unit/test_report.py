"""What `infer-compile --report` finds in the launches of a program, and that kernels are shared by what they mean."""

import pytest

from inferir.core import PassManager, make_context, parse, text_of
from inferir.tools.report import Repeat, repeats


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("", []),
        ("abc", []),
        ("aab", [Repeat(0, 1, 2)]),
        ("xabababy", [Repeat(1, 2, 3)]),
        ("aabaab", [Repeat(0, 3, 2)]),
        ("ababcdcdcd", [Repeat(0, 2, 2), Repeat(4, 2, 3)]),
        ("aaabaaab", [Repeat(0, 4, 2)]),
    ],
)
def test_sequences_that_follow_on_themselves(names: str, found: list[Repeat]):
    assert repeats(list(names)) == found


def test_ops_that_differ_in_their_epilogue_alone_have_kernels_of_their_own():
    maps = "".join(
        f"cpu.map %x outs %y{i} {{\n^bb0(%v: f32):\n %r = {op} : f32\n cpu.yield %r : f32\n}} : (memref<8xf32>, memref<8xf32>) -> ()\n"
        for i, op in enumerate(("math.absf %v", "arith.negf %v", "math.absf %v"))
    )
    arguments = ", ".join(f"%{n}: memref<8xf32>" for n in ("x", "y0", "y1", "y2"))
    ctx = make_context()
    module = parse(f"func.func @main({arguments}) {{\n{maps}return\n}}", "m.mlir", ctx)
    PassManager("convert-cpu-to-kernels", ctx).run(module)
    text = text_of(module)
    assert text.count("cpu.kernel @") == 2
    assert text.count("cpu.launch @map_0") == 2
