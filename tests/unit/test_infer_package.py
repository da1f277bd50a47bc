"""Packages: what is written is what is read, byte for byte the same each time; damage and foreign versions are refused in one line."""

import contextlib
import os
import random
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from forging import put_together, taken_apart

import inferir
from inferir.backends.package import writer
from inferir.backends.package.writer import write_package
from inferir.backends.runtime import flat, package
from inferir.backends.runtime.flat import SCHEMA, FlatReader
from inferir.backends.runtime.package import HEADER, read_ir, read_package
from inferir.backends.runtime.program import ModelError, Program
from tests.unit.small_program import TEXT, WEIGHTS, compile_text, small_program

X = np.arange(8, dtype=np.float32).reshape(2, 4)
GOLDEN = Path(__file__).parent / "data" / "version-2.0.infer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_package(tmp_path / "m.infer", small_program())
    return tmp_path / "m.infer"


def test_a_program_comes_back_as_it_was(path: Path):
    back, program = read_package(path), small_program()
    for name in (
        "inputs",
        "outputs",
        "symbols",
        "weights_size",
        "target",
        "arch",
        "cpu_features",
        "launches",
        "producer",
        "metadata",
    ):
        assert getattr(back, name) == getattr(program, name)
    assert read_ir(path) == program.ir
    assert package.is_package(path)


def test_a_package_runs(path: Path):
    with inferir.load(path) as model:
        np.testing.assert_array_equal(model(X), X * WEIGHTS)
    with inferir.load(path, num_threads=2, verify="load") as model:
        np.testing.assert_array_equal(model(X), X * WEIGHTS)


def test_two_builds_give_the_same_bytes(path: Path):
    other = path.with_name("other.infer")
    program = small_program(metadata={"b": "2", "a": "1"}, cpu_features=("sse2", "sse"))
    write_package(path, program)
    write_package(other, small_program(metadata={"a": "1", "b": "2"}, cpu_features=("sse", "sse2")))
    assert path.read_bytes() == other.read_bytes()
    write_package(other, read_package(path))
    os.truncate(path, 0)  # the copy stands alone
    assert read_package(other).metadata == {"a": "1", "b": "2"}


def test_segments_are_page_aligned_and_unnamed_bytes_are_zero(path: Path):
    with package._opened(path) as f:
        segments = package._read_tables(f)[1]
    assert [(s.kind, s.offset % 4096) for s in segments] == [(0, 0), (1, 0), (2, 0)]
    data = path.read_bytes()
    assert not any(data[segments[0].offset + segments[0].size : segments[1].offset])


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path):
    def broken() -> np.ndarray:
        raise RuntimeError("no such tensor")

    with pytest.raises(RuntimeError):
        write_package(tmp_path / "m.infer", small_program(weights=[(0, broken)]))
    with pytest.raises(ModelError, match="No such file or directory"):
        write_package(tmp_path / "nowhere" / "m.infer", small_program())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": [(4, WEIGHTS[:1])]}, "offset 4 of the weights, which is not a multiple of 64"),
        ({"weights": [(0, WEIGHTS), (0, WEIGHTS)]}, "lies over another"),
        ({"weights": [(64, WEIGHTS)]}, "past the end"),
        ({"inputs": small_program().inputs * 2}, "two inputs are named 'x'"),
    ],
)
def test_programs_that_make_no_sense_are_not_written(tmp_path: Path, changes, message):
    with pytest.raises(ModelError, match=message):
        write_package(tmp_path / "m.infer", small_program(**changes))


def test_weights_are_made_one_at_a_time_while_writing(tmp_path: Path):
    alive = 0
    most = 0

    class Part(np.ndarray):
        def __del__(self):
            nonlocal alive
            alive -= self.base is None

    def make() -> np.ndarray:
        nonlocal alive, most
        alive += 1
        most = max(most, alive)
        return np.zeros(16, np.float32).view(Part).copy()

    write_package(tmp_path / "m.infer", small_program(weights=[(64 * i, make) for i in range(9)], weights_size=9 * 64))
    assert most <= 2


def test_weights_are_checked_when_first_needed(path: Path):
    data = bytearray(path.read_bytes())
    with package._opened(path) as f:
        data[package._read_tables(f)[1][0].offset] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"m.infer: segment 'weights' of the package is damaged"):
        inferir.load(path, verify="load")
    model = inferir.load(path)
    for _ in range(2):
        with pytest.raises(ModelError, match="segment 'weights' of the package is damaged"):
            model(X)
    assert inferir.load(path, verify="never").run({"x": X})["y"].shape == (2, 4)


def rewrite(path: Path, change, reseal: bool = True, replace: bool = False) -> None:
    """Decode a package's metadata, change it, and put it back with right checksums."""
    model, bodies = taken_apart(path.read_bytes())
    change(model)
    path.write_bytes(put_together(model, bodies, reseal, replace))


