"""Files that are there whole or not at all. Every writer of the project uses this one; standard library only.

The bytes go to a temporary file in the folder of the target, to the disk, and then take the target's name. The temporary file is locked while its
writer lives, so the next writer in that folder knows those of killed writers and removes them.
"""

import contextlib
import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from typing import BinaryIO

_PREFIX, _SUFFIX = ".inferir-", ".tmp"  # of a fixed length: a target's name may be as long as the file system allows
_DIRECT = ("/dev/std", "/dev/fd/", "/proc/")  # names of open files: what they lead to must keep its identity


def is_special(path: str | os.PathLike[str]) -> bool:
    """Whether a path leads to something that no file may replace or lie beside: a device, a pipe, a folder, an open file."""
    if os.path.abspath(path).startswith(_DIRECT):
        return True
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file that takes the name `path` when the block ends well: there is the old one or the new one, never half a file.

    A link is followed, an existing file's permissions are kept. What is no ordinary file (a device, a pipe) is written as it is. Raises OSError.
    """
    path = os.fspath(path)
    if not path or "\0" in path or path.endswith("/"):
        raise OSError(errno.EINVAL, "not a file's name", path)
    if is_special(path):
        with open(path, "wb") as file, _copied_to(file) as copy:
            yield copy
        return
    target = os.path.realpath(path)
    if os.path.islink(target):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    folder = os.path.dirname(target)
    _remove_abandoned(folder)
    temporary, file = _temporary(folder)
    try:
        with file:
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(os.stat(target).st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


@contextlib.contextmanager
def _copied_to(file: BinaryIO) -> Iterator[BinaryIO]:
    """A file that can be sought in, whose bytes go to one that perhaps cannot."""
    import shutil
    import tempfile

    with tempfile.TemporaryFile() as whole:
        yield whole
        whole.seek(0)
        shutil.copyfileobj(whole, file)


def _temporary(folder: str) -> tuple[str, BinaryIO]:
    """A new, locked file. Another writer may remove it as abandoned before it is locked: then the next one is tried."""
    while True:
        path = os.path.join(folder, f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return path, os.fdopen(handle, "wb")
        os.close(handle)


def _remove_abandoned(folder: str) -> None:
    """Remove the temporary files of writers that were killed: no process holds their locks."""
    try:
        names = [n for n in os.listdir(folder) if n.startswith(_PREFIX) and n.endswith(_SUFFIX)]
    except OSError:
        return  # a folder that can be written but not listed
    for name in names:
        with contextlib.suppress(OSError):
            _remove_unlocked(os.path.join(folder, name))


def _remove_unlocked(path: str) -> None:
    """Remove a file whose lock is free. Raises OSError where it is held, or the file is another user's."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    finally:
        os.close(handle)


def _sync_folder(folder: str) -> None:
    """Put the new name on the disk; file systems that cannot do so for folders have nothing to lose."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
