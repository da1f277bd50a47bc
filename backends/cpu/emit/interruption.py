"""Loops that may run for ever ask now and then whether they should stop.

A trip compares its number with the number of the next look: nothing that can be measured. `inferir_look` reads the cycle counter, puts the next look
some 2^18 cycles (0.1 ms) away by doubling or halving the trips between two looks, and calls `Pool.CHECK` every 2^26 cycles (20 to 30 ms).
"""

from inferir.backends.cpu.emit.text import ATTRIBUTES, Function, Int
from inferir.backends.runtime.program import Pool

STATE = 4  # words of a loop: number of the trip that looks next, trips between looks, cycle counter at the last look and at the last call
_COUNTER = "llvm.readcyclecounter"
LOOK = f"""define internal i1 @inferir_look(ptr %pool, ptr %state, i64 %trip) {ATTRIBUTES} {{
entry:
  %p.step = getelementptr i64, ptr %state, i64 1
  %p.looked = getelementptr i64, ptr %state, i64 2
  %p.called = getelementptr i64, ptr %state, i64 3
  %now = call i64 @{_COUNTER}()
  %looked = load i64, ptr %p.looked, align 8
  store i64 %now, ptr %p.looked, align 8
  %since = sub i64 %now, %looked
  %soon = icmp ult i64 %since, 262144
  %step = load i64, ptr %p.step, align 8
  %double = shl i64 %step, 1
  %half = lshr i64 %step, 1
  %other = select i1 %soon, i64 %double, i64 %half
  %least = call i64 @llvm.umax.i64(i64 %other, i64 1)
  %next.step = call i64 @llvm.umin.i64(i64 %least, i64 1073741824)
  store i64 %next.step, ptr %p.step, align 8
  %next = add i64 %trip, %next.step
  store i64 %next, ptr %state, align 8
  %called = load i64, ptr %p.called, align 8
  %quiet = sub i64 %now, %called
  %long = icmp ugt i64 %quiet, 67108864
  br i1 %long, label %call, label %go
call:
  store i64 %now, ptr %p.called, align 8
  %p.check = getelementptr i8, ptr %pool, i64 {Pool.CHECK}
  %check = load ptr, ptr %p.check, align 8
  %unset = icmp eq ptr %check, null
  br i1 %unset, label %go, label %ask
ask:
  %answer = call i32 %check()
  %stop = icmp ne i32 %answer, 0
  ret i1 %stop
go:
  ret i1 false
}}
"""
DECLARATIONS = {f"declare i64 @{_COUNTER}()", "declare i64 @llvm.umax.i64(i64, i64)", "declare i64 @llvm.umin.i64(i64, i64)"}


def begin(f: Function, state: str) -> None:
    """Before a loop: the second trip looks first."""
    now = f.call("i64", _COUNTER)
    for word, value in enumerate(("1", "1", now, now)):
        f.store("i64", value, f.at(state, word, "i64"), 8)


def look(f: Function, state: str, trip: Int) -> None:
    """At the start of a trip: return from the whole function where it is to stop."""

    def ask() -> None:
        stop = f.let(f"call i1 @inferir_look(ptr %pool, ptr {state}, i64 {trip})")
        f.leave(stop, lambda: None, lambda: f"i64 {Pool.STOPPED}")

    f.when(f.let(f"icmp sge i64 {trip}, {f.load('i64', state, 8)}"), ask)
