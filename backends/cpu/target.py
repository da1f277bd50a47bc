"""The `cpu` target: kernels on one arena, compiled to one object, run by one native call."""

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import load_program
from inferir.backends.target import LEVELS, Target

TARGET = Target(name="cpu", pipelines={level: f"cpu-{level}" for level in LEVELS}, build=build_program, load=load_program)
