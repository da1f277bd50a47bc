"""LLVM text to a relocatable object, through llvmlite's code generator, with a cache on disk.

The text is final: LLVM's mid-level passes are skipped (23 ms a kernel instead of 105, same speed), code generation runs
at level 2 (level 0 gives a third of the speed). The cache key is the text, the processor, these options and the version
of LLVM; the cache lies in $INFERIR_CACHE, by default ~/.cache/inferir, and may be deleted at any time. An entry is the object
and the sha256 of key and object: what does not hold its own checksum is compiled again. Users may share a cache if they trust each other.

$INFERIR_CPU names the processor that code is for: `host` (the default), `x86-64-v3` (AVX2) or `x86-64-v4` (AVX-512).
"""

import contextlib
import functools
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from inferir.backends.runtime.elf import host_features, plain
from inferir.core.diagnostics import InferError
from inferir.whole_file import is_special, whole_file

CODE_GENERATION: dict[str, Any] = {"opt": 2, "reloc": "pic", "codemodel": "small"}
_DIGEST = 32  # bytes at the end of an entry
_V3 = ("avx", "avx2", "bmi", "bmi2", "f16c", "fma")
FEATURES = {"x86-64-v3": _V3, "x86-64-v4": (*_V3, "avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl")}
"""What the levels of the x86-64 ABI have of the features below, for programs that run on any processor of a level."""
REQUIRED = ("avx", "fma", "bmi", "f16c")
"""How the features begin whose instructions appear in generated code, so that a program names them."""


@dataclass(frozen=True)
class Processor:
    """What code is generated for: LLVM's name of the processor and its feature string."""

    name: str
    features: str
    triple: str

    def required(self) -> tuple[str, ...]:
        """The features generated code may use, beyond those every processor of the kind has."""
        given = (f[1:] for f in self.features.split(",") if f.startswith("+"))
        return tuple(sorted(f for f in given if f.startswith(REQUIRED)))

    def vector_bits(self) -> int:
        """Bits of its vector registers, of which there are 32 of 512 bits or 16 of 256 (NEON: 32 of 128)."""
        return 512 if "avx512f" in self.required() else 256


@functools.cache
def _initialise() -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()


@functools.cache
def host() -> Processor:
    """The processor this runs on."""
    _initialise()
    return Processor(llvm.get_host_cpu_name(), usable(llvm.get_host_cpu_features()), llvm.get_default_triple())


def chosen() -> Processor:
    """The processor that code is for: the one that `INFERIR_CPU` names, or this one. Raises InferError for one that it has no name for."""
    name = os.environ.get("INFERIR_CPU") or "host"
    if name != "host" and name not in FEATURES:
        raise InferError(f"INFERIR_CPU: no processor '{name}' (there are host, {', '.join(FEATURES)})")
    return named(name)


def usable(found: Mapping[str, bool]) -> str:
    """LLVM's feature string of what it finds on this processor, without the features that the runtime cannot check for.

    LLVM asks the processor, the runtime asks the kernel, which names no feature that it has switched off or does not know yet.
    """
    checked = host_features()
    there = {name: on and (not name.startswith(REQUIRED) or plain(name) in checked) for name, on in found.items()}
    return ",".join(f"{'+' if on else '-'}{name}" for name, on in sorted(there.items()))


def named(cpu: str) -> Processor:
    """A processor by LLVM's name, such as `haswell`, `x86-64-v4`, `neoverse-n1`; `host` is the one this runs on."""
    if cpu == "host":
        return host()
    arm = cpu.startswith(("cortex", "neoverse", "apple"))
    return Processor(
        cpu, ",".join(f"+{name}" for name in FEATURES.get(cpu, ())), "aarch64-unknown-linux-gnu" if arm else "x86_64-unknown-linux-gnu"
    )


def compile_object(text: str, processor: Processor | None = None, cache: bool = True) -> bytes:
    """The object file (ELF) of an LLVM module given as text."""
    processor = processor or chosen()
    parts = (text, *vars(processor).values(), str(llvm.llvm_version_info), str(CODE_GENERATION))
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    kept = _kept(key) if cache else None
    if kept is not None:
        return kept
    made = _generate(text, processor)
    if cache:
        _keep(key, made)
    return made


def assembly(text: str, processor: Processor | None = None) -> str:
    """The assembly a person reads to see what became of a kernel."""
    module, machine = _parse(text, processor or chosen())
    return machine.emit_assembly(module)


def cache_folder() -> Path:
    """Where objects are kept."""
    return Path(os.environ.get("INFERIR_CACHE") or Path.home() / ".cache" / "inferir") / "objects"


def _generate(text: str, processor: Processor) -> bytes:
    module, machine = _parse(text, processor)
    return machine.emit_object(module)


def _parse(text: str, processor: Processor) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    _initialise()
    module = llvm.parse_assembly(text)
    module.triple = processor.triple
    module.verify()
    target = llvm.Target.from_triple(processor.triple)
    return module, target.create_target_machine(cpu=processor.name, features=processor.features, **CODE_GENERATION)


def _kept(key: str) -> bytes | None:
    """The object that the cache has, None where it has none or a damaged one. A cache that cannot be looked at has none."""
    try:
        path = _entry(key)
        data = path.read_bytes() if path.is_file() else b""
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where the home folder is
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
