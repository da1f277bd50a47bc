"""`cpu.uk.dw_tile` and `cpu.uk.pool_tile`: pixels side by side whose windows overlap, LANES channels at a time.

The loop over channels is the outer one; a line of x's vectors is loaded once and used by every window that covers it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.dialects.builtin import i8
from xdsl.ir import Region

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.elements import Element, element
from inferir.backends.cpu.emit.kernel import Emitter
from inferir.backends.cpu.emit.region import emit_region, region_key
from inferir.backends.cpu.emit.text import INTS, LANES, VECTOR, Function, Int, splat
from inferir.backends.cpu.emit.tile import Extra, extra_of, static
from inferir.dialects.cpu.uk import DwTileOp, PoolTileOp, WindowTile

BYTE = element(i8)


@dataclass(frozen=True)
class Window:
    """All that tells one function of this family from another."""

    kind: str
    """dw, max or average"""
    x_element: Element
    rows: int
    channels: int
    taps: tuple[int, int]
    stride: int
    dilation: int
    pixel: int
    line: int | None
    """elements from one line of taps to the next, None where that is an argument"""
    partial: bool
    """whether the columns of taps to take are arguments"""
    present: tuple[tuple[bool, ...], ...]
    y_step: int
    y_element: Element
    counts: tuple[int, ...]
    extras: tuple[Extra, ...]
    region: tuple


def _emit(op: WindowTile, emitter: Emitter, kind: str, channels: int, counts: tuple[int, ...]) -> None:
    (x, *others), (y,) = op.references()
    extras = others[op.OWN_INPUTS - 1 :]
    place = emitter.memory(x[0])
    line = emitter.f.mul(place.strides[-3], op.dilations[0])
    window = Window(
        kind=kind,
        x_element=place.element,
        rows=op.rows,
        channels=channels,
        taps=op.taps,
        stride=op.strides[1],
        dilation=op.dilations[1],
        pixel=static(place.strides[-2], op, "x"),
        line=line if isinstance(line, int) else None,
        partial=op.partial,
        present=op.present(),
        y_step=static(emitter.memory(y[0]).strides[-2], op, "y"),
        y_element=emitter.memory(y[0]).element,
        counts=counts,
        extras=tuple(extra_of(emitter.memory(m), op) for m, _ in extras),
        region=region_key(op.region),
    )
    name = emitter.program.once(("window", window), f"{kind}_tile_{op.rows}", lambda n: build(n, window, op.region))
    pointers = [emitter.address(m, start) for m, start in (x, y, *others)]
    sizes = [*(emitter.integer(s) for s in op.sizes), *(() if isinstance(line, int) else (line,))]
    arguments = [f"ptr {p}" for p in pointers] + [f"i64 {s}" for s in sizes]
    emitter.f.do(f"call void @{name}({', '.join(arguments)})")


def emit_dw_tile(op: DwTileOp, emitter: Emitter) -> None:
    """Call the function of a depthwise tile."""
    _emit(op, emitter, "dw", op.channels, ())


def emit_pool_tile(op: PoolTileOp, emitter: Emitter) -> None:
    """Call the function of a pooling tile."""
    _emit(op, emitter, op.kind, op.channels, tuple(op.counts or ()))


def build(name: str, window: Window, region: Region) -> Function:
    """The function: (x, y, [w,] extras..., row_begin, row_end[, row_count][, column_begin, column_end[, column_count]][, line])."""
    extras = [f"%e{i}" for i in range(len(window.extras))]
    weights = ["ptr noalias readonly %w"] if window.kind == "dw" else []
    counts = [] if window.kind == "dw" else ["i64 %count"]
    if window.partial:
        counts += ["i64 %left", "i64 %right", *([] if window.kind == "dw" else ["i64 %columns"])]
    if window.line is None:
        counts.append("i64 %line")
    params = ["ptr noalias readonly %x", "ptr %y", *weights, *(f"ptr {e}" for e in extras), "i64 %low", "i64 %high", *counts]
    f = Function(name, params)
    scales = _scales(f, window) if window.kind == "average" else []

    def channels(c: Int, mask: str | None) -> None:
        _channels(f, window, region, c, mask, extras, scales)

    whole = window.channels // LANES * LANES

    def block(c: Int, _: list[str]) -> None:
        channels(c, None)

    f.loop(0, whole, LANES, [], block)
    if whole < window.channels:
        channels(whole, f.first_lanes(window.channels - whole))
    return f


def _scales(f: Function, window: Window) -> list[str]:
    """1 / (columns counted times lines counted), for each pixel."""
    lines = f.let("sitofp i64 %count to float")
    if window.partial:
        product = vector.binary(f, "fmul", f.broadcast(lines), f.broadcast(f.let("sitofp i64 %columns to float")))
        return [vector.binary(f, "fdiv", splat(1.0), product)]
    made: dict[int, str] = {}
    for count in window.counts:
        if count not in made:
            product = vector.binary(f, "fmul", f.broadcast(lines), splat(float(count)))
            made[count] = vector.binary(f, "fdiv", splat(1.0), product)
    return [made[c] for c in window.counts]


def _channels(f: Function, window: Window, region: Region, c: Int, mask: str | None, extras: list[str], scales: list[str]) -> None:
    """LANES channels of every pixel of the tile."""
    kw = window.taps[1]
    step: Callable[[str, str, str], str]
    of_bytes = window.x_element == BYTE
    if window.kind == "max" and of_bytes:
        step = lambda total, x, _: f.lanewise("llvm.umax", total, x, type="i8")
    elif window.kind == "max":
        step = lambda total, x, _: vector.maximum(f, total, x)
    elif window.kind == "average":
        step = lambda total, x, _: vector.binary(f, "fadd", total, x)
    else:
        step = lambda total, x, w: f.fma(x, w, total)
    kept = f"<{LANES} x i8>" if window.kind == "max" and of_bytes else VECTOR
    x0 = f.at("%x", c, window.x_element.stored)

    def load(pointer: str) -> str:
        """Bytes are multiplied as floats: sums below 2^24 are exact."""
        value = f.load_vector(pointer, mask, element=window.x_element)
        return f.let(f"uitofp <{LANES} x i8> {value} to {VECTOR}") if of_bytes and window.kind == "dw" else value

    def line(r: Int, totals: list[str]) -> list[str]:
        totals = list(totals)
        x = f.at(x0, f.mul(r, "%line" if window.line is None else window.line), window.x_element.stored)
        if window.partial:

            def tap(s: Int, total: list[str]) -> list[str]:
                weight = ""
                if window.kind == "dw":
                    weight = f.load_vector(f.at(f.at("%w", c), f.mul(f.add(f.mul(r, kw), s), window.channels)), mask)
                return [step(total[0], load(f.at(x, f.mul(s, window.dilation * window.pixel), window.x_element.stored)), weight)]

            return f.loop("%left", "%right", 1, [(kept, totals[0])], tap)
        weights = [""] * kw
        if window.kind == "dw":
            w = f.at(f.at("%w", c), f.mul(r, kw * window.channels))
            weights = [f.load_vector(f.at(w, s * window.channels), mask) for s in range(kw)]
        loaded: dict[int, str] = {}
        for i in range(window.rows):
            for s in range(kw):
                if not window.present[i][s]:
                    continue
                column = i * window.stride + s * window.dilation
                if column not in loaded:
                    loaded[column] = load(f.at(x, column * window.pixel, window.x_element.stored))
                totals[i] = step(totals[i], loaded[column], weights[s])
        return totals

    start = splat(float("-inf")) if window.kind == "max" and not of_bytes else "zeroinitializer"
    totals = f.loop("%low", "%high", 1, [(kept, start)] * window.rows, line)
    for i, total in enumerate(totals):
        if of_bytes and window.kind == "dw":
            total = f.let(f"fptosi {VECTOR} {total} to {INTS}")
        if scales:
            total = vector.binary(f, "fmul", total, scales[i])
        operands = [total]
        for pointer, extra in zip(extras, window.extras, strict=True):
            operands.append(extra.read(f, f.at(pointer, i * extra.row_step, extra.element.stored), c, mask))
        (value,) = emit_region(f, region, operands)
        y = window.y_element
        f.store_vector(value, f.at(f.at("%y", c, y.stored), i * window.y_step, y.stored), mask, y)
