"""The cache of objects: an entry is used only if it is what was put there, and no state of the folder is an error."""

import os
import random
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from inferir.backends.cpu import compile as backend
from inferir.backends.cpu.compile import compile_object
from inferir.backends.cpu.machines import host
from inferir.dialects.cpu import Machine
from tests.unit.small_program import TEXT

OTHER = TEXT.replace("fmul", "fadd")


class Cache:
    """A cache in a folder, that counts what is compiled."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch):
        self.folder, self.compiled = folder, 0
        monkeypatch.setenv("INFERIR_CACHE", str(folder))
        generate = backend._generate

        def counted(text: str, machine: Machine) -> bytes:
            self.compiled += 1
            return generate(text, machine)

        monkeypatch.setattr(backend, "_generate", counted)

    @property
    def entries(self) -> list[Path]:
        return sorted((self.folder / "objects").iterdir())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    return Cache(tmp_path / "cache", monkeypatch)


def damaged(entry: bytes) -> Iterator[bytes]:
    """What a power cut, a bad disk, another file or another version leave under a key."""
    rng = random.Random(0)
    yield from (b"", b"\0" * len(entry), rng.randbytes(len(entry)), entry + b"\0", b"\x7fELF", entry[:32], entry[-32:])
    yield entry[:-32]  # the object alone, as earlier versions kept it
    yield from (entry[: rng.randrange(len(entry))] for _ in range(10))
    for _ in range(50):
        at = rng.randrange(len(entry))
        yield entry[:at] + bytes([entry[at] ^ 1 << rng.randrange(8)]) + entry[at + 1 :]


def test_a_damaged_entry_is_compiled_again_and_replaced(cache: Cache, monkeypatch: pytest.MonkeyPatch):
    right = compile_object(TEXT, host())
    (path,) = cache.entries
    entry = path.read_bytes()
    monkeypatch.setattr(backend, "_generate", lambda *_: right)
    for data in damaged(entry):
        path.write_bytes(data)
        assert compile_object(TEXT, host()) == right and path.read_bytes() == entry


def test_the_entry_of_another_program_is_not_taken(cache: Cache):
    right, other = compile_object(TEXT, host()), compile_object(OTHER, host())
    assert right != other
    one, two = cache.entries
    entries = one.read_bytes(), two.read_bytes()
    one.write_bytes(entries[1])
    two.write_bytes(entries[0])
    assert compile_object(TEXT, host()) == right and compile_object(OTHER, host()) == other
    assert cache.compiled == 4 and {one.read_bytes(), two.read_bytes()} == set(entries)


def test_entries_can_be_read_by_other_users(cache: Cache):
    mask = os.umask(0o022)
    compile_object(TEXT, host())
    os.umask(mask)
    assert [stat.S_IMODE(path.stat().st_mode) for path in cache.entries] == [0o644]


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nowhere", "link to itself"])
def test_what_is_no_file_is_no_entry(cache: Cache, kind: str):
    right = compile_object(TEXT, host())
    (path,) = cache.entries
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere" if kind == "link to nowhere" else path.name)
    assert compile_object(TEXT, host()) == right


@pytest.mark.parametrize("folder", ["f" * 300, "f/" * 3000, "/proc/no", "/dev/null"])
def test_a_folder_that_cannot_be_looked_at_is_no_error(folder: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backend, "cache_folder", lambda: Path(folder))
    assert compile_object(TEXT, host())[:4] == b"\x7fELF"


def test_no_home_folder_is_no_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("INFERIR_CACHE", raising=False)

    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    assert compile_object(TEXT, host())[:4] == b"\x7fELF"


def test_a_denied_entry_is_no_error(cache: Cache, monkeypatch: pytest.MonkeyPatch):
    """Permissions do not hold back a test that root runs, so the system's answer is given here."""
    right = compile_object(TEXT, host())

    def denied(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    for method in ("read_bytes", "is_file"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, method, denied)
            assert compile_object(TEXT, host()) == right
