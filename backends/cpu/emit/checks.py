"""Checks that fail: a kernel records which and returns, the launch that ran it ends the inference with an error code.

`inferir_run` returns the number of the check among all checks of all its launches, from 1, so that equal kernels of different nodes are one kernel.
The first check that fails in any thread is the one recorded; index and range stand beside it in the pool (`Pool.FAULT`).
"""

from collections.abc import Iterable, Iterator

from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp

from inferir.backends.cpu.emit.text import Function, Int
from inferir.core.diagnostics import label
from inferir.dialects.cpu.elements import CheckOp
from inferir.dialects.cpu.program import KernelOp, LaunchOp

FAULT = 384  # byte in the pool: i64 number of the check within its kernel, 0 for none; then i64 index, low, high
POOL_SLOT = -1  # the slot before a kernel's arguments holds the pool


def checks_of(kernel: KernelOp) -> list[CheckOp]:
    """The checks of a kernel, in order."""
    return [op for op in kernel.body.walk() if isinstance(op, CheckOp)]


def kernels_of(module: ModuleOp) -> dict[str, KernelOp]:
    """The kernels of a module by name."""
    return {op.sym_name.data: op for op in module.body.ops if isinstance(op, KernelOp)}


def checked_launches(function: func.FuncOp, kernels: dict[str, KernelOp]) -> Iterator[tuple[LaunchOp, list[CheckOp]]]:
    """The launches whose kernels check something, with the checks, in the order of the error codes."""
    for op in function.body.walk():
        if isinstance(op, LaunchOp) and (checks := checks_of(kernels[op.kernel.root_reference.data])):
            yield op, checks


def messages(function: func.FuncOp, kernels: dict[str, KernelOp]) -> Iterable[str]:
    """What each error code of a native function says, before the index: the source node and the check's own words."""
    for launch, checks in checked_launches(function, kernels):
        nodes = label(launch.location)
        for check in checks:
            yield f"node {nodes!r}: {check.says.data}" if nodes else check.says.data


def fail(f: Function, number: int, index: Int, low: Int, high: Int) -> None:
    """Record a failed check; in a kernel."""
    pool = f.load("ptr", f.at("%arguments", POOL_SLOT, "i64"), 8)
    f.do(f"call void @fault(ptr {pool}, i64 {number}, i64 {index}, i64 {low}, i64 {high})")


def end_if_failed(f: Function, before: int) -> None:
    """Return the error code after a launch whose checks come after `before` others; in a program's main function."""
    number = f.load("i64", f.at("%pool", FAULT, "i8"), 8)
    f.leave(f.let(f"icmp ne i64 {number}, 0"), lambda: None, lambda: f"i64 {f.add(number, before)}")


def recorder() -> str:
    """The function that records a failed check unless one was recorded before."""
    return f"""define internal void @fault(ptr %pool, i64 %number, i64 %index, i64 %low, i64 %high) cold noinline nounwind {{
entry:
  %record = getelementptr i8, ptr %pool, i64 {FAULT}
  %swap = cmpxchg ptr %record, i64 0, i64 %number acq_rel monotonic
  %first = extractvalue {{i64, i1}} %swap, 1
  br i1 %first, label %write, label %done
write:
  %p.index = getelementptr i64, ptr %record, i64 1
  store i64 %index, ptr %p.index, align 8
  %p.low = getelementptr i64, ptr %record, i64 2
  store i64 %low, ptr %p.low, align 8
  %p.high = getelementptr i64, ptr %record, i64 3
  store i64 %high, ptr %p.high, align 8
  br label %done
done:
  ret void
}}
"""
