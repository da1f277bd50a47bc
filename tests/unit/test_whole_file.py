"""Writing a file: the old one or the new one is there, whatever happens; devices, pipes and links are what they were; nothing is left behind."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import tty
from pathlib import Path

import numpy as np
import pytest

from inferir.backends.package.writer import write_package
from inferir.backends.runtime.arrays import write_npz
from inferir.core.diagnostics import InferError
from inferir.core.files import write_whole
from inferir.whole_file import whole_file
from tests.unit.small_program import small_program

WRITERS = {
    "package": lambda path: write_package(path, small_program()),
    "npz": lambda path: write_npz(path, {"y": np.arange(3)}),
    "text": lambda path: write_whole(path, "text\n"),
}
writers = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def put(path: Path, data: bytes) -> None:
    with whole_file(path) as file:
        file.write(data)


def test_a_file_is_replaced_only_when_the_block_ends_well(tmp_path: Path):
    target = tmp_path / "m"
    put(target, b"old")
    with pytest.raises(KeyError), whole_file(target) as file:
        file.write(b"half")
        raise KeyError
    assert target.read_bytes() == b"old"
    put(target, b"new")
    assert target.read_bytes() == b"new" and os.listdir(tmp_path) == ["m"]


@writers
def test_a_name_as_long_as_the_file_system_allows(tmp_path: Path, write):
    write(tmp_path / ("b" * 255))
    assert os.listdir(tmp_path) == ["b" * 255]
    with pytest.raises(Exception, match=os.strerror(errno.ENAMETOOLONG)):
        write(tmp_path / ("b" * 256))


@writers
def test_a_link_is_followed(tmp_path: Path, write):
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to("far/file")  # leads nowhere yet
    for _ in range(2):
        write(tmp_path / "link")
        assert (tmp_path / "link").is_symlink() and (tmp_path / "far" / "file").stat().st_size
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(Exception, match=os.strerror(errno.ELOOP)):
        write(tmp_path / "loop")
    assert (tmp_path / "loop").is_symlink()


@writers
def test_a_pipe_is_written_as_it_is(tmp_path: Path, write):
    write(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe")
    reader.join()
    assert read == [(tmp_path / "file").read_bytes()] and (tmp_path / "pipe").is_fifo()


def test_a_device_stays_one():
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    put(Path(name), b"to a device")
    assert stat.S_ISCHR(os.stat(name).st_mode) and os.read(ours, 100) == b"to a device"


@writers
def test_what_cannot_be_written_is_one_error_that_names_it(tmp_path: Path, write):
    for name in ("", ".", "no/m", "m/"):
        with pytest.raises(Exception) as error:
            write(f"{tmp_path}/{name}")
        assert str(tmp_path) in str(error.value) and "\n" not in str(error.value)
    assert os.listdir(tmp_path) == []


def test_permissions_are_kept_and_new_files_have_the_usual_ones(tmp_path: Path):
    put(tmp_path / "m", b"")
    (tmp_path / "usual").touch()
    assert (tmp_path / "m").stat().st_mode == (tmp_path / "usual").stat().st_mode
    (tmp_path / "m").chmod(0o640)
    put(tmp_path / "m", b"secret")
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o640


WRITE_FOR_EVER = """
import sys
from inferir.whole_file import whole_file
with whole_file(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


def writer_of(path: Path) -> subprocess.Popen:
    """A process that has begun to write a file, and waits."""
    writer = subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert writer.stdout is not None and writer.stdout.readline() == b"writing\n"
    return writer


def test_the_next_writer_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path):
    put(tmp_path / "m", b"old")
    killed, alive = writer_of(tmp_path / "m"), writer_of(tmp_path / "n")
    assert len(os.listdir(tmp_path)) == 3
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    put(tmp_path / "other", b"")
    assert len(os.listdir(tmp_path)) == 3 and (tmp_path / "m").read_bytes() == b"old"
    alive.communicate()
    assert alive.returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["m", "n", "other"] and (tmp_path / "n").read_bytes() == b"half"


def test_the_bytes_are_on_the_disk_before_the_name_leads_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    done: list[str] = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("name"), replace(a, b)))
    put(tmp_path / "m", b"")
    assert done == ["sync", "name", "sync"]


def test_text_that_is_no_utf_8_is_an_error(tmp_path: Path):
    with pytest.raises(InferError, match="is not UTF-8 text"):
        write_whole(tmp_path / "m", "\udcff")
    assert os.listdir(tmp_path) == []
