"""Feed infer-opt damaged IR text: every input ends in a result or in an error message, soon and in little memory.

    python tests/fuzz/mutate_text.py --count 1000 --seed 0 [--keep FOLDER]

The inputs are the lit tests' `.mlir` files with bytes flipped, tokens swapped, cut, doubled or taken from elsewhere, numbers made extreme, and
brackets nested. Each goes through the tool's own `main`, with the pass pipeline of its file. Prints what went wrong; exit code 1 if anything did.
"""

import argparse
import io
import os
import random
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import tally
from sandbox import Verdict, verdicts

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 20_000  # characters of all that is said of an input
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[%@#!^]?[\w.$-]+|->|\s+|.', re.DOTALL)
EXTREMES = [
    "0",
    "-1",
    "9223372036854775807",
    "99999999999999999999",
    "1e999",
    "-0.0",
    "0x7fc00000",
    "?",
    "1000000000",
    "4294967296",
    "-9223372036854775808",
    "9" * 5000,
]
TYPES = ["tensor<2x!framework.string>", "tensor<*xf32>", "tensor<0x9223372036854775807xf32>", "tensor<99999999999xf32>", "vector<4xf32>", "i1", "i0",
         "i16777216", "f8E4M3FN", "none", "index", "memref<?xf32>", "complex<f32>", "tuple<>", "!framework.any",
         "tensor<4294967296x4294967296xf32>", "f64", "i8", "bf16", "i4", "ui8", "si32", "i128", "f80"]  # fmt: skip
ATTRIBUTES = ["{a = dense<0> : tensor<99999999999xf32>}", 'dense<"0xFF"> : tensor<4xf32>', "dense_resource<x> : tensor<4xf32>",
              '#inference.weight<"../../etc/passwd">', "@nowhere", "unit", "[[[[]]]]", "affine_map<(d0) -> (d0 floordiv 0)>", 'loc("a":1:1)',
              '{inference.weights = {w = ["/etc/passwd", 0 : i64, tensor<8xi8>]}}', "array<i64: 1, 2>", "0x7FC00000 : f32"]  # fmt: skip
PIPELINES = ("builtin.module(canonicalize,cse)", "inference-extended", "inference-basic", "builtin.module(convert-framework-to-inference)",
             "cpu-layout", "cpu-none")  # fmt: skip


@cache
def corpus() -> list[tuple[str, list[str]]]:
    """Every chunk of every lit test with the infer-opt options of its RUN line."""
    found = []
    for file in sorted((ROOT / "tests" / "lit").rglob("*.mlir")):
        text = file.read_text(encoding="utf-8")
        pipeline = re.search(r"--pass-pipeline='([^']*)'", text)
        options = [f"--pass-pipeline={pipeline[1]}"] if pipeline else []
        options += ["--allow-unregistered-dialect"] if "--allow-unregistered-dialect" in text else []
        found += [(chunk, options) for chunk in text.split("// -----\n")]
    return found


def mutate(text: str, other: str, rng: random.Random) -> str:
    """The text with one to four mutations."""
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(MUTATIONS)(text, other, rng)
    return text


def flip_bytes(text: str, other: str, rng: random.Random) -> str:
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 4)):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data.decode(errors="replace")


def truncate(text: str, other: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)]


