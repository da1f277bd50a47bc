"""Packages that are damaged or forged: each is refused in one line, or gives the results of the whole one.

    python tests/fuzz/fuzz_packages.py damaged --count 10000 --seed 0     bytes are changed, checksums stay as they were
    python tests/fuzz/fuzz_packages.py forged --count 10000               metadata, weights and text are changed, every checksum is made right again
    python tests/fuzz/fuzz_packages.py sealed --count 1000                so is the code's seal: what is trusted then is the code alone, and what reads
                                                                          beyond the caller's arrays may die (docs/package-format.md): not a gate

`--keep NUMBER` writes one package to build/fuzz instead.
"""

import argparse
import random
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tally
from forging import Tables, put_together, taken_apart, with_metadata
from sandbox import Verdict, verdicts

import inferir
from inferir.backends.package.writer import encode, write_package
from inferir.backends.runtime.arrays import random_inputs
from inferir.backends.runtime.package import CODE
from inferir.backends.runtime.program import DTYPES, ModelError
from inferir.core import make_context
from inferir.tools.driver import build_program

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "fuzz"
LONGEST = 2000  # characters of an error
MODELS = ("lenet_dyn.onnx", "if_else.onnx", "nonzero.onnx", "loop_scan_out.onnx")
"""Native code of symbolic sizes, with branches, and operators that the reference executor runs."""
NUMBERS = (0, 1, 2, 3, -1, 63, 64, 4095, 4096, 2**31, 2**32, 2**46, 2**62, 2**63 - 1, -(2**63))
TEXTS = ("", "x", "f32", "i64", "i4", "f64", "tensor<2xf32>", "\0", "n", "batch", "a" * 3000, "(" * 1900, "-" * 1900 + "n", "*".join(["9" * 90] * 20),
         "n//0", "max(n)", "-n", "n*n*n*n*n", "__import__('os')", "cpu", "x86_64", "main", "?", "\u00e9\u202e", "y\nz")  # fmt: skip
BYTES = (b"9" * 20, b"-1", b"(" * 500, b"\0", b'"', b"%0", b"\xff")
Feeds = dict[str, np.ndarray]
Whole = tuple[bytes, Feeds, list[Any]]


