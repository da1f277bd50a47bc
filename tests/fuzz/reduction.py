"""Random modules with a planted failure, shrunk: each must come down to a few ops, without a traceback.

    python tests/fuzz/reduction.py --count 500 --seed 0

A module has nested modules, functions that call each other, blocks, branches, loops, conditions, unregistered ops with and
without regions, attributes that name functions. The failure is one op, or one op that uses the result of another.
"""

import argparse
import random
import sys
from collections.abc import Callable

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import OpResult

from inferir.core import make_context, parse, verify
from inferir.core.reduction import reduce, size

MOST = 3
"""Ops that a reduced module may have."""
UNARY = ["arith.negf", "math.exp", "math.sqrt", "math.absf"]
BINARY = ["arith.addf", "arith.mulf", "arith.subf"]


class Writer:
    """Writes one random module with `math.tanh` somewhere in it."""

    def __init__(self, seed: int, unregistered: bool = True):
        self.rng = random.Random(seed)
        self.unregistered = unregistered
        self.count = 0
        self.places = 0

    def module(self) -> str:
        """The text."""
        rng = self.rng
        names = [f"f{i}" for i in range(rng.randint(1, 4))]
        functions = [self.function(name, names[:i]) for i, name in enumerate(names)]
        inner = self.function("inner", []) if rng.random() < 0.3 else None
        lines = functions + ([f"builtin.module @m {{\n{inner}\n}}"] if inner else [])
        if self.unregistered and rng.random() < 0.3:
            lines.append(f'"plug.register"() {{table = [@{rng.choice(names)}]}} : () -> ()')
        body = "\n".join(lines).split("PLACE")
        chosen = rng.randrange(max(1, len(body) - 1))
        return "".join(part + ("" if i == len(body) - 1 else "math.tanh" if i == chosen else "math.exp") for i, part in enumerate(body))

    def function(self, name: str, callees: list[str]) -> str:
        """A function of one block, or of four."""
        values = ["%x", "%y"]
        self.count = 0
        head = f"func.func{self.rng.choice(['', ' private'])} @{name}(%c: i1, %n: index, %x: f32, %y: f32) -> f32 {{\n"
        lines = self.block(values, callees, 2)
        if self.rng.random() < 0.5:
            return head + "\n".join([*lines, f"func.return {self.rng.choice(values)} : f32"]) + "\n}"
        left, right = [self.block(values[:], callees, 1) for _ in range(2)]
        end = self.rng.choice(values)
        never = ["^never:", *self.block(values[:], callees, 0), "cf.br ^a"] if self.rng.random() < 0.3 else []
        blocks = ["cf.cond_br %c, ^a, ^b", "^a:", *left, f"cf.br ^d({end} : f32)", "^b:", *right, f"cf.br ^d({end} : f32)", *never]
        return head + "\n".join([*lines, *blocks, "^d(%end: f32):", *self.block(["%end"], callees, 0), "func.return %end : f32"]) + "\n}"

    def block(self, values: list[str], callees: list[str], depth: int) -> list[str]:
        """Some ops; `values` grows by what they define."""
        lines: list[str] = []
        for _ in range(self.rng.randint(1, 6)):
            lines += self.op(values, callees, depth)
        return lines

    def op(self, values: list[str], callees: list[str], depth: int) -> list[str]:
        """One op, with what is inside it."""
        rng = self.rng
        self.count += 1
        out, a, b = f"%v{self.count}", rng.choice(values), rng.choice(values)
        kinds = ["unary", "binary", "place", *["call"] * bool(callees), *["if", "for"] * (depth > 0)]
        kind = rng.choice([*kinds, *["plug", *["region"] * (depth > 0)] * self.unregistered])
        if kind == "unary":
            lines = [f"{out} = {rng.choice(UNARY)} {a} : f32"]
        elif kind == "binary":
            lines = [f"{out} = {rng.choice(BINARY)} {a}, {b} : f32"]
        elif kind == "place":
            lines = [f"{out} = PLACE {a} : f32"]
        elif kind == "plug":
            lines = [f'{out} = "plug.op"({a}) {{note = {self.count} : i32}} : (f32) -> f32']
        elif kind == "call":
            lines = [f"{out} = func.call @{rng.choice(callees)}(%c, %n, {a}, {b}) : (i1, index, f32, f32) -> f32"]
        else:
            lines = self.nested(kind, out, values, callees, depth)
        values.append(out)
        return lines

    def nested(self, kind: str, out: str, values: list[str], callees: list[str], depth: int) -> list[str]:
        """An op with regions."""
        inner = [*values, f"%a{self.count}"] if kind == "for" else values[:]
        argument, start = f"%a{self.count}", values[-1]
        body = self.block(inner, [] if kind == "region" else callees, depth - 1)  # an unregistered op may be a symbol table
        if kind == "if":
            other = self.block(values[:], callees, depth - 1)
            return [
                f"{out} = scf.if %c -> (f32) {{",
                *body,
                f"scf.yield {inner[-1]} : f32",
                "} else {",
                *other,
                f"scf.yield {start} : f32",
                "}",
            ]
        if kind == "for":
            head = f"{out} = scf.for %i{out[1:]} = %n to %n step %n iter_args({argument} = {start}) -> (f32) {{"
            return [head, *body, f"scf.yield {inner[-1]} : f32", "}"]
        return [f'{out} = "plug.scope"({start}) ({{', *body, f'"plug.end"({inner[-1]}) : (f32) -> ()', "}) : (f32) -> f32"]


def has_tanh(module: ModuleOp) -> bool:
    """The planted op is there."""
    return any(op.name == "math.tanh" for op in module.walk())


def tanh_of_computed(module: ModuleOp) -> bool:
    """The planted op is there and uses what another op computes."""
    return any(op.name == "math.tanh" and isinstance(op.operands[0], OpResult) for op in module.walk())


def shrunk(seed: int) -> tuple[int, int, str]:
    """Ops before and after, and the text, of the module of a seed."""
    text = ""
    while "math.tanh" not in text:  # else no place for it was drawn
        text = Writer(seed).module()
        seed += 1_000_003
    ctx = make_context(allow_unregistered=True)
    module = parse(text, f"seed {seed}", ctx)
    verify(module)
    fails: Callable[[ModuleOp], bool] = tanh_of_computed if tanh_of_computed(module) else has_tanh
    small = reduce(module, fails)
    verify(small)
    assert fails(small)
    return size(module), size(small), str(small)


def main(argv: list[str] | None = None) -> int:
    """Run; 1 where a module stayed too large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    large = 0
    for seed in range(args.seed, args.seed + args.count):
        before, after, text = shrunk(seed)
        if after > MOST:
            large += 1
            print(f"seed {seed}: {before} ops -> {after}\n{text}")
    print(f"{args.count} modules, {large} with more than {MOST} ops left")
    return int(large > 0)


if __name__ == "__main__":
    sys.exit(main())
