"""Load a relocatable x86-64 ELF object into this process: no compiler, no linker, no temporary file.

Every offset, size, index and alignment is checked before it is used, so a damaged object is refused and never run. Memory is never writable
and executable at once: sections are copied and relocated in writable pages, then code becomes read-execute and constants read-only.
Sections of the three kinds lie in pages of their own.
"""

import ctypes
import mmap
import os
import platform
import struct
import sys
from dataclasses import dataclass

import numpy as np

from inferir.backends.runtime.program import SEAL, SEAL_SIZE, ModelError

_MACHINES = {3: "32-bit x86", 40: "32-bit ARM", 62: "x86_64", 183: "aarch64", 243: "riscv"}
_SHF_WRITE, _SHF_ALLOC, _SHF_EXEC = 1, 2, 4
_SHT_SYMTAB, _SHT_RELA, _SHT_NOBITS, _SHT_REL = 2, 4, 8, 9
_R_64, _R_PC32, _R_PLT32, _R_PC64 = 1, 2, 4, 24
_SHN_UNDEF = 0
_BIGGEST = 1 << 30  # bytes of code and constants

# What code generation may call behind our back: the C library's block moves and the math library. Nothing else resolves.
_MATH = (
    "exp",
    "exp2",
    "log",
    "log2",
    "log10",
    "log1p",
    "expm1",
    "pow",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "fmod",
    "cbrt",
    "round",
    "rint",
)
LIBC = frozenset(["memcpy", "memmove", "memset", "memcmp", "bzero", "syscall", *_MATH, *(name + "f" for name in _MATH)])

# LLVM's name of a feature where it is more than punctuation away from the kernel's.
_LLVM_NAMES = {
    "pni": ("sse3",),
    "abm": ("lzcnt",),
    "bmi1": ("bmi",),
    "rdrand": ("rdrnd",),
    "3dnowprefetch": ("prfchw",),
    "lahf_lm": ("sahf",),
    "pclmulqdq": ("pclmul",),
    "sha_ni": ("sha",),
    "sse4_2": ("crc32",),
    "lm": ("64bit",),
}

_JUMP = b"\xff\x25\0\0\0\0"  # jmp [rip]: the target's address follows
_STUB_SIZE = 16


@dataclass(frozen=True)
class _Section:
    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


@dataclass(frozen=True)
class _Symbol:
    name: str
    section: int
    value: int
    is_global: bool


class LoadedObject:
    """An object in memory. `symbols` maps its global names to addresses, valid until `close`."""

    def __init__(self, memory: mmap.mmap, symbols: dict[str, int]):
        self._memory = memory
        self._pinned = False
        self.symbols = symbols

    def function(self, name: str, result: type | None, *arguments: type):
        """A callable for a global function; the interpreter lock is released while it runs."""
        return ctypes.CFUNCTYPE(result, *arguments)(self.symbols[name])

    def pin(self) -> None:
        """Keep the code mapped for ever: something may still be running inside."""
        self._pinned = True
        keep_for_ever(self._memory)

    def close(self) -> None:
        """Unmap. Nothing may still be running inside."""
        self.symbols = {}
        if not self._pinned:
            self._memory.close()


def keep_for_ever(thing: object) -> None:
    """Let nothing free an object, not even the end of the interpreter: a thread may still use it."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def host_features() -> frozenset[str]:
    """The CPU's features in LLVM's spelling, as far as the kernel names them."""
    with open("/proc/cpuinfo") as f:
        flags = next((line.split(":", 1)[1].split() for line in f if line.startswith("flags")), [])
    return frozenset(plain(name) for flag in flags for name in (flag, *_LLVM_NAMES.get(flag, ())))


def require_host(arch: str, features: tuple[str, ...]) -> None:
    """Refuse a program that this machine cannot run, saying what it lacks."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise ModelError(f"compiled programs run on linux x86_64; this is {sys.platform} {platform.machine()}")
    if arch != "x86_64":
        raise ModelError(f"this program was compiled for {arch}; this machine is x86_64; compile it again on this machine")
    have = host_features()
    lacking = [f for f in features if plain(f) not in have]
    if lacking:
        raise ModelError(f"this program needs cpu features that this machine lacks: {', '.join(lacking)}; compile it for this machine")


