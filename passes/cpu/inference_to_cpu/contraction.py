"""Sums of products by index letters: matrix products that the tuned kernels do not take, and Einstein's notation."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import cpu
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import rank_of
from inferir.passes.cpu.inference_to_cpu.moving import broadcast_place
from inferir.passes.cpu.inference_to_cpu.program import Program, Value, accumulator, generate


@rewrites(inf.MatmulOp, benefit=0)
def matmul_any(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """y[.., m, n] = bias + sum over k of a[.., m, k] b[.., k, n]"""
    ranks = rank_of(op.a), rank_of(op.b)
    transposed = op.transpose_a and ranks[0] > 1, op.transpose_b and ranks[1] > 1

    def body(s: Program, at: list[Any], a: SSAValue, b: SSAValue, *bias: SSAValue) -> Any:
        rest = list(at)
        n = [rest.pop()] if ranks[1] > 1 else []
        m = [rest.pop()] if ranks[0] > 1 else []
        batch = [_batch(s, v, rest) for v in (a, b)]
        type = accumulator(a)

        def term(ks: list[Any], total: Value) -> list[Any]:
            (k,) = ks
            left = s.load(a, [*batch[0], *([k, *m] if transposed[0] else [*m, k])]).to(type)
            return [total + left * s.load(b, [*batch[1], *([*n, k] if transposed[1] else [k, *n])]).to(type)]

        depth = s.size(a, ranks[0] - (2 if transposed[0] else 1))
        (total,) = s.over([depth], [s.number(0, type)], term)
        for each in bias:
            total = total + s.load(each, broadcast_place(s, each, at)).to(type)
        return total.to(cpu.element_of(a))

    return generate(op, [op.a, op.b, *([op.bias] if op.bias is not None else [])], body, rw)


def _batch(s: Program, x: SSAValue, at: list[Any]) -> list[Any]:
    """Which matrix of x belongs to a place of the joint batch."""
    count = max(rank_of(x) - 2, 0)
    sizes = [s.size(x, axis) for axis in range(count)]
    own = at[len(at) - count :]
    return [0 if d == 1 else i if isinstance(d, int) else s.where(d.equals(1), 0, i) for i, d in zip(own, sizes, strict=True)]


@rewrites(inf.EinsumOp)
def einsum(op: inf.EinsumOp, rw: Rewriter) -> str | None:
    """y[output letters] = sum over the other letters of the product of the operands"""
    terms, output = _letters(op.equation, [rank_of(v) for v in op.args])
    summed = sorted({c for term in terms for c in term} - set(output))

    def body(s: Program, at: list[Any], *args: SSAValue) -> Any:
        type = accumulator(args[0])
        first: dict[str, tuple[int, int]] = {}
        for number, term in enumerate(terms):
            for axis, letter in enumerate(term):
                if letter not in first or s.size(args[first[letter][0]], first[letter][1]) == 1:
                    first[letter] = (number, axis)

        def product(k: list[Any], total: Value) -> list[Any]:
            places = {**dict(zip(output, at, strict=True)), **dict(zip(summed, k, strict=True))}
            value: Any = None
            for x, term in zip(args, terms, strict=True):
                own = [0 if s.size(x, axis) == 1 else places[letter] for axis, letter in enumerate(term)]
                factor = s.load(x, own).to(type)
                value = factor if value is None else value * factor
            return [total + value]

        sizes = [s.size(args[first[c][0]], first[c][1]) for c in summed]
        return s.over(sizes, [s.number(0, type)], product)[0].to(cpu.element_of(args[0]))

    return generate(op, list(op.args), body, rw)


def _letters(equation: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, those of `...` written out."""
    inputs, _, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    free = [c for c in string.ascii_letters if c not in equation]
    most = max((rank - len(t) + 3 for t, rank in zip(terms, ranks, strict=True) if "..." in t), default=0)
    dots = "".join(free[:most])
    filled = [t.replace("...", dots[most - (rank - len(t) + 3) :] if "..." in t else "") for t, rank in zip(terms, ranks, strict=True)]
    return filled, output.replace("...", dots)
