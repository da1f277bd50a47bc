"""Run each case in a process of its own: native code that crashes, hangs or spoils memory costs that case and no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess


def run_isolated(run: Callable[[int], str], count: int, jobs: int, limit: float) -> Iterator[tuple[int, str]]:
    """`(i, run(i))` for each i below `count`, as they end, `jobs` at a time.

    A process that dies gives `fail: crash: SIGSEGV`, one that takes more than `limit` seconds `fail: no result after ... s`.
    Processes are forked: `run` may close over anything, and what is imported before is imported once.
    """
    context = multiprocessing.get_context("fork")
    busy: dict[Connection, tuple[int, BaseProcess, float]] = {}
    waiting = iter(range(count))
    while True:
        for index in waiting if len(busy) < jobs else ():
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_answer, args=(theirs, run, index), daemon=True)
            process.start()
            theirs.close()
            busy[ours] = (index, process, time.monotonic() + limit)
            if len(busy) == jobs:
                break
        if not busy:
            return
        soonest = min(deadline for _, _, deadline in busy.values())
        ready = wait(list(busy), max(0.0, soonest - time.monotonic()))
        for connection, (index, process, deadline) in list(busy.items()):
            if connection in ready:
                result = _received(connection, process)
            elif time.monotonic() > deadline:
                result = f"fail: no result after {limit:.0f} s"
            else:
                continue
            process.kill()
            process.join()
            connection.close()
            del busy[connection]
            yield index, result


def _received(connection: Connection, process: BaseProcess) -> str:
    try:
        return connection.recv()
    except EOFError:
        process.join()
        code = process.exitcode or 0
        return f"fail: crash: {signal.Signals(-code).name if code < 0 else f'exit status {code}'}"


def _answer(connection: Connection, run: Callable[[int], str], index: int) -> None:
    connection.send(run(index))
    connection.close()
    os._exit(0)