def load_object(data: bytes | memoryview) -> LoadedObject:
    """Check, map, relocate and protect one relocatable object."""
    try:
        return _load(bytes(data))
    except (struct.error, IndexError, UnicodeDecodeError) as e:
        raise ModelError(f"the program's code is damaged: {e}") from None


def plain(feature: str) -> str:
    """A feature's name without what LLVM and the kernel write differently."""
    return feature.replace("_", "").replace("-", "").replace(".", "")


def seal_offset(data: bytes) -> int:
    """Where in an object's bytes its seal lies. Raises ModelError where it has none."""
    try:
        sections = _read_sections(data)
        _, symbols = _read_symbols(data, sections)
    except (struct.error, IndexError, UnicodeDecodeError) as e:
        raise _bad(str(e)) from None
    for s in symbols:
        if s.name == SEAL and s.is_global and 0 < s.section < len(sections):
            section = sections[s.section]
            if section.kind not in (0, _SHT_NOBITS) and s.value + SEAL_SIZE <= section.size:
                return section.offset + s.value
    raise ModelError("the program's code has no seal: compile the model again")


def _bad(why: str) -> ModelError:
    return ModelError(f"the program's code is damaged: {why}")


def _load(data: bytes) -> LoadedObject:
    machine = int.from_bytes(data[18:20], "little")
    if len(data) >= 64 and data[:4] == b"\x7fELF" and machine != 62:
        raise ModelError(f"the program's code is for {_MACHINES.get(machine, f'machine {machine}')}; this machine is {platform.machine()}")
    sections = _read_sections(data)
    table_index, symbols = _read_symbols(data, sections)
    outside = sorted({s.name for s in symbols if s.section == _SHN_UNDEF and s.name})
    if "_GLOBAL_OFFSET_TABLE_" in outside:
        raise _bad("it was generated for the large code model; it must be generated with codemodel='small'")
    if forbidden := [name for name in outside if name not in LIBC]:
        raise _bad(f"it calls {', '.join(forbidden)}, which no program may")
    base, code, constants, total = _place(sections, len(outside) * _STUB_SIZE)
    memory = mmap.mmap(-1, total, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    image = np.frombuffer(memory, np.uint8)
    start = int(image.ctypes.data)
    for i, at in base.items():
        s = sections[i]
        if s.kind != _SHT_NOBITS:
            image[at : at + s.size] = np.frombuffer(data, np.uint8, s.size, s.offset)
    stubs = {name: i * _STUB_SIZE for i, name in enumerate(outside)}
    for name, at in stubs.items():
        image[at : at + 14] = np.frombuffer(_JUMP + struct.pack("<Q", _libc_address(name)), np.uint8)
    where = [_address(s, base, sections, stubs, start) for s in symbols]
    for s in sections:
        if s.info in base and s.kind == _SHT_REL:
            raise _bad("its relocations lack addends")
        if s.info in base and s.kind == _SHT_RELA:
            if s.link != table_index:
                raise _bad("its relocations refer to another symbol table")
            _relocate(image, data, s, base[s.info], sections[s.info].size, where, start)
    _protect(start, code, mmap.PROT_READ | mmap.PROT_EXEC)
    _protect(start + code, constants, mmap.PROT_READ)
    del image
    return LoadedObject(memory, {s.name: a for s, a in zip(symbols, where, strict=True) if s.is_global and s.section in base and a})


def _read_sections(data: bytes) -> list[_Section]:
    """The section table, every file range inside the object."""
    if len(data) < 64 or data[:4] != b"\x7fELF":
        raise _bad("it is not an ELF object")
    (kind,) = struct.unpack_from("<H", data, 16)
    if kind != 1 or data[4:6] != b"\x02\x01":
        raise _bad("it is not a relocatable object")
    (table,) = struct.unpack_from("<Q", data, 0x28)
    entry, count = struct.unpack_from("<HH", data, 0x3A)
    if entry != 64 or table + count * 64 > len(data):
        raise _bad("its section table lies outside it")
    sections = []
    for i in range(count):
        _, kind, flags, _, offset, size, link, info, align, entry = struct.unpack_from("<IIQQQQIIQQ", data, table + i * 64)
        if kind not in (0, _SHT_NOBITS) and offset + size > len(data):
            raise _bad(f"section {i} lies outside it")
        if size > _BIGGEST or align > mmap.PAGESIZE or align & (align - 1):
            raise _bad(f"section {i} has size {size} and alignment {align}")
        sections.append(_Section(kind, flags, offset, size, link, info, align, entry))
    return sections


def _read_symbols(data: bytes, sections: list[_Section]) -> tuple[int, list[_Symbol]]:
    """The index of the symbol table's section, and its symbols."""
    tables = [i for i, s in enumerate(sections) if s.kind == _SHT_SYMTAB]
    if len(tables) != 1:
        raise _bad(f"it has {len(tables)} symbol tables, not one")
    table = sections[tables[0]]
    if table.entry != 24 or table.size % 24 or table.link >= len(sections):
        raise _bad("its symbol table is malformed")
    names = sections[table.link]
    text = data[names.offset : names.offset + names.size]
    symbols = []
    for at in range(table.offset, table.offset + table.size, 24):
        name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", data, at)
        end = text.find(b"\0", name)
        if end < 0:
            raise _bad("a symbol's name lies outside the name table")
        symbols.append(_Symbol(text[name:end].decode(), section, value, info >> 4 != 0))
    return tables[0], symbols


def _place(sections: list[_Section], stubs: int) -> tuple[dict[int, int], int, int, int]:
    """Offsets of the loaded sections, and the bytes of code pages, of constant pages, and of all pages. Code starts with the stubs."""
    base: dict[int, int] = {}
    at, ends = stubs, []
    for wanted in (_SHF_EXEC, 0, _SHF_WRITE):
        for i, s in enumerate(sections):
            if s.flags & _SHF_ALLOC and s.flags & (_SHF_WRITE | _SHF_EXEC) == wanted:
                at = _round_up(at, max(64, s.align))
                base[i] = at
                at += s.size
        at = _round_up(at, mmap.PAGESIZE)
        ends.append(at)
    if any(s.flags & _SHF_WRITE and s.flags & _SHF_EXEC for s in sections):
        raise _bad("a section is both writable and executable")
    if not 0 < at <= _BIGGEST:
        raise _bad(f"it would take {at} bytes of memory")
    return base, ends[0], ends[1] - ends[0], at


def _address(s: _Symbol, base: dict[int, int], sections: list[_Section], stubs: dict[str, int], start: int) -> int | None:
    if s.section in base:
        if s.value > sections[s.section].size:
            raise _bad(f"symbol '{s.name}' lies outside its section")
        return start + base[s.section] + s.value
    if s.section == _SHN_UNDEF and s.name:
        return start + stubs[s.name]
    return None


def _relocate(image: np.ndarray, data: bytes, rela: _Section, at: int, size: int, where: list[int | None], start: int) -> None:
    """Apply one section's relocations to the `size` bytes at offset `at` of the image."""
    if rela.entry != 24 or rela.size % 24:
        raise _bad("a relocation table is malformed")
    for entry in range(rela.offset, rela.offset + rela.size, 24):
        offset, info, addend = struct.unpack_from("<QQq", data, entry)
        kind, symbol = info & 0xFFFFFFFF, info >> 32
        width = {_R_PC32: 4, _R_PLT32: 4, _R_PC64: 8, _R_64: 8}.get(kind)
        if width is None:
            raise _bad(f"relocation type {kind} is not position-independent")
        target = where[symbol] if symbol < len(where) else None
        if target is None or offset + width > size:
            raise _bad("a relocation leads nowhere")
        value = target + addend - (0 if kind == _R_64 else start + at + offset)
        low, high = start - (1 << 16), start + len(image) + (1 << 16)
        if not low <= target + addend <= high or not -(1 << (8 * width - 1)) <= value < 1 << (8 * width - 1):
            raise _bad("a relocation points outside the object")
        image[at + offset : at + offset + width] = np.frombuffer(value.to_bytes(width, "little", signed=True), np.uint8)


def _libc_address(name: str) -> int:
    for library in (None, "libm.so.6"):
        try:
            return ctypes.cast(ctypes.CDLL(library)[name], ctypes.c_void_p).value or 0
        except (AttributeError, OSError):
            continue
    raise ModelError(f"the C library of this machine has no '{name}'")


def _protect(address: int, size: int, protection: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if size and libc.mprotect(address, size, protection):
        raise ModelError(f"the system refuses executable memory: {os.strerror(ctypes.get_errno())}")


def _round_up(value: int, to: int) -> int:
    return -(-value // to) * to
