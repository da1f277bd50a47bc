"""TFLite files with bytes changed, cut short or with false offsets, lengths and sizes: one clear error or a module, and no more memory than files need."""

import random
import tracemalloc
from pathlib import Path

import pytest
from tflite_suite import archive

from inferir.core import InferError, make_context
from inferir.core.verifier import verify
from inferir.frontends import import_model

DATA = Path(__file__).parents[1] / "models/data/tflite"
SEEDS = 500
LIMIT = 256 << 20
NUMBERS = (0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32 - 4, 0x7FFF, 0xFFFF)


def originals() -> list[bytes]:
    """Whole models, and operators of every kind."""
    cases = archive()
    chosen = sorted(cases)[::9]
    return [(DATA / f"{n}.tflite").read_bytes() for n in ("cond", "lenet_int8")] + [cases[c]["model"].tobytes() for c in chosen]


def mutant(rng: random.Random, data: bytes) -> bytes:
    """The file with a few faults; most hit the tables, which stand beside the header and at the end."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(8, len(out)) if rng.random() < 0.5 else rng.randrange(max(8, len(out) - 2500), len(out))
        match rng.randrange(5):
            case 0:
                out[at] ^= 1 << rng.randrange(8)
            case 1:
                out[at] = rng.randrange(256)
            case 2:
                at -= at % 4
                out[at : at + 4] = rng.choice(NUMBERS).to_bytes(4, "little")
            case 3:  # an offset that leads elsewhere in the file, backwards too: cycles
                at -= at % 4
                out[at : at + 4] = (rng.randrange(-at, len(out) - at) & 0xFFFFFFFF).to_bytes(4, "little")
            case 4:
                del out[max(at, 12) :]
                out += b"\0" * rng.randrange(8)
    return bytes(out)


@pytest.mark.parametrize("part", range(5))
def test_a_faulty_file_is_one_clear_error_or_a_module(part: int, tmp_path: Path):
    files = originals()
    refused = 0
    tracemalloc.start()
    try:
        for seed in range(part, SEEDS, 5):
            rng = random.Random(seed)
            path = tmp_path / f"m{seed}.tflite"
            path.write_bytes(mutant(rng, rng.choice(files)))
            tracemalloc.reset_peak()
            try:
                verify(import_model(path, make_context()))
            except InferError as problem:
                refused += 1
                assert str(problem) and "Traceback" not in str(problem), seed
            assert tracemalloc.get_traced_memory()[1] < LIMIT, seed
    finally:
        tracemalloc.stop()
    assert 10 < refused < SEEDS // 5
