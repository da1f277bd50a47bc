"""A running model and the process around it: Ctrl-C stops a loop, a handler of signals runs during one, the interpreter ends while one runs."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from inferir.tools.driver import compile_model

LOOP = """func.func @main(%x: tensor<8xf32> {inference.name = "x"}, %n: tensor<i64> {inference.name = "n"}) -> (tensor<8xf32>) {
  %one = inference.constant dense<1> : tensor<i64>
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<8xf32>):
    %1 = inference.loop %v limit INNER {
    ^bb0(%j: tensor<i64>, %on: tensor<i1>, %w: tensor<8xf32>):
      %r = inference.sin %w : tensor<8xf32>
      inference.yield %on, %r : (tensor<i1>, tensor<8xf32>) -> ()
    } : (tensor<i64>, tensor<8xf32>) -> (tensor<8xf32>)
    inference.yield %go, %1 : (tensor<i1>, tensor<8xf32>) -> ()
  } : (tensor<i64>, tensor<8xf32>) -> (tensor<8xf32>)
  return %0 : tensor<8xf32>
}
"""
X = np.ones(8, np.float32)
FOR_EVER = np.int64(2**62)


@contextmanager
def signalled(number: signal.Signals, after: float) -> Iterator[None]:
    """A signal to this process, some seconds from now."""
    timer = threading.Timer(after, os.kill, (os.getpid(), number))
    timer.start()
    yield
    timer.join()


def expected(trips: int) -> np.ndarray:
    x = X
    for _ in range(trips):
        x = np.sin(x)
    return x


@pytest.mark.parametrize(("inner", "threads"), [("%one", 1), ("%n", 2)])
def test_ctrl_c_stops_a_native_loop_and_the_model_works_afterwards(inner: str, threads: int):
    with compile_model(LOOP.replace("INNER", inner), num_threads=threads) as model:
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt), signalled(signal.SIGINT, 0.3):
            model(X, FOR_EVER)
        assert time.monotonic() - started < 5
        trips = 4 if inner == "%one" else 16
        np.testing.assert_allclose(np.asarray(model(X, np.int64(4))), expected(trips), rtol=1e-5)


def test_a_handler_that_raises_nothing_stops_nothing():
    seen: list[float] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: seen.append(time.monotonic()))
    try:
        with compile_model(LOOP.replace("INNER", "%one"), num_threads=1) as model, signalled(signal.SIGUSR1, 0.1):
            started = time.monotonic()
            model(X, np.int64(15_000_000))
            assert len(seen) == 1 and seen[0] < time.monotonic() - 0.02 and started < seen[0]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_what_a_handler_raises_comes_out_of_the_call():
    class Late(Exception):
        pass

    def late(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    try:
        with compile_model(LOOP.replace("INNER", "%one"), num_threads=1) as model:
            for _ in range(3):
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                with pytest.raises(Late):
                    model(X, FOR_EVER)
    finally:
        signal.signal(signal.SIGALRM, before)


def python(program: str, *argv: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a program."""
    done = subprocess.run([sys.executable, "-c", program, *argv], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


AT_EXIT = """
import sys, threading, time
import numpy as np
from inferir.tools.driver import compile_model
model = compile_model(sys.argv[1], num_threads=int(sys.argv[2]))
x, n = np.ones(8, np.float32), np.int64(int(sys.argv[3]))
def work():
    while True:
        model(x, n)
for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
print("done")
"""


@pytest.mark.parametrize(("threads", "trips"), [("1", "1000"), ("3", "1"), ("3", str(2**62))])
def test_the_interpreter_ends_while_daemon_threads_run_a_model(threads: str, trips: str):
    assert python(AT_EXIT, LOOP.replace("INNER", "%one"), threads, trips) == (0, "done\n", "")
