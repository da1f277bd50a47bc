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
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 5
MEMORY = 1 << 30
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[%@#!^]?[\w.$-]+|->|\s+|.', re.DOTALL)
EXTREMES = ["0", "-1", "9223372036854775807", "99999999999999999999", "1e999", "-0.0", "0x7fc00000", "?", "1000000000"]


class Hang(BaseException):
    """Raised by the timer; not an Exception, so that nothing on the way takes it for one."""


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
    nest,
)


def verdict(text: str, options: list[str]) -> tuple[str | None, bool]:
    """What is wrong with how infer-opt takes a text (None: nothing), and whether it accepted the text."""
    from inferir.tools.infer_opt import main

    stdout, stderr = io.StringIO(), io.StringIO()
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        code = main([*options, "-"], io.StringIO(text), stdout, stderr)
    except Hang:
        return f"took longer than {SECONDS} s", False
    except BaseException as e:  # noqa: BLE001 - whatever escapes is what this looks for
        frames = traceback.extract_tb(e.__traceback__)
        return f"raised {type(e).__name__}: {str(e)[:200]} at {frames[-1].filename}:{frames[-1].lineno}", False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    said = stderr.getvalue()
    if code not in (0, 1):
        return f"exit code {code}", False
    if code == 1 and "error: " not in said.split("\n")[0]:
        return f"its first line is no error: {said[:200]!r}", False
    if "Traceback" in said or len(said) > 20_000:
        return f"its error is {len(said)} characters long: {said[:200]!r}", False
    return None, code == 0


def failures(count: int, seed: int) -> Iterator[tuple[int, str, str]]:
    """Number, text and complaint of every mutant that infer-opt does not take well."""
    chunks = corpus()
    accepted, slowest = 0, (0.0, 0)
    for i in range(count):
        rng = random.Random(f"{seed}/{i}")
        text, options = rng.choice(chunks)
        mutant = mutate(text, rng.choice(chunks)[0], rng)
        started = time.perf_counter()
        wrong, fine = verdict(mutant, options)
        accepted += fine
        slowest = max(slowest, (time.perf_counter() - started, i))
        if wrong:
            yield i, mutant, wrong
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} inputs, {accepted} accepted, slowest {slowest[0]:.2f} s (number {slowest[1]}), peak memory {peak} MiB")


def main() -> int:
    parser = argparse.ArgumentParser(description="Feed infer-opt damaged IR text.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", type=Path, help="write every input that went wrong into this folder")
    args = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))

    def on_alarm(signum: int, frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, on_alarm)
    bad = 0
    for i, text, wrong in failures(args.count, args.seed):
        bad += 1
        print(f"input {i} of seed {args.seed}: {wrong}")
        if args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"{args.seed}-{i}.mlir").write_text(text, encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
