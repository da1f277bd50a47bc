"""What kernels are shaped for: the facts of a `#inferir.target<cpu, ...>`.

  module attributes {inferir.target = #inferir.target<cpu, arch = "x86-64-v3", registers = 16 : i64, vector = 256 : i64>} { ... }

A fact that is absent has the value of `Machine()`: a processor with AVX-512.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr
from xdsl.ir import Attribute, Operation

from inferir.core.diagnostics import InferError, did_you_mean
from inferir.dialects.inferir import TargetAttr, outermost, target_of

KIND = "cpu"


@dataclass(frozen=True)
class Machine:
    """One core of a processor, as far as a pass chooses by it.

    Source of the defaults: Intel 64 and IA-32 Architectures Optimization Reference Manual, server cores with AVX-512.
    """

    arch: str = "x86-64-v4"
    """LLVM's name of the processor."""
    triple: str = "x86_64-unknown-linux-gnu"
    features: tuple[str, ...] = ()
    """LLVM's names of the extensions that generated code may use and a program requires, sorted."""
    vector: int = 512
    """Bits of a vector register."""
    registers: int = 32
    """Vector registers."""
    l1: int = 32 * 1024
    """Bytes of the first-level data cache."""
    l2: int = 1024 * 1024
    """Bytes of the second-level cache of a core."""

    @property
    def lanes(self) -> int:
        """32-bit elements of a vector register."""
        return self.vector // 32

    @property
    def accumulators(self) -> int:
        """Registers that a register tile may keep its sums in; the others hold a row of weights and a broadcast input."""
        return self.registers * 3 // 4

    @property
    def byte_accumulators(self) -> int:
        """The same for products of bytes: half of the registers where bytes are widened to words on the way to the sums."""
        return self.accumulators if "avx512vnni" in self.features else self.registers // 2


def machine_of(op: Operation) -> Machine:
    """The machine that the module around an op is compiled for. Raises InferError where its target is not a cpu's."""
    target = target_of(op)
    try:
        return Machine() if target is None else machine(target)
    except InferError as problem:
        raise InferError(str(problem), outermost(op).location) from None


@lru_cache(maxsize=64)
def machine(target: TargetAttr) -> Machine:
    """The facts of a target. Raises InferError for another kind, an unknown fact or a value of the wrong type."""
    if target.kind.data != KIND:
        raise InferError(f"the module is for a target of kind '{target.kind.data}': the passes of {KIND} need #inferir.target<{KIND}, ...>")
    return machine_from({name: _plain(value) for name, value in target.facts.data.items()})


def machine_from(facts: dict[str, Any]) -> Machine:
    """A machine of facts by name. Raises InferError for an unknown one or a value that is none."""
    defaults = asdict(Machine())
    for name, value in facts.items():
        if name not in defaults:
            raise InferError(f"a cpu has no fact '{name}'{did_you_mean(name, defaults)} (there are {', '.join(defaults)})")
        kind = type(defaults[name])
        if type(value) is not kind or (kind is int and value <= 0):
            wanted = {int: "a positive integer", str: "a string", tuple: "a list of strings"}[kind]
            raise InferError(f"'{name}' of a cpu is {wanted}, not {value!r}")
    made = Machine(**facts)
    if made.vector not in (128, 256, 512):
        raise InferError(f"'vector' of a cpu is 128, 256 or 512 bits, not {made.vector}")
    return made


def target_attr(machine: Machine) -> TargetAttr:
    """A machine as it stands in a module."""
    facts: dict[str, Attribute] = {}
    for fact in fields(machine):
        value = getattr(machine, fact.name)
        if isinstance(value, tuple):
            facts[fact.name] = ArrayAttr([StringAttr(v) for v in value])
        else:
            facts[fact.name] = StringAttr(value) if isinstance(value, str) else IntegerAttr(value, 64)
    return TargetAttr(StringAttr(KIND), DictionaryAttr(facts))


def _plain(value: Attribute) -> Any:
    match value:
        case IntegerAttr():
            return value.value.data
        case StringAttr():
            return value.data
        case ArrayAttr() if all(isinstance(v, StringAttr) for v in value.data):
            return tuple(v.data for v in value.data if isinstance(v, StringAttr))
    return value
