"""The runtime's threads with the pool that code generation emits: parked, spinning or asleep, they take part, and stop when told."""

import threading
import time

import numpy as np
import pytest

from inferir.backends.cpu.emit.threads import declarations, thread_pool
from inferir.backends.runtime import native as runtime_native
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import Port, Program
from tests.unit.small_program import compile_text

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
