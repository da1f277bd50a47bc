"""The conformance runner's processes: what crashes or hangs costs its own case only."""

import os
import signal
import time

from isolation import run_isolated


def test_every_case_ends_with_a_result():
    def run(index: int) -> str:
        if index == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if index == 2:
            time.sleep(60)
        if index == 3:
            os._exit(7)
        return f"case {index}"

    assert dict(run_isolated(run, 6, jobs=2, limit=1.0)) == {
        0: "case 0",
        1: "fail: crash: SIGKILL",
        2: "fail: no result after 1 s",
        3: "fail: crash: exit status 7",
        4: "case 4",
        5: "case 5",
    }
