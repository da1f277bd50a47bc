"""Scalar regions to vector instructions: each scalar op of the region is one step on LANES lanes."""

from collections.abc import Callable, Sequence

from xdsl.dialects import arith
from xdsl.dialects.builtin import FloatAttr
from xdsl.ir import Operation, Region, SSAValue

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.text import MASK, Function, splat
from inferir.core.diagnostics import InferError
from inferir.dialects.cpu.scalar import PREDICATES, YieldOp, constant_of

Step = Callable[..., str]


def _instruction(name: str) -> Step:
    return lambda f, a, b: vector.binary(f, name, a, b)


def _intrinsic(name: str) -> Step:
    return lambda f, *operands: f.lanewise(name, *operands)


def _logic(name: str) -> Step:
    return lambda f, a, b: f.let(f"{name} {MASK} {a}, {b}")


def _extreme(predicate: str, strict: str) -> Step:
    """Maximum or minimum that hands NaN on; a constant operand cannot be NaN, which saves the test for it."""

    def step(f: Function, a: str, b: str) -> str:
        if a.startswith("splat"):
            a, b = b, a
        if b.startswith("splat"):
            return vector.select(f, vector.compare(f, predicate, b, a), b, a)
        return f.lanewise(strict, a, b)

    return step


STEPS: dict[str, Step] = {
    "arith.addf": _instruction("fadd"),
    "arith.subf": _instruction("fsub"),
    "arith.mulf": _instruction("fmul"),
    "arith.divf": _instruction("fdiv"),
    "arith.negf": vector.negate,
    "arith.maximumf": _extreme("ogt", "llvm.maximum"),
    "arith.minimumf": _extreme("olt", "llvm.minimum"),
    "arith.maxnumf": _intrinsic("llvm.maxnum"),
    "arith.minnumf": _intrinsic("llvm.minnum"),
    "arith.select": vector.select,
    "arith.andi": _logic("and"),
    "arith.ori": _logic("or"),
    "arith.xori": _logic("xor"),
    "math.exp": vector.exp,
    "math.log": vector.log,
    "math.tanh": vector.tanh,
    "math.erf": vector.erf,
    "math.sqrt": _intrinsic("llvm.sqrt"),
    "math.rsqrt": lambda f, x: vector.binary(f, "fdiv", splat(1.0), f.lanewise("llvm.sqrt", x)),
    "math.absf": vector.absolute,
    "math.floor": _intrinsic("llvm.floor"),
    "math.ceil": _intrinsic("llvm.ceil"),
    "math.roundeven": _intrinsic("llvm.roundeven"),
    "math.sin": lambda f, x: vector.sin_cos(f, x, 0),
    "math.cos": lambda f, x: vector.sin_cos(f, x, 1),
    "math.powf": vector.power,
    "math.fma": lambda f, a, b, c: f.fma(a, b, c),
}
"""Instructions for each op of `dialects.cpu.scalar.MEANING`."""

EXPENSIVE = frozenset({"math.exp", "math.log", "math.tanh", "math.erf", "math.sin", "math.cos", "math.powf"})
"""Ops of a dozen instructions and more: not repeated for every accumulator of a tile."""


def emit_region(f: Function, region: Region, arguments: Sequence[str]) -> list[str]:
    """The vectors the region yields for vectors of arguments; an empty region yields its first argument."""
    if not region.blocks:
        return [arguments[0]]
    values: dict[SSAValue, str] = dict(zip(region.block.args, arguments, strict=True))
    for op in region.block.ops:
        operands = [values[o] for o in op.operands]
        if isinstance(op, YieldOp):
            return operands
        values[op.results[0]] = _emit_step(f, op, operands)
    raise InferError("a scalar region ends in cpu.yield")


def _emit_step(f: Function, op: Operation, operands: Sequence[str]) -> str:
    if isinstance(op, arith.ConstantOp):
        constant = constant_of(op)
        return f"splat (i1 {str(constant).lower()})" if isinstance(constant, bool) else splat(constant)
    if isinstance(op, arith.CmpfOp):
        return vector.compare(f, PREDICATES[op.predicate.value.data], *operands)
    if op.name == "math.powf" and isinstance(op.operands[1].owner, arith.ConstantOp):
        return vector.power_of(f, operands[0], float(constant_of(op.operands[1].owner)))
    if op.name not in STEPS:
        raise InferError(f"the cpu backend has no code for {op.name} in a scalar region", op.location)
    return STEPS[op.name](f, *operands)


def region_key(region: Region) -> tuple:
    """Equal for regions that compute the same in the same way, whatever their values are called."""
    if not region.blocks:
        return ()
    numbers: dict[SSAValue, int] = {a: i for i, a in enumerate(region.block.args)}
    key = []
    for op in region.block.ops:
        attributes = tuple(sorted((n, _spelling(a)) for n, a in (*op.properties.items(), *op.attributes.items())))
        key.append((op.name, attributes, tuple(numbers[o] for o in op.operands)))
        for result in op.results:
            numbers[result] = len(numbers)
    return tuple(key)


def _spelling(attribute: object) -> str:
    return attribute.value.data.hex() if isinstance(attribute, FloatAttr) else str(attribute)


def is_expensive(region: Region) -> bool:
    """Whether the region's code is too long to repeat for every register of a tile."""
    ops = list(region.block.ops) if region.blocks else []
    return len(ops) > 12 or any(op.name in EXPENSIVE for op in ops)
