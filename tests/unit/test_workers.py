"""The runtime's threads with the pool that code generation emits: parked, spinning or asleep, they take part, and stop when told."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from inferir.backends.cpu.emit.threads import declarations, thread_pool
from inferir.backends.runtime import native as runtime_native
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError, Port, Program
from tests.unit.small_program import compile_text

ROOT = Path(__file__).resolve().parents[2]

# y[i] = 3 * x[i], a task per element, launched three times over
TEXT = (
    declarations("x86_64")
    + thread_pool()
    + """
define internal void @task(ptr %arguments, i64 %i) {
  %x = load ptr, ptr %arguments
  %p.y = getelementptr i8, ptr %arguments, i64 8
  %y = load ptr, ptr %p.y
  %px = getelementptr float, ptr %x, i64 %i
  %py = getelementptr float, ptr %y, i64 %i
  %v = load float, ptr %px
  %r = fmul float %v, 3.0
  store float %r, ptr %py
  ret void
}
define i64 @inferir_arena_size(ptr %dims) {
  ret i64 0
}
define i64 @inferir_run(ptr %pool, ptr %arena, ptr %weights, ptr %io, ptr %dims) {
  %n = load i64, ptr %dims
  call void @launch(ptr %pool, ptr @task, ptr %io, i64 %n)
  call void @launch(ptr %pool, ptr @task, ptr %io, i64 %n)
  call void @launch(ptr %pool, ptr @task, ptr %io, i64 %n)
  ret i64 0
}
"""
)


def program() -> Program:
    return Program((Port("x", "f32", ("n",)),), (Port("y", "f32", ("n",)),), ("n",), compile_text(TEXT))


@pytest.mark.parametrize("spin_limit", [0, 20, 20_000])
@pytest.mark.parametrize("num_threads", [1, 2, 5])
def test_every_task_is_done_once_whatever_the_workers_are_doing(num_threads: int, spin_limit: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runtime_native, "_SPIN_LIMIT", spin_limit)
    rng = np.random.default_rng(num_threads)
    with Model(program(), num_threads) as model:
        for i in range(150):
            x = rng.random(int(rng.integers(0, 300)), np.float32)
            y = np.asarray(model(x))
            np.testing.assert_array_equal(y, x * np.float32(3))
            if i % 50 == 0:
                time.sleep(0.01)  # long enough for the workers to fall asleep


def test_sleeping_workers_stop():
    before = threading.active_count()
    model = Model(program(), 4)
    model(np.ones(8, np.float32))
    time.sleep(0.05)
    started = time.perf_counter()
    model.close()
    assert time.perf_counter() - started < 2
    assert threading.active_count() == before


def test_many_models_come_and_go():
    before = threading.active_count()
    for _ in range(30):
        with Model(program(), 3) as model:
            np.testing.assert_array_equal(np.asarray(model(np.ones(5, np.float32))), np.full(5, 3, np.float32))
    assert threading.active_count() == before


def test_threads_that_cannot_all_be_started_are_one_error_and_none_is_left(monkeypatch: pytest.MonkeyPatch):
    before, started = threading.active_count(), threading.Thread.start
    with Model(program(), 9) as model, monkeypatch.context() as patch:

        def start(thread: threading.Thread) -> None:
            if threading.active_count() - before >= 5:
                raise RuntimeError("can't start new thread")
            started(thread)

        patch.setattr(threading.Thread, "start", start)
        for _ in range(3):
            with pytest.raises(ModelError, match=r"only 6 of 9 threads could be started \(can't start new thread\)"):
                model(np.ones(8, np.float32))
            assert threading.active_count() == before
        patch.undo()
        np.testing.assert_array_equal(np.asarray(model(np.ones(5, np.float32))), np.full(5, 3, np.float32))
        assert threading.active_count() == before + 8
    assert threading.active_count() == before


LIMITED = """
import resource, sys, threading
import numpy as np
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from tests.unit.test_workers import program
models = [Model(program(), 64) for _ in range(3)]
used = int(open("/proc/self/statm").read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20), resource.RLIM_INFINITY))
for model in models:
    try:
        model(np.ones(8, np.float32))
    except ModelError as e:
        print("refused" if "threads could be started" in str(e) else e)
    model.close()
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for _ in range(20):
    with Model(program(), 4) as model:
        model(np.ones(8, np.float32))
print(threading.active_count())
"""


def test_a_limit_on_memory_that_lets_only_some_threads_start():
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "refused\nrefused\nrefused\n1\n"), done.stderr
