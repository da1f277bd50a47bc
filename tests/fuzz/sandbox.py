"""Run untrusted work in forked children, under limits of processor time and memory: what ends a child costs one item and no other."""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import struct
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

SECONDS = 5
"""Processor time of one item."""
MEMORY = 1 << 30
"""Bytes of address space, beyond what the child starts with."""
SILENCE = 60
"""Seconds without a word from a child after which it is taken to hang in native code."""
BATCH = 200
"""Items of a child."""
_HEADER = struct.Struct("<iI")


class Hang(BaseException):
    """Raised by the timer; not an Exception, so that nothing on the way takes it for one."""


@dataclass(frozen=True)
class Verdict:
    """What became of an item: `kind` is the worker's word, or one of `BAD`."""

    kind: str
    note: str = ""


BAD = ("traceback", "crash", "hang", "memory")


def verdicts(work: Callable[[Any], Verdict], items: Sequence[Any]) -> Iterator[tuple[Any, Verdict]]:
    """Every item with its verdict, in order. `work` runs in a child; an exception that leaves it is a `traceback`."""
    start = 0
    while start < len(items):
        stop = min(start + BATCH, len(items))
        for verdict in _batch(work, items[start:stop]):
            yield items[start], verdict
            start += 1


def _batch(work: Callable[[Any], Verdict], items: Sequence[Any]) -> Iterator[Verdict]:
    """The verdicts of items up to the one that ended the child, that one included."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            _serve(work, items, writer)
        finally:
            os._exit(70)
    os.close(writer)
    done, silent = 0, False
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while True:
            ready, _, _ = select.select([pipe], [], [], SILENCE)
            if not ready:
                os.kill(child, signal.SIGKILL)
                silent = True
            if not (header := _exactly(pipe, _HEADER.size)):
                break
            _, size = _HEADER.unpack(header)
            yield pickle.loads(_exactly(pipe, size))
            done += 1
    _, status = os.waitpid(child, 0)
    if done < len(items):
        how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        yield Verdict("hang", "in native code") if silent else Verdict("crash", how)


def _exactly(pipe: Any, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := pipe.read(size - len(data))):
        data += more
    return data


def _serve(work: Callable[[Any], Verdict], items: Sequence[Any], writer: int) -> None:
    with open("/proc/self/statm") as f:
        used = int(f.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def on_timer(signum: int, frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGPROF, on_timer)
    for number, item in enumerate(items):
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            verdict = work(item)
        except Hang as e:
            verdict = Verdict("hang", _place(e))
        except MemoryError as e:
            verdict = Verdict("memory", _place(e))
        except BaseException as e:  # noqa: BLE001 -- whatever escapes is what this looks for
            verdict = Verdict("traceback", f"{type(e).__name__} at {_place(e)}: {str(e)[:200]}")
        signal.setitimer(signal.ITIMER_PROF, 0)
        body = pickle.dumps(verdict)
        os.write(writer, _HEADER.pack(number, len(body)) + body)
    os._exit(0)


def _place(error: BaseException) -> str:
    """File and line of the innermost frame of the project."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "site-packages" not in f.filename and "/tests/" not in f.filename] or frames
    return "/".join(own[-1].filename.split("/")[-3:]) + f":{own[-1].lineno}" if own else "?"