FORGED = {
    "an output's size": lambda m: m["outputs"][0]["dims"][1].update(size=3),
    "an output's type": lambda m: m["outputs"][0].update(dtype="i8"),
    "an input's dimension": lambda m: m["inputs"][0]["dims"][0].update(expression="2*n"),
    "no inputs": lambda m: m["inputs"].clear(),
    "one input more": lambda m: m["inputs"].append(m["inputs"][0]),
    "a symbol": lambda m: m["symbols"][0].update(name="m"),
    "a launch less": lambda m: m["launches"].clear(),
    "an assumption less": lambda m: m["assumes"].clear(),
    "what the processor needs": lambda m: m["cpu_features"].clear(),
    "a value for people": lambda m: m["metadata"][0].update(value="large"),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_forged_metadata_is_refused_whatever_its_checksums(tmp_path: Path, change):
    path = tmp_path / "m.infer"
    write_package(path, small_program(assumes=(("n", "n", ""),)))
    rewrite(path, change, reseal=False)
    for verify in get_args(package.Verify):
        with pytest.raises(ModelError, match="the package's metadata is not that of its code"):
            read_package(path, verify)


def test_segments_of_another_package_are_refused(path: Path, tmp_path: Path):
    write_package(tmp_path / "other.infer", small_program(weights=[(0, WEIGHTS * 2)]))
    (model, bodies), (_, others) = taken_apart(path.read_bytes()), taken_apart((tmp_path / "other.infer").read_bytes())
    assert [a == b for a, b in zip(bodies, others, strict=True)] == [False, False, True]
    for i in (0, 1):
        mixed = [*bodies[:i], others[i], *bodies[i + 1 :]]
        path.write_bytes(put_together(model, mixed))
        with pytest.raises(ModelError, match="it was changed, or put together from two packages"):
            read_package(path)


def test_code_without_a_seal_is_neither_written_nor_read(path: Path):
    bare = compile_text(TEXT.replace("@inferir_seal", "@inferir_zeal"))
    with pytest.raises(ModelError, match="the program's code has no seal: compile the model again"):
        write_package(path, small_program(code=bare))
    model, bodies = taken_apart(path.read_bytes())
    path.write_bytes(put_together(model, [bodies[0], bare, *bodies[2:]]))
    with pytest.raises(ModelError, match="the program's code has no seal: compile the model again"):
        read_package(path)


def test_what_is_sealed_by_a_liar_is_still_one_line(path: Path):
    """A seal is no signature: with it made anew only what the code may do is trusted, nothing that the metadata says."""
    whole = path.read_bytes()
    odd = ["(" * 1900, "-" * 1900 + "n", "*".join(["9" * 90] * 20), "n//0", "n*" * 900 + "n", "x", "n\0", "\n" * 90]
    changes = [lambda m, text=text: m["outputs"][0]["dims"][0].update(expression=text) for text in odd]
    changes += [lambda m, size=size: m["outputs"][0]["dims"][1].update(size=size) for size in (-1, 1 << 62, -(1 << 63))]
    changes += [lambda m: m["outputs"][0]["dims"].extend([{"size": 1, "expression": ""}] * 70)]
    changes += [lambda m: m["inputs"].clear(), lambda m: m["outputs"][0].update(name="y\n" * 900, dtype="i5\n" * 900)]
    for change in changes:
        model, bodies = taken_apart(whole)
        change(model)
        path.write_bytes(put_together(model, bodies, reseal=True))
        with pytest.raises(ModelError) as error, inferir.load(path) as loaded:
            loaded.run({port.name: X for port in loaded.inputs})
        assert "\n" not in str(error.value) and len(str(error.value)) < 1100


def test_an_unknown_required_feature_is_refused(path: Path):
    rewrite(path, lambda model: model["required_features"].append("weights-in-the-cloud"))
    with pytest.raises(
        ModelError,
        match=r"needs 'weights-in-the-cloud', which this inferir does not know \(it knows host-steps-1, native-abi-1, string-codes-1\): use a newer",
    ):
        read_package(path)


def test_an_unknown_compression_is_refused(path: Path):
    rewrite(path, lambda model: model["segments"][0].update(compression=3))
    with pytest.raises(ModelError, match="segment 'weights' is compressed in a way that this inferir does not know"):
        read_package(path)


@pytest.mark.parametrize("change", [{"offset": 1 << 40}, {"size": 1 << 63}, {"offset": 4097}, {"sha256": b"short"}, {"offset": 0}])
def test_segments_outside_the_file_are_refused(path: Path, change):
    rewrite(path, lambda model: model["segments"][1].update(change))
    with pytest.raises(ModelError, match=r"segment 1 \('code'\) of the package lies outside it or over another"):
        read_package(path)


@pytest.mark.parametrize(("version", "advice"), [((3, 0), "use a newer inferir"), ((1, 9), "compile the model again")])
def test_another_major_version_is_refused_with_what_to_do(path: Path, version, advice):
    data = bytearray(path.read_bytes())
    struct.pack_into("<HH", data, 4, *version)
    path.write_bytes(data)
    with pytest.raises(ModelError, match=rf"format version {version[0]}\.{version[1]}, this inferir reads 2\.x: {advice}"):
        read_package(path)


def test_fields_of_a_newer_minor_version_are_ignored(path: Path, monkeypatch: pytest.MonkeyPatch):
    newer = {**SCHEMA, "Model": (*SCHEMA["Model"], ("colour", "string")), "Port": (*SCHEMA["Port"], ("weight", "long"))}
    monkeypatch.setattr(writer, "SCHEMA", newer)
    rewrite(path, lambda model: (model.update(colour="red"), model["inputs"][0].update(weight=9)))
    monkeypatch.undo()
    with inferir.load(path) as model:
        np.testing.assert_array_equal(model(X), X * WEIGHTS)


def test_the_schema_file_says_what_the_reader_does():
    text = (Path(writer.__file__).parent / "schema.fbs").read_text()
    text = re.sub(r"//.*", "", text)
    tables = {}
    for name, body in re.findall(r"table (\w+) \{(.*?)\}", text, re.DOTALL):
        tables[name] = tuple((field, kind) for field, kind in re.findall(r"(\w+):([\[\]\w]+);", body))
    assert tables == SCHEMA
    assert f'file_identifier "{flat.IDENTIFIER.decode()}"' in text


def test_a_package_from_before_seals_is_refused_with_what_to_do():
    with pytest.raises(ModelError, match=r"format version 1\.0, this inferir reads 2\.x: compile the model again"):
        inferir.load(GOLDEN.with_name("version-1.0.infer"))


def test_the_first_version_still_reads():
    """A package that the first writer of version 2 wrote. It is never regenerated: a later reader must take it as it is."""
    with inferir.load(GOLDEN) as model:
        np.testing.assert_array_equal(model(X), X * WEIGHTS)
    assert read_ir(GOLDEN) == {"cpu": "module {}\n"}


def test_missing_and_foreign_files_are_refused(tmp_path: Path):
    with pytest.raises(ModelError, match=r"nowhere.infer: No such file or directory"):
        inferir.load(tmp_path / "nowhere.infer")
    for i, data in enumerate((b"", b"INFR", b"hello", bytes(100), b"\x08\x07" * 90)):
        (tmp_path / f"{i}").write_bytes(data)
        with pytest.raises(ModelError, match="not an inferir package"):
            inferir.load(tmp_path / f"{i}")


FUZZ = """
import random, sys
import numpy as np
import inferir
from inferir.backends.runtime.program import ModelError
good = open(sys.argv[1], "rb").read()
x = np.arange(8, dtype=np.float32).reshape(2, 4)
want = inferir.load(sys.argv[1])(x)
rng = random.Random(1)
refused = same = 0
for _ in range(200):
    data = bytearray(good)
    kind = rng.randrange(4)
    if kind == 0:
        data = data[: rng.randrange(len(data))]
    elif kind == 1:
        data += bytes(rng.randrange(1, 5000))
    else:
        region = rng.choice((64, 1500, len(data)))
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(region)] = rng.randrange(256)
    open(sys.argv[2], "wb").write(data)
    try:
        with inferir.load(sys.argv[2]) as model:
            assert np.array_equal(model(x), want)
            same += 1
    except ModelError as e:
        assert "\\n" not in str(e)
        refused += 1
print(refused, same)
assert refused > 100
"""


def test_two_hundred_mutations_neither_crash_nor_hang_nor_change_a_result(path: Path):
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(path), str(path.with_name("mutated"))], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_metadata_that_passes_its_checksum_is_still_read_with_care(path: Path):
    """The checksum stands before the reader; a hostile file has a right one."""
    data = path.read_bytes()
    good = data[64 : 64 + HEADER.unpack_from(data)[4]]
    rng = random.Random(2)
    for _ in range(2000):
        bad = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            bad[rng.randrange(len(bad))] = rng.choice((0, 255, 127, 128, rng.randrange(256)))
        with contextlib.suppress(ModelError):
            FlatReader(bytes(bad[: rng.choice((len(bad), rng.randrange(8, len(bad))))])).root()


def test_loading_and_running_reach_nothing_but_numpy(path: Path):
    program = f"""
import sys
before = set(sys.modules)
import inferir
import numpy as np
model = inferir.load({str(path)!r})
model(np.ones((1, 4), np.float32))
new = {{name.split('.')[0] for name in set(sys.modules) - before}} - set(sys.stdlib_module_names)
print(sorted(name for name in new if not name.startswith('_')))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "['inferir', 'numpy']"


def test_a_program_without_weights_or_symbols_packs(tmp_path: Path):
    program = Program(inputs=(), outputs=(), symbols=(), code=small_program().code)
    write_package(tmp_path / "m.infer", program)
    assert read_package(tmp_path / "m.infer").weights_size == 0
