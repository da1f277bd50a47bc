"""A program small enough to write by hand, following the native contract: y[n, 4] = x[n, 4] * weights[4], through the arena."""

import functools

import llvmlite.binding as llvm
import numpy as np

from inferir.backends.runtime.program import Port, Program

TEXT = """
declare void @llvm.x86.sse2.pause()
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare float @expf(float)

@inferir_seal = constant [32 x i8] zeroinitializer, align 8
@started = internal constant [2 x i64] [i64 0, i64 1]

define i64 @inferir_arena_size(ptr %dims) {
  %n = load i64, ptr %dims
  %bytes = mul i64 %n, 16
  ret i64 %bytes
}

define i64 @inferir_run(ptr %pool, ptr %arena, ptr %weights, ptr %io, ptr %dims) {
entry:
  %n = load i64, ptr %dims
  %refused = icmp eq i64 %n, 13
  br i1 %refused, label %unlucky, label %begin
unlucky:
  ret i64 7
begin:
  %p.timeline = getelementptr i8, ptr %pool, i64 264
  %timeline = load ptr, ptr %p.timeline
  %timed = icmp ne ptr %timeline, null
  br i1 %timed, label %first, label %body
first:
  %c0 = call i64 @llvm.readcyclecounter()
  store i64 %c0, ptr %timeline
  br label %body
body:
  %x = load ptr, ptr %io
  %p.y = getelementptr i8, ptr %io, i64 8
  %y = load ptr, ptr %p.y
  %count = mul i64 %n, 4
  br label %loop
loop:
  %i = phi i64 [ 0, %body ], [ %i1, %step ]
  %more = icmp ult i64 %i, %count
  br i1 %more, label %step, label %copy
step:
  %lane = and i64 %i, 3
  %pw = getelementptr float, ptr %weights, i64 %lane
  %w = load float, ptr %pw
  %px = getelementptr float, ptr %x, i64 %i
  %v = load float, ptr %px
  %r = fmul float %v, %w
  %pa = getelementptr float, ptr %arena, i64 %i
  store float %r, ptr %pa
  %i1 = add i64 %i, 1
  br label %loop
copy:
  %bytes = mul i64 %count, 4
  call void @llvm.memcpy.p0.p0.i64(ptr %y, ptr %arena, i64 %bytes, i1 false)
  br i1 %timed, label %last, label %out
last:
  %c1 = call i64 @llvm.readcyclecounter()
  %p.c1 = getelementptr i64, ptr %timeline, i64 1
  store i64 %c1, ptr %p.c1
  br label %out
out:
  ret i64 0
}

declare i64 @llvm.readcyclecounter()

define void @inferir_worker(ptr %pool) {
  %p = getelementptr i8, ptr %pool, i64 200
  %q = getelementptr i8, ptr %pool, i64 204
  %came = atomicrmw add ptr %q, i32 1 seq_cst
  br label %spin
spin:
  call void @llvm.x86.sse2.pause()
  %stop = load atomic i32, ptr %p acquire, align 4
  %c = icmp ne i32 %stop, 0
  br i1 %c, label %out, label %spin
out:
  %went = atomicrmw sub ptr %q, i32 1 seq_cst
  ret void
}

define void @inferir_stop(ptr %pool) {
  %p = getelementptr i8, ptr %pool, i64 200
  store atomic i32 1, ptr %p seq_cst, align 4
  ret void
}
"""

WEIGHTS = np.array([1, 2, 3, 4], np.float32)


@functools.cache
def compile_text(text: str = TEXT, cpu: str = "x86-64") -> bytes:
    """LLVM text as an ELF object, position-independent."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    triple = "aarch64-unknown-linux-gnu" if cpu == "cortex-a72" else "x86_64-unknown-linux-gnu"
    module = llvm.parse_assembly(text)
    module.triple = triple
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=cpu, opt=2, reloc="pic", codemodel="small")
    return machine.emit_object(module)


def small_program(**changes) -> Program:
    """The program; `changes` replace its fields."""
    fields = {
        "inputs": (Port("x", "f32", ("n", 4)),),
        "outputs": (Port("y", "f32", ("n", 4)),),
        "symbols": ("n",),
        "code": compile_text(),
        "weights": [(0, WEIGHTS)],
        "weights_size": 64,
        "cpu_features": ("sse2",),
        "launches": ("scale",),
        "producer": "a test",
        "metadata": {"model": "small"},
        "ir": {"cpu": "module {}\n"},
    }
    return Program(**{**fields, **changes})