@cache
def wholes() -> list[Whole]:
    """The packages that are damaged, inputs, and their results."""
    out = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.infer"
        for model in (ROOT / "tests" / "models" / "data" / name for name in MODELS):
            write_package(path, build_program(model, "cpu", "layout", {}, make_context()))
            with inferir.load(path, num_threads=1) as loaded:
                feeds = random_inputs(tuple(port for port in loaded.inputs if port.dtype in DTYPES), {}, 0)
                out.append((path.read_bytes(), feeds, list(loaded.run(feeds).values())))
    return out


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Bytes changed, cut, doubled, lost."""
    at = rng.randrange(rng.choice((64, min(2000, len(data)), len(data))))
    n = rng.randrange(1, 16)
    return rng.choice(
        (
            data[:at] + rng.randbytes(n) + data[at + n :],
            data[:at],
            data[:at] + data[at + n :],
            data[: at + n] + data[at:],
            data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :],
        )
    )


def forged(data: bytes, rng: random.Random, reseal: bool = False) -> bytes:
    """Everything but the code may say anything, with right checksums."""
    model, bodies = taken_apart(data)
    if rng.random() < 0.75:
        for _ in range(rng.choice((1, 1, 2))):
            _lie(model, rng)
    else:
        _replace(bodies, model, rng)
    whole = put_together(model, bodies, reseal, rng.random() < 0.8)
    if rng.random() < 0.25 and not reseal:
        whole = _other_metadata(whole, rng)
    return whole


def _lie(model: Tables, rng: random.Random) -> None:
    """Change a number, a text or the length of a list somewhere in the metadata."""
    path, value = rng.choice([(p, v) for p, v in _values(model) if "sha256" not in p])
    if isinstance(value, list):
        if value and rng.random() < 0.5:
            del value[rng.randrange(len(value))]
        elif value:
            value.extend([rng.choice(value)] * rng.choice((1, 1, 5, 3000)))
        return
    holder: Any = model
    for key in path[:-1]:
        holder = holder[key]
    if isinstance(value, str):
        holder[path[-1]] = rng.choice((*TEXTS, value * 2, value[:-1]))
        return
    low, high = (0, 255) if path[-1] in ("kind", "compression") else (0 if "segments" in path else -(2**63), 2**63 - 1)
    holder[path[-1]] = min(max(rng.choice((*NUMBERS, value + 1, value - 1, value * 2)), low), high)


def _values(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Every number, text and list below a table."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _values(each, (*path, key))
        return
    yield path, value
    if isinstance(value, list):
        for i, each in enumerate(value):
            yield from _values(each, (*path, i))


def _replace(bodies: list[bytes], model: Tables, rng: random.Random) -> None:
    """Change the weights or the text of the operators that the reference executor runs."""
    i = rng.choice([i for i, s in enumerate(model["segments"]) if s["kind"] != CODE])
    body = bytearray(bodies[i])
    if body:
        at = rng.randrange(len(body))
        match rng.randrange(3):
            case 0:
                body[at] ^= 1 << rng.randrange(8)
            case 1:
                del body[at : at + rng.randrange(1, 500)]
            case _:
                body[at:at] = rng.choice(BYTES)
    bodies[i] = bytes(body)


def _other_metadata(whole: bytes, rng: random.Random) -> bytes:
    """The bytes of the FlatBuffer lie."""
    model, _ = taken_apart(whole)
    metadata = bytearray(encode(model))
    for _ in range(rng.choice((1, 2))):
        at = rng.randrange(len(metadata) - 4)
        number = struct.pack("<i", rng.choice((0, 1, -1, 4, 2**31 - 1, -(2**31), 1000, len(metadata))))
        metadata[at : at + 4] = number if rng.random() < 0.5 else rng.randbytes(4)
    return with_metadata(whole, bytes(metadata))


MODES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "damaged": damaged,
    "forged": forged,
    "sealed": lambda data, rng: forged(data, rng, reseal=True),
}


def mutant(mode: str, seed: str, number: int) -> tuple[Whole, bytes]:
    """A whole package and a mutant of it."""
    rng = random.Random(f"{seed}/{number}")
    whole = rng.choice(wholes())
    return whole, MODES[mode](whole[0], rng)


def verdict(mode: str, seed: str, number: int, path: Path) -> Verdict:
    """How a mutant is taken."""
    (data, feeds, right), changed = mutant(mode, seed, number)
    path.unlink(missing_ok=True)  # a new file: the child before may have mapped the old one
    path.write_bytes(changed)
    try:
        with inferir.load(path, num_threads=1) as model:
            got = list(model.run(feeds if mode != "sealed" else random_inputs(model.inputs, {}, 0)).values())
    except ModelError as e:
        said = str(e)
        return Verdict("error") if len(said) < LONGEST and "\n" not in said else Verdict("bad error", f"{len(said)} characters: {said}")
    if mode == "sealed":
        return Verdict("accepted")
    same = len(got) == len(right) and all(np.array_equal(a, b) for a, b in zip(got, right, strict=True))
    return Verdict("same") if same else Verdict("wrong result", f"of a file of {len(data)} bytes")


def fuzz(mode: str, count: int, seed: str) -> tally.Found:
    """The verdicts on so many mutants."""
    wholes()
    with tempfile.TemporaryDirectory() as folder:
        return list(verdicts(lambda number: verdict(mode, seed, number, Path(folder) / "m.infer"), range(count)))


def main(argv: list[str] | None = None) -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", type=int, metavar="NUMBER", help="write this one to build/fuzz")
    args = parser.parse_args(argv)
    if args.keep is not None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{args.mode}-{args.seed}-{args.keep}.infer").write_bytes(mutant(args.mode, args.seed, args.keep)[1])
        return 0
    found = fuzz(args.mode, args.count, args.seed)
    print(tally.table(found))
    return int(bool(tally.bad(found)))


if __name__ == "__main__":
    sys.exit(main())
