"""Machine descriptions of the cpu target: `host`, the files of this folder by name, or a file of the user's.

A description is TOML: the facts of `inferir.dialects.cpu.machine.Machine`, each with the default that it has there.

    arch = "znver3"          # LLVM's name of the processor
    features = ["avx2", "fma"]
    vector = 256             # bits of a vector register
    registers = 16
    l2 = 524288              # bytes
"""

import functools
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import llvmlite.binding as llvm

from inferir.backends.runtime.elf import host_features, plain
from inferir.core.diagnostics import InferError, did_you_mean
from inferir.dialects.cpu.machine import Machine, machine_from

HOST = "host"
VARIABLE = "INFERIR_CPU"
"""The environment variable that names the machine where no option does."""
CHECKED = ("avx", "fma", "bmi", "f16c")
"""How the features begin whose instructions appear in generated code, so that a program names them and the runtime checks them."""
_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def machine_names() -> list[str]:
    """What can be named besides a file."""
    return [HOST, *sorted(f.stem for f in Path(__file__).parent.glob("*.toml"))]


def find_machine(name: str | None = None) -> Machine:
    """The machine of a name or of a description's path (None: what $INFERIR_CPU names, else the host). Raises InferError."""
    asked = name or os.environ.get(VARIABLE) or HOST
    said = "--cpu" if name else VARIABLE
    if asked == HOST:
        return host()
    if asked in machine_names():
        file = Path(__file__).with_name(f"{asked}.toml")
    else:
        file = Path(asked)
        if file.suffix != ".toml" and not file.is_file():
            known = machine_names()
            raise InferError(
                f"{said}: no machine '{asked}'{did_you_mean(asked, known)} (there are {', '.join(known)}, or a file FILE.toml)"
            )
    return read_machine(file)


def read_machine(file: Path) -> Machine:
    """The machine that a file describes. Raises InferError for one that cannot be read or does not describe a machine."""
    try:
        facts = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise InferError(f"{file}: {problem.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise InferError(f"{file}: no machine description in TOML: {problem}") from None
    try:
        return machine_from({key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()})
    except InferError as problem:
        raise InferError(f"{file}: {problem}") from None


@functools.cache
def host() -> Machine:
    """The processor this runs on."""
    features = checked(llvm.get_host_cpu_features())
    wide = "avx512f" in features
    default = Machine()
    return Machine(
        arch=llvm.get_host_cpu_name(),
        triple=llvm.get_default_triple(),
        features=features,
        vector=512 if wide else 256 if "avx" in features else 128,
        registers=16 if "avx" in features and not wide else 32,
        l1=_cache(1) or default.l1,
        l2=_cache(2) or default.l2,
    )


def checked(found: Mapping[str, bool]) -> tuple[str, ...]:
    """The features that generated code may use, of those that LLVM finds on this processor.

    LLVM asks the processor, the runtime asks the kernel, which names no feature that it has switched off or does not know yet.
    """
    there = host_features()
    return tuple(sorted(name for name, on in found.items() if on and name.startswith(CHECKED) and plain(name) in there))


def _cache(level: int) -> int | None:
    """Bytes of a data cache of the first core as the kernel tells it, None where it does not."""
    for folder in sorted(_CACHES.glob("index*")):
        try:
            number, kind, size = ((folder / name).read_text().strip() for name in ("level", "type", "size"))
            if number == str(level) and kind in ("Data", "Unified"):
                return int(size.removesuffix("K")) * 1024
        except (OSError, ValueError):
            continue
    return None
