"""The `cpu` target: kernels on one arena, compiled to one object, run by one native call."""

from xdsl.dialects.builtin import ModuleOp

from inferir.backends.cpu.build import build_program
from inferir.backends.cpu.compile import chosen
from inferir.backends.runtime.model import load_program
from inferir.backends.target import LEVELS, Target
from inferir.dialects.cpu import set_vector_bits


def describe(module: ModuleOp) -> None:
    """Shape the kernels for the registers of the processor that code is generated for."""
    set_vector_bits(module, chosen().vector_bits())


TARGET = Target(
    name="cpu", pipelines={level: f"cpu-{level}" for level in LEVELS}, build=build_program, load=load_program, describe=describe
)
