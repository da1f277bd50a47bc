"""The thread pool, in LLVM text: parked workers, claimed tasks.

A launch publishes (function, arguments) and then one word holding epoch and number of unclaimed tasks. Whoever is awake
claims tasks from the word by compare and swap; the launching thread claims too and could finish alone, so a worker
that the system has taken off its core delays its own task only. The launch is over when the count of finished
tasks reaches their number. Workers spin for a bounded number of pauses between launches, then sleep in a futex on the
epoch half of the word.

Byte offsets in the 4096-byte block (words that different threads write lie in different cache lines):
"""

from inferir.backends.cpu.emit.text import ATTRIBUTES

CLAIM = 0  # i64: epoch << 32 | unclaimed tasks
EPOCH = CLAIM + 4  # i32: its upper half, the futex word (little endian)
FINISHED = 64  # i32: tasks done in this epoch
FUNCTION = 128  # ptr: void (ptr arguments, i64 task)
ARGUMENTS = 136  # ptr
THREADS = 192  # i32: set by the runtime
SPIN_LIMIT = 196  # i32: pauses before a worker sleeps; set by the runtime
STOPPING = 200  # i32
SYSCALL = 256  # ptr: libc's `syscall`, stored by the runtime
SLEEPERS = 320  # i32: workers in the futex

FUTEX, WAIT_PRIVATE, WAKE_PRIVATE = 202, 128, 129


def declarations(triple: str) -> str:
    """What the pool needs declared."""
    if triple.startswith("aarch64"):
        return "declare void @llvm.aarch64.hint(i32)\n"
    return "declare void @llvm.x86.sse2.pause()\n"