def swap_tokens(text: str, other: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    spots = [i for i, token in enumerate(tokens) if not token.isspace()]
    if len(spots) > 1:
        a, b = rng.sample(spots, 2)
        tokens[a], tokens[b] = tokens[b], tokens[a]
    return "".join(tokens)


def drop_or_double_token(text: str, other: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    if tokens:
        at = rng.randrange(len(tokens))
        tokens[at] = tokens[at] * rng.choice((0, 2, 2, 50))
    return "".join(tokens)


def take_token(text: str, other: str, rng: random.Random) -> str:
    tokens, foreign = TOKEN.findall(text), TOKEN.findall(other)
    if tokens and foreign:
        tokens[rng.randrange(len(tokens))] = rng.choice(foreign)
    return "".join(tokens)


def extreme_number(text: str, other: str, rng: random.Random) -> str:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return text
    at = rng.choice(numbers)
    return text[: at.start()] + rng.choice(EXTREMES) + text[at.end() :]


def drop_or_move_line(text: str, other: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    line = lines.pop(rng.randrange(len(lines)))
    if rng.random() < 0.7:
        lines.insert(rng.randrange(len(lines) + 1), line)
    return "".join(lines)


def odd_type(text: str, other: str, rng: random.Random) -> str:
    """A type where something else stood."""
    return _instead(text, rng.choice(TYPES), rng)


def odd_attribute(text: str, other: str, rng: random.Random) -> str:
    """An attribute where something else stood."""
    return _instead(text, rng.choice(ATTRIBUTES), rng)


def _instead(text: str, word: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    spots = [i for i, token in enumerate(tokens) if not token.isspace()]
    if spots:
        tokens[rng.choice(spots)] = word
    return "".join(tokens)


def swap_values(text: str, other: str, rng: random.Random) -> str:
    """An operand where another was."""
    names = list(re.finditer(r"%[\w.$-]+", text))
    if not names:
        return text
    at = rng.choice(names)
    return text[: at.start()] + rng.choice(names)[0] + text[at.end() :]


def repeat_lines(text: str, other: str, rng: random.Random) -> str:
    """Some lines twice, or one very often."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    a, b = sorted(rng.choices(range(len(lines) + 1), k=2))
    return "".join([*lines[:b], *lines[a:b], *lines[b:]] if rng.random() < 0.7 else [*lines[:b], lines[b - 1] * 500, *lines[b:]])


def nest(text: str, other: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(("(", "[", "<", "{", "tensor<", '"a"({', "[[1,", "-")) * rng.choice((3, 100, 20_000)) + text[at:]


Mutation = Callable[[str, str, random.Random], str]
MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    truncate,
    swap_tokens,
    drop_or_double_token,
    take_token,
    extreme_number,
    drop_or_move_line,
    odd_type,
    odd_attribute,
    swap_values,
    repeat_lines,
    nest,
)


def verdict(text: str, options: list[str]) -> Verdict:
    """How infer-opt takes a text."""
    from inferir.tools.infer_opt import main

    stdout, stderr = io.StringIO(), io.StringIO()
    code, said = main([*options, "-"], io.StringIO(text), stdout, stderr), stderr.getvalue()
    if "internal error" in said or "Traceback (most recent call last)" in said:
        return Verdict("traceback", said.partition("internal error: ")[2][:300] or said[-300:])
    if len(said) > LONGEST or code not in (0, 1) or (code == 1 and "error: " not in said.split("\n")[0]):
        return Verdict("bad error", f"code {code}, {len(said)} characters: {said[:200]!r}")
    return Verdict("accepted" if code == 0 else "error")


def mutant(seed: str, number: int) -> tuple[str, list[str]]:
    """A mutant by its number, and infer-opt's options for it."""
    chunks = corpus()
    rng = random.Random(f"{seed}/{number}")
    text, options = rng.choice(chunks)
    text = mutate(text, rng.choice(chunks)[0], rng)
    if rng.random() < 0.3:
        options = [*(o for o in options if "unregistered" in o), f"--pass-pipeline={rng.choice(PIPELINES)}"]
    return text, options


def fuzz(count: int, seed: str) -> tally.Found:
    """The verdicts on so many mutants."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    verdict(*mutant(seed, 0))  # what is loaded at the first call is loaded before children are forked
    return list(verdicts(lambda number: verdict(*mutant(seed, number)), range(count)))


def main() -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description="Feed infer-opt damaged IR text.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", type=Path, help="write every input that went wrong into this folder")
    args = parser.parse_args()
    found = fuzz(args.count, args.seed)
    print(tally.table(found))
    for number, _ in tally.bad(found) if args.keep else ():
        args.keep.mkdir(parents=True, exist_ok=True)
        text, options = mutant(args.seed, number)
        (args.keep / f"{args.seed}-{number}.mlir").write_text(f"// {options}\n{text}", encoding="utf-8", errors="replace")
    return int(bool(tally.bad(found)))


if __name__ == "__main__":
    sys.exit(main())
