"""Files that lie beside a model: weights in safetensors, inputs in npz. Damaged or hostile, each ends in one line or is taken as it is.

    python tests/fuzz/fuzz_inputs.py sidecar --count 2500 --seed 0
    python tests/fuzz/fuzz_inputs.py npz --count 2500

`--keep NUMBER` writes one input to build/fuzz instead.
"""

import argparse
import io
import json
import pickle
import random
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import tally
from sandbox import Verdict, verdicts

from inferir.tools import infer_compile, infer_import, infer_run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "fuzz"
DATA = ROOT / "tests" / "models" / "data"
LONGEST = 500  # characters of an error beside the names of files in it
SHAPES = ([-1], [2**62, 4], [0, 2**70], [1.5], "x", None, [[]], [1] * 5000, [True], [2**32, 2**32], [2.0])
HEADERS = (
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': 1, 'shape': (True,), }",
    "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
    "__import__('os')",
    "{" * 300,
    "(" * 9000,
)


class Trap:
    """Unpickling it would leave a file behind."""

    folder = Path()

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.folder / "pickle-was-run"), "w"))


def sidecar(whole: bytes, rng: random.Random) -> bytes:
    """A safetensors file with a header that lies, or bytes changed."""
    size = int.from_bytes(whole[:8], "little")
    if rng.random() < 0.4:
        at, n = rng.randrange(rng.choice((8, size, len(whole)))), rng.randrange(1, 9)
        return rng.choice((whole[:at], whole[:at] + rng.randbytes(n) + whole[at + n :], whole[:at] + whole[at + n :]))
    head: Any = json.loads(whole[8 : 8 + size])
    key = rng.choice([key for key in head if key != "__metadata__"])
    entry = head[key]
    match rng.randrange(9):
        case 0:
            entry["data_offsets"] = [rng.choice((-1, 0, 4, 2**40, 2**63, 1.5, "a", None, True)), rng.choice((-1, 0, 4, 2**40, 2**64, None))]
        case 1:
            entry["shape"] = rng.choice(SHAPES)
        case 2:
            entry["dtype"] = rng.choice(("F32", "BF16", "F4", "", None, 5, [], {}))
        case 3:
            special = [{key: {"dtype": name, "shape": [-4]}} for name in ("int4", "__name__", "finfo", "bfloat16", 5)]
            head["__metadata__"] = rng.choice(
                (None, 5, [], {"inferir": "{"}, {"inferir": 5}, *({"inferir": json.dumps(s)} for s in special))
            )
        case 4:
            head[key] = rng.choice((None, 5, [], "x", {}))
        case 5:
            head = rng.choice(([], None, 5, "x", {}))
        case 6:
            head[rng.choice(("", "\0", "a" * 100_000, key + "x", "\ud800"))] = head.pop(key)
        case 7:
            head = json.loads("[" * 500 + "]" * 500)
        case _:
            entry["data_offsets"] = [0, 8]
    text = json.dumps(head).encode() if rng.random() < 0.95 else b"[" * 200_000
    data = len(text).to_bytes(8, "little") + text + whole[8 + size :]
    return data if rng.random() < 0.9 else rng.choice((0, 2**63, 2**64 - 1, len(data))).to_bytes(8, "little") + data[8:]


def npz(x: np.ndarray, rng: random.Random) -> bytes:
    """An npz file with a member that is none, pickles, bombs, or bytes changed."""
    what = rng.randrange(10)
    if what == 0:
        return pickle.dumps(Trap())
    out = io.BytesIO()
    if what == 1:
        np.savez(out, x=np.array([Trap()], dtype=object))
        return out.getvalue()
    with zipfile.ZipFile(out, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))) as file:
        member = _member(x, what, rng)
        file.writestr(rng.choice(("x.npy", "x.npy", "x.npy", "x", "../x.npy", "in0.npy", "out0.npy")), member)
        if what == 5:
            file.writestr("x.npy", member)
        if what == 6:
            file.writestr("bomb.npy", b"\0" * (1 << 24))
    if what < 7:
        return out.getvalue()
    data = bytearray(out.getvalue())
    for _ in range(rng.choice((1, 4, 20))):
        at = rng.choice((rng.randrange(len(data)), len(data) - 1 - rng.randrange(min(200, len(data))), rng.randrange(100)))
        data[at] = rng.randrange(256)
    return bytes(data[: rng.choice((len(data), len(data), len(data), rng.randrange(len(data))))])