def thread_pool(triple: str = "x86_64") -> str:
    """The functions `launch` (internal), `inferir_worker` and `inferir_stop`."""
    arm = triple.startswith("aarch64")
    pause = "call void @llvm.aarch64.hint(i32 1)" if arm else "call void @llvm.x86.sse2.pause()"
    futex = 98 if arm else FUTEX

    def field(name: str, offset: int) -> str:
        return f"  %{name} = getelementptr i8, ptr %pool, i64 {offset}"

    def wake(label: str) -> str:
        return f"""  %syscall.{label} = load ptr, ptr %p.syscall, align 8
  %woken.{label} = call i64 (i64, ...) %syscall.{label}(i64 {futex}, ptr %p.epoch, i32 {WAKE_PRIVATE}, i32 2147483647, ptr null, ptr null, i32 0)"""

    return f"""define internal void @drain(ptr %pool, i64 %epoch) {ATTRIBUTES} {{
entry:
{field("p.function", FUNCTION)}
{field("p.arguments", ARGUMENTS)}
{field("p.finished", FINISHED)}
  br label %next
next:
  %function = load ptr, ptr %p.function, align 8
  %arguments = load ptr, ptr %p.arguments, align 8
  %word = load atomic i64, ptr %pool acquire, align 8
  %now = lshr i64 %word, 32
  %left = and i64 %word, 4294967295
  %same = icmp eq i64 %now, %epoch
  %some = icmp ne i64 %left, 0
  %open = and i1 %same, %some
  br i1 %open, label %claim, label %done
claim:
  %task = sub i64 %left, 1
  %less = sub i64 %word, 1
  %swap = cmpxchg ptr %pool, i64 %word, i64 %less acq_rel monotonic
  %won = extractvalue {{i64, i1}} %swap, 1
  br i1 %won, label %work, label %next
work:
  call void %function(ptr %arguments, i64 %task)
  %before = atomicrmw add ptr %p.finished, i32 1 release
  br label %next
done:
  ret void
}}

define internal void @launch(ptr %pool, ptr %function, ptr %arguments, i64 %tasks) {ATTRIBUTES} {{
entry:
{field("p.threads", THREADS)}
  %threads = load i32, ptr %p.threads, align 4
  %many = icmp sgt i32 %threads, 1
  %several = icmp sgt i64 %tasks, 1
  %share = and i1 %many, %several
  br i1 %share, label %publish, label %alone
alone:
  %any = icmp sgt i64 %tasks, 0
  br i1 %any, label %step, label %over
step:
  %i = phi i64 [ 0, %alone ], [ %i.next, %step ]
  call void %function(ptr %arguments, i64 %i)
  %i.next = add i64 %i, 1
  %more = icmp slt i64 %i.next, %tasks
  br i1 %more, label %step, label %over
publish:
{field("p.function", FUNCTION)}
{field("p.arguments", ARGUMENTS)}
{field("p.finished", FINISHED)}
{field("p.epoch", EPOCH)}
{field("p.sleepers", SLEEPERS)}
{field("p.syscall", SYSCALL)}
  store ptr %function, ptr %p.function, align 8
  store ptr %arguments, ptr %p.arguments, align 8
  store atomic i32 0, ptr %p.finished release, align 4
  %old = load atomic i64, ptr %pool monotonic, align 8
  %old.epoch = lshr i64 %old, 32
  %up = add i64 %old.epoch, 1
  %epoch = and i64 %up, 4294967295
  %high = shl i64 %epoch, 32
  %word = or i64 %high, %tasks
  store atomic i64 %word, ptr %pool seq_cst, align 8
  %sleepers = load atomic i32, ptr %p.sleepers seq_cst, align 4
  %asleep = icmp ne i32 %sleepers, 0
  br i1 %asleep, label %wake, label %work
wake:
{wake("0")}
  br label %work
work:
  call void @drain(ptr %pool, i64 %epoch)
  %tasks.32 = trunc i64 %tasks to i32
  br label %wait
wait:
  %finished = load atomic i32, ptr %p.finished acquire, align 4
  %all = icmp eq i32 %finished, %tasks.32
  br i1 %all, label %over, label %pause
pause:
  {pause}
  br label %wait
over:
  ret void
}}

define void @inferir_worker(ptr %pool) {ATTRIBUTES} {{
entry:
{field("p.epoch", EPOCH)}
{field("p.stopping", STOPPING)}
{field("p.sleepers", SLEEPERS)}
{field("p.limit", SPIN_LIMIT)}
{field("p.syscall", SYSCALL)}
  br label %look
look:
  %seen = phi i32 [ 0, %entry ], [ %epoch, %work ], [ %seen, %pause ], [ %seen, %sleep ]
  %spins = phi i32 [ 0, %entry ], [ 0, %work ], [ %spins.next, %pause ], [ 0, %sleep ]
  %stopping = load atomic i32, ptr %p.stopping acquire, align 4
  %stop = icmp ne i32 %stopping, 0
  br i1 %stop, label %leave, label %compare
compare:
  %epoch = load atomic i32, ptr %p.epoch acquire, align 4
  %new = icmp ne i32 %epoch, %seen
  br i1 %new, label %work, label %idle
idle:
  %spins.next = add i32 %spins, 1
  %limit = load i32, ptr %p.limit, align 4
  %patient = icmp ult i32 %spins.next, %limit
  br i1 %patient, label %pause, label %sleep
pause:
  {pause}
  br label %look
sleep:
  %going = atomicrmw add ptr %p.sleepers, i32 1 seq_cst
  %syscall = load ptr, ptr %p.syscall, align 8
  %slept = call i64 (i64, ...) %syscall(i64 {futex}, ptr %p.epoch, i32 {WAIT_PRIVATE}, i32 %seen, ptr null, ptr null, i32 0)
  %coming = atomicrmw sub ptr %p.sleepers, i32 1 seq_cst
  br label %look
work:
  %epoch.64 = zext i32 %epoch to i64
  call void @drain(ptr %pool, i64 %epoch.64)
  br label %look
leave:
  ret void
}}

define void @inferir_stop(ptr %pool) {ATTRIBUTES} {{
entry:
{field("p.epoch", EPOCH)}
{field("p.stopping", STOPPING)}
{field("p.syscall", SYSCALL)}
  store atomic i32 1, ptr %p.stopping seq_cst, align 4
  %bump = atomicrmw add ptr %pool, i64 4294967296 seq_cst
{wake("0")}
  ret void
}}
"""
