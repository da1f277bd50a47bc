"""Scalar programs round once, and what is assumed about dimensions belongs to who asked."""

import threading

from xdsl.dialects.builtin import Float16Type, Float64Type

from inferir.core.dims import assumptions, differ, symbol
from inferir.passes.cpu.inference_to_cpu.program import Program, Value


def test_a_double_becomes_half_precision_in_one_rounding():
    """1 + 2^-11 + 2^-40 is above the middle of two halves; as a float it would lie on the middle."""
    program = Program([Float64Type()])
    result = Value(program, program.top.args[0]).to(Float16Type())
    assert result.type == Float16Type()
    assert [op.name for op in program.top.ops] == ["arith.truncf"]


def test_compilations_side_by_side_do_not_share_assumptions():
    a, b = symbol("a"), symbol("b")
    meet = threading.Barrier(2)
    seen: dict[str, int] = {}

    def collect(name: str, questions: int) -> None:
        with assumptions() as pairs:
            meet.wait()
            for _ in range(questions):
                differ(a, b)
            meet.wait()
            seen[name] = len(pairs)

    threads = [threading.Thread(target=collect, args=(f"t{n}", n)) for n in (1, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"t1": 1, "t3": 3}


def test_inner_questions_reach_the_outer_block():
    a, b = symbol("a"), symbol("b")
    with assumptions() as outer:
        with assumptions() as inner:
            differ(a, b)
        differ(b, a)
    assert (len(outer), len(inner)) == (2, 1)
