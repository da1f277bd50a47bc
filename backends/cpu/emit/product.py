"""What a register tile multiplies and adds: floats one by one, or bytes four by four into 32 bits, by what the machine has for them.

A step takes `per_step` neighbours of a row of x, uniform over the lanes, and one vector of packed weights. Bytes: x is u8, weights are i8
(`inferir.dialects.cpu.quads`); all four sums are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.dialects.builtin import i8, i32

from inferir.backends.cpu.emit.elements import F32, Element, element
from inferir.backends.cpu.emit.text import INTS, LANES, Function
from inferir.dialects.cpu.machine import Machine
from inferir.dialects.cpu.quads import QUAD

WORDS = f"<{2 * LANES} x i16>"
I8, I32 = element(i8), element(i32)


@dataclass(frozen=True)
class Product:
    """Floats, by fused multiply-add."""

    accumulator: Element = F32
    x: Element = F32
    per_step: int = 1
    """elements of x in a step: they share a row of w"""
    unroll: int = 4
    """steps in the body of a loop: more of them spill"""

    def steps(self, depth: int) -> int:
        """Rows of w for so many elements of x."""
        return -(-depth // self.per_step)

    @property
    def vector(self) -> str:
        """The type of an accumulator."""
        return f"<{LANES} x {self.accumulator.value}>"

    def x_of(self, f: Function, pointer: str, count: int) -> tuple[str, ...]:
        """The elements of a step (the first `count` of them), in the form that `add` takes."""
        return (f.broadcast(f.load("float", pointer)),)

    def w_of(self, f: Function, weights: str) -> tuple[str, ...]:
        """A vector of packed weights, in the form that `add` takes."""
        return (weights,)

    def add(self, f: Function, x: tuple[str, ...], w: tuple[str, ...], total: str) -> str:
        """total + x w, lane by lane."""
        return f.fma(x[0], w[0], total)


@dataclass(frozen=True)
class ByteProduct(Product):
    """Bytes on any machine: one at a time, in 32 bits."""

    accumulator: Element = I32
    x: Element = I8
    per_step: int = QUAD

    def bits_of(self, f: Function, pointer: str, count: int) -> str:
        """Up to four bytes as an i32, the first of them the lowest; zeros for those that are not there."""
        if count == self.per_step:
            return f.load("i32", pointer, 1)
        parts = [f.let(f"zext i8 {f.load('i8', f.at(pointer, i, 'i8'), 1)} to i32") for i in range(count)]
        bits = parts[0]
        for i, part in enumerate(parts[1:], 1):
            bits = f.let(f"or i32 {bits}, {f.let(f'shl i32 {part}, {8 * i}')}")
        return bits

    def x_of(self, f: Function, pointer: str, count: int) -> tuple[str, ...]:
        """The bytes, broadcast to the lanes."""
        return (f.broadcast(self.bits_of(f, pointer, count), "i32"),)

    def add(self, f: Function, x: tuple[str, ...], w: tuple[str, ...], total: str) -> str:
        """Each byte widened, multiplied and added."""
        for byte in range(self.per_step):
            a = f.let(f"and {INTS} {f.let(f'lshr {INTS} {x[0]}, splat (i32 {8 * byte})')}, splat (i32 255)")
            b = f.let(f"ashr {INTS} {f.let(f'shl {INTS} {w[0]}, splat (i32 {24 - 8 * byte})')}, splat (i32 24)")
            total = f.let(f"add {INTS} {total}, {f.let(f'mul {INTS} {a}, {b}')}")
        return total


@dataclass(frozen=True)
class DotProduct(ByteProduct):
    """One instruction for four bytes: VPDPBUSD (AVX512-VNNI)."""

    def add(self, f: Function, x: tuple[str, ...], w: tuple[str, ...], total: str) -> str:
        """One instruction."""
        callee = "llvm.x86.avx512.vpdpbusd.512"
        f.declarations.add(f"declare {INTS} @{callee}({INTS}, {INTS}, {INTS})")
        return f.let(f"call {INTS} @{callee}({INTS} {total}, {INTS} {x[0]}, {INTS} {w[0]})")


@dataclass(frozen=True)
class PairProduct(ByteProduct):
    """Two instructions for four bytes as 16-bit words: VPMADDWD multiplies words and adds pairs of neighbours (AVX2; AVX512-BW).

    VPMADDUBSW would take the bytes as they are, but its sums of 16 bits saturate. `bits` is the width of a register.
    """

    bits: int = 256
    unroll: int = 1

    def x_of(self, f: Function, pointer: str, count: int) -> tuple[str, ...]:
        """Bytes 0 and 2, and bytes 1 and 3, as words in every pair of words."""
        words = f.let(f"bitcast {INTS} {f.broadcast(self.bits_of(f, pointer, count), 'i32')} to {WORDS}")
        return f.let(f"and {WORDS} {words}, splat (i16 255)"), f.let(f"lshr {WORDS} {words}, splat (i16 8)")

    def w_of(self, f: Function, weights: str) -> tuple[str, ...]:
        """The same of the weights, with their signs."""
        words = f.let(f"bitcast {INTS} {weights} to {WORDS}")
        even = f.let(f"ashr {WORDS} {f.let(f'shl {WORDS} {words}, splat (i16 8)')}, splat (i16 8)")
        return even, f.let(f"ashr {WORDS} {words}, splat (i16 8)")

    def add(self, f: Function, x: tuple[str, ...], w: tuple[str, ...], total: str) -> str:
        """The sums of both pairs."""
        for a, b in zip(x, w, strict=True):
            total = f.let(f"add {INTS} {total}, {self.pairs(f, a, b)}")
        return total

    def pairs(self, f: Function, a: str, b: str) -> str:
        """a[2 i] b[2 i] + a[2 i + 1] b[2 i + 1]."""
        if self.bits == 512:
            callee = "llvm.x86.avx512.pmaddw.d.512"
            f.declarations.add(f"declare {INTS} @{callee}({WORDS}, {WORDS})")
            return f.let(f"call {INTS} @{callee}({WORDS} {a}, {WORDS} {b})")
        callee, words, ints = "llvm.x86.avx2.pmadd.wd", f"<{LANES} x i16>", f"<{LANES // 2} x i32>"
        f.declarations.add(f"declare {ints} @{callee}({words}, {words})")
        halves = []
        for start in (0, LANES):
            order = ", ".join(f"i32 {start + i}" for i in range(LANES))
            parts = [f.let(f"shufflevector {WORDS} {v}, {WORDS} poison, <{LANES} x i32> <{order}>") for v in (a, b)]
            halves.append(f.let(f"call {ints} @{callee}({words} {parts[0]}, {words} {parts[1]})"))
        order = ", ".join(f"i32 {i}" for i in range(LANES))
        return f.let(f"shufflevector {ints} {halves[0]}, {ints} {halves[1]}, <{LANES} x i32> <{order}>")


def byte_product(machine: Machine) -> ByteProduct:
    """The best of them that a machine has."""
    if "avx512vnni" in machine.features:
        return DotProduct()
    if "avx512bw" in machine.features:
        return PairProduct(bits=512)
    return PairProduct() if "avx2" in machine.features else ByteProduct()
