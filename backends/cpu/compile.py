"""LLVM text to a relocatable object, through llvmlite's code generator, with a cache on disk.

The text is final: LLVM's mid-level passes are skipped (23 ms a kernel instead of 105, same speed), code generation runs
at level 2 (level 0 gives a third of the speed). The cache key is the text, the processor, these options and the version
of LLVM; the cache lies in $INFERIR_CACHE, by default ~/.cache/inferir, and may be deleted at any time. An entry is the object
and the sha256 of key and object: what does not hold its own checksum is compiled again. Users may share a cache if they trust each other.
"""

import contextlib
import functools
import hashlib
import os
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from inferir.backends.cpu.machines import CHECKED
from inferir.dialects.cpu.machine import Machine
from inferir.whole_file import is_special, whole_file

CODE_GENERATION: dict[str, Any] = {"opt": 2, "reloc": "pic", "codemodel": "small"}
_DIGEST = 32  # bytes at the end of an entry


@functools.cache
def _initialise() -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()


def compile_object(text: str, machine: Machine, cache: bool = True) -> bytes:
    """The object file (ELF) of an LLVM module given as text."""
    parts = (text, machine.arch, machine.triple, feature_string(machine), str(llvm.llvm_version_info), str(CODE_GENERATION))
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    kept = _kept(key) if cache else None
    if kept is not None:
        return kept
    made = _generate(text, machine)
    if cache:
        _keep(key, made)
    return made


def assembly(text: str, machine: Machine) -> str:
    """The assembly a person reads to see what became of a kernel."""
    module, generator = _parse(text, machine)
    return generator.emit_assembly(module)


def cache_folder() -> Path:
    """Where objects are kept."""
    return Path(os.environ.get("INFERIR_CACHE") or Path.home() / ".cache" / "inferir") / "objects"


def _generate(text: str, machine: Machine) -> bytes:
    module, generator = _parse(text, machine)
    return generator.emit_object(module)


def _parse(text: str, machine: Machine) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    _initialise()
    module = llvm.parse_assembly(text)
    module.triple = machine.triple
    module.verify()
    target = llvm.Target.from_triple(machine.triple)
    return module, target.create_target_machine(cpu=machine.arch, features=feature_string(machine), **CODE_GENERATION)


def feature_string(machine: Machine) -> str:
    """What code generation may use and what it may not, in LLVM's spelling.

    A processor's name promises features that a virtual machine may hide: those that LLVM does not find on the processor of that name
    that this runs on are switched off.
    """
    known = llvm.get_host_cpu_features() if machine.triple == llvm.get_default_triple() else {}
    is_host = machine.arch == llvm.get_host_cpu_name()
    off = {name for name, on in known.items() if name not in machine.features and (name.startswith(CHECKED) or (is_host and not on))}
    return ",".join([*(f"-{name}" for name in sorted(off)), *(f"+{name}" for name in machine.features)])


def _kept(key: str) -> bytes | None:
    """The object that the cache has, None where it has none or a damaged one. A cache that cannot be looked at has none."""
    try:
        path = _entry(key)
        data = path.read_bytes() if path.is_file() else b""
    except (OSError, RuntimeError):  # RuntimeError: the home folder is unknown
        return None
    made = data[:-_DIGEST]
    return made if data[-_DIGEST:] == _digest(key, made) else None


def _keep(key: str, made: bytes) -> None:
    """Put an object into the cache; a disk that is full or read-only only loses the cache."""
    with contextlib.suppress(OSError, RuntimeError):
        path = _entry(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not is_special(path):
            with whole_file(path) as file:
                file.write(made + _digest(key, made))


def _entry(key: str) -> Path:
    return cache_folder() / f"{key}.o"


def _digest(key: str, made: bytes) -> bytes:
    return hashlib.sha256(key.encode() + made).digest()