def _member(x: np.ndarray, what: int, rng: random.Random) -> bytes:
    """The file of an array."""
    out = io.BytesIO()
    np.lib.format.write_array(out, x)
    member = out.getvalue()
    if what == 2:
        text = rng.choice(HEADERS).encode() + b"\n"
        return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + x.tobytes()
    if what == 3:
        at = rng.randrange(150)
        return member[:at] + rng.randbytes(3) + member[at + 3 :]
    return member[: rng.randrange(len(member))] if what == 4 else member


Tool = Callable[[list[str], TextIO, TextIO, TextIO], int]


def judged(tool: Tool, argv: list[str], folder: Path) -> Verdict:
    """How a tool takes its input: accepted, or one line with the reason."""
    out, err = io.StringIO(), io.StringIO()
    code, said = tool(argv, io.StringIO(), out, err), err.getvalue().replace(str(folder), "")
    if (folder / "pickle-was-run").exists():
        return Verdict("executed", said)
    if code == 0:
        return Verdict("accepted")
    fine = code == 1 and "error: " in said and len(said) < LONGEST and said.count("\n") <= 4
    return Verdict("error") if fine else Verdict("bad error", f"code {code}, {len(said)} characters: {said}")


def prepared(mode: str, folder: Path) -> Callable[[int, str], tuple[bytes, Path, list[str]]]:
    """Gives the bytes of an input by its number and seed, the file they go to, and infer-run's arguments."""
    Trap.folder = folder
    err = io.StringIO()
    if mode == "sidecar":
        text, path = folder / "m.mlir", folder / "m.safetensors"
        assert infer_import.main([str(DATA / "lenet.onnx"), "-o", str(text)], io.StringIO(), io.StringIO(), err) == 0, err.getvalue()
        whole = path.read_bytes()
        argv = [str(text), "--input", "random", "--num-threads", "1", "--target", "interpreter"]
        return lambda number, seed: (sidecar(whole, random.Random(f"{seed}/{number}")), path, argv)
    model, path = folder / "m.infer", folder / "x.npz"
    assert infer_compile.main([str(DATA / "lenet_dyn.onnx"), "-o", str(model)], io.StringIO(), io.StringIO(), err) == 0, err.getvalue()
    x = np.ones((2, 1, 28, 28), np.float32)
    return lambda number, seed: (npz(x, random.Random(f"{seed}/{number}")), path, [str(model), "--input", str(path)])


def fuzz(mode: str, count: int, seed: str) -> tally.Found:
    """The verdicts on so many inputs."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make = prepared(mode, folder)

        def one(number: int) -> Verdict:
            data, path, argv = make(number, seed)
            path.unlink(missing_ok=True)
            path.write_bytes(data)
            return judged(infer_run.main, argv, folder)

        one(0)  # what is loaded at the first call is loaded before children are forked
        return list(verdicts(one, range(count)))


def main(argv: list[str] | None = None) -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("sidecar", "npz"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--keep", type=int, metavar="NUMBER", help="write this one to build/fuzz")
    args = parser.parse_args(argv)
    if args.keep is not None:
        with tempfile.TemporaryDirectory() as name:
            data, path, _ = prepared(args.mode, Path(name))(args.keep, args.seed)
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{args.mode}-{args.seed}-{args.keep}{path.suffix}").write_bytes(data)
        return 0
    found = fuzz(args.mode, args.count, args.seed)
    print(tally.table(found))
    return int(bool(tally.bad(found)))


if __name__ == "__main__":
    sys.exit(main())
