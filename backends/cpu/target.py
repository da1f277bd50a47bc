"""The `cpu` target: kernels on one arena, compiled to one object, run by one native call."""

from xdsl.dialects.builtin import ModuleOp

from inferir.backends.cpu.build import build_program
from inferir.backends.cpu.compile import assembly
from inferir.backends.cpu.emit.main import emit_program
from inferir.backends.cpu.machines import find_machine
from inferir.backends.runtime.model import load_program
from inferir.backends.target import LEVELS, Target
from inferir.core import Context
from inferir.dialects.cpu import KernelOp, machine_of, target_attr
from inferir.dialects.inferir import set_target, target_of


def describe(module: ModuleOp, machine: str | None) -> None:
    """Write the machine into the module: the one asked for, else the module's own, else the host."""
    if machine is not None or target_of(module) is None:
        set_target(module, target_attr(find_machine(machine)))


def is_lowered(module: ModuleOp) -> bool:
    """Whether a module holds kernels: it is at level 4."""
    return any(isinstance(op, KernelOp) for op in module.body.ops)


def llvm_text(module: ModuleOp, ctx: Context) -> str:
    """The LLVM IR of a level 4 module."""
    return emit_program(module)


def assembly_text(module: ModuleOp, ctx: Context) -> str:
    """The assembly of a level 4 module, for its machine."""
    return assembly(emit_program(module), machine_of(module))


TARGET = Target(
    name="cpu",
    pipelines={level: f"cpu-{level}" for level in LEVELS},
    build=build_program,
    load=load_program,
    describe=describe,
    is_lowered=is_lowered,
    texts={"llvm": llvm_text, "asm": assembly_text},
)
