"""Mutations of an ONNX model: of its structure, as a message, and of its bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from onnx import AttributeProto, ModelProto, TensorProto, helper

EXTREMES = (0, -1, 1, 2, 7, 255, 256, 65536, 2**31 - 1, 2**31, -(2**31), 2**32, 2**62, 2**63 - 1, -(2**63))
REALS = (0.0, -1.0, float("nan"), float("inf"), 1e38, 1e-40)
PATHS = (
    "",
    "..",
    "../x",
    "/etc/passwd",
    "/dev/zero",
    "a\0b",
    "fifo",
    "link",
    "w.data",
    "./w.data",
    "~",
    "x" * 5000,
    "file:///etc/passwd",
    "loop",
)
NUMBERS = ("-1", "0", "4", "9" * 30, "1e3", "0x10", "", " 4", "\u0664", "4\0")
DIMENSIONS = ("", "n", "n*m", "2**99", "__import__('os')", "(" * 3000, "n//0", "a b", "9" * 400, "\0", "max(n)", "?", "n+1", "-n")
OPSETS = (0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 18, 19, 21, 23, 999, -1, 2**63 - 1)
OPERATORS = [
    "If",
    "Loop",
    "Scan",
    "Gather",
    "Reshape",
    "Conv",
    "Resize",
    "TopK",
    "Einsum",
    "Pad",
    "Slice",
    "LSTM",
    "SequenceAt",
    "Constant",
    "ConstantOfShape",
    "Expand",
    "Tile",
    "Range",
    "OneHot",
    "NonZero",
    "Split",
    "QLinearConv",
    "Attention",
    "StringSplit",
    "MaxUnpool",
    "ScatterND",
    "GatherND",
    "Col2Im",
    "Identity",
    "Cast",
    "Concat",
    "Sum",
    "MatMul",
    "Gemm",
    "Squeeze",
    "Unsqueeze",
    "Where",
]
ATTRIBUTES = ("axis", "axes", "pads", "kernel_shape", "group", "perm", "to", "value", "body", "then_branch", "equation", "")


def messages(message: Any, depth: int = 0) -> Iterator[Any]:
    """A message and every message inside it."""
    yield message
    for field, value in message.ListFields() if depth < 12 else ():
        if field.type == field.TYPE_MESSAGE:
            for child in value if field.is_repeated else [value]:
                yield from messages(child, depth + 1)


def value_names(model: ModelProto) -> list[str]:
    """What nodes of the main graph read and write."""
    return [name for node in model.graph.node for name in (*node.input, *node.output)] or ["x"]


def scalar(field: Any, model: ModelProto, rng: random.Random) -> Any:
    """An odd value for a field."""
    if field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
        return rng.choice(REALS)
    if field.type == field.TYPE_STRING:
        return rng.choice(("", "\0", "a" * rng.choice((10, 100_000)), "\u202e\U0001f600", "%s{}$x", rng.choice(value_names(model))))
    if field.type == field.TYPE_BYTES:
        return rng.choice((b"", b"\xff\xfe", b"\0" * rng.choice((1, 4, 8, 5000)), b"x" * 7))
    if field.type == field.TYPE_ENUM:
        return rng.choice([v.number for v in field.enum_type.values])
    low, high = (-(2**63), 2**63 - 1) if field.type == field.TYPE_INT64 else (-(2**31), 2**31 - 1)
    if field.type == field.TYPE_UINT64:
        low, high = 0, 2**64 - 1
    return min(max(rng.choice((*EXTREMES, rng.randrange(30))), low), high)


def any_field(model: ModelProto, rng: random.Random) -> None:
    """Set, clear or repeat a field of any message."""
    message = rng.choice(list(messages(model)))
    field = rng.choice(list(message.DESCRIPTOR.fields))
    if field.is_repeated:
        _repeated(message, field, model, rng)
    elif field.type != field.TYPE_MESSAGE:
        setattr(message, field.name, scalar(field, model, rng))
    elif message.HasField(field.name) and rng.random() < 0.5:
        message.ClearField(field.name)
    else:
        getattr(message, field.name).SetInParent()


def _repeated(message: Any, field: Any, model: ModelProto, rng: random.Random) -> None:
    values = getattr(message, field.name)
    what = rng.randrange(5)
    if what == 0 and len(values):
        del values[rng.randrange(len(values))]
    elif what == 1:
        message.ClearField(field.name)
    elif field.type == field.TYPE_MESSAGE:
        one = type(values[0])() if len(values) else None
        if one is None:
            values.add()
            return
        one.CopyFrom(rng.choice(list(values)))
        for _ in range(rng.choice((1, 1, 1, 300))):
            values.add().CopyFrom(one)
    elif what == 2 and len(values):
        values[rng.randrange(len(values))] = scalar(field, model, rng)
    else:
        value = scalar(field, model, rng)
        count = rng.choice((1, 1, 2, 9, 20_000))
        values.extend([value] * (count if not isinstance(value, str | bytes) or len(value) < 1000 else min(count, 200)))


def set_field(model: ModelProto, rng: random.Random) -> None:
    """Change a field that is set."""
    found = [(m, f) for m in messages(model) for f, _ in m.ListFields() if f.type != f.TYPE_MESSAGE]
    if not found:
        return
    message, field = rng.choice(found)
    if field.is_repeated:
        values = getattr(message, field.name)
        values[rng.randrange(len(values))] = scalar(field, model, rng)
    else:
        setattr(message, field.name, scalar(field, model, rng))


def rewire(model: ModelProto, rng: random.Random) -> None:
    """Let a node read, or write, another value."""
    node = rng.choice(list(model.graph.node) or [None])
    if node is None:
        return
    names = node.input if len(node.input) and rng.random() < 0.7 else node.output
    if len(names):
        names[rng.randrange(len(names))] = rng.choice((*value_names(model), "", "nowhere"))


def reorder(model: ModelProto, rng: random.Random) -> None:
    """Move a node elsewhere."""
    nodes = list(model.graph.node)
    if nodes:
        nodes.insert(rng.randrange(len(nodes)), nodes.pop(rng.randrange(len(nodes))))
        del model.graph.node[:]
        model.graph.node.extend(nodes)


def dimension(model: ModelProto, rng: random.Random) -> None:
    """Declare another shape, of a tensor or of a value."""
    tensors = [m for m in messages(model) if isinstance(m, TensorProto)]
    declared = [m for m in messages(model) if m.DESCRIPTOR.name == "Dimension"]
    if tensors and rng.random() < 0.6:
        tensor = rng.choice(tensors)
        if tensor.dims and rng.random() < 0.8:
            tensor.dims[rng.randrange(len(tensor.dims))] = rng.choice(EXTREMES)
        else:
            tensor.dims.extend([rng.choice(EXTREMES)] * rng.choice((1, 2, 70, 3000)))
    elif declared:
        chosen = rng.choice(declared)
        if rng.random() < 0.7:
            chosen.dim_value = rng.choice(EXTREMES)
        else:
            chosen.dim_param = rng.choice(DIMENSIONS)


def tensor_data(model: ModelProto, rng: random.Random) -> None:
    """Another element type, other bytes, or data in another file."""
    tensors = [m for m in messages(model) if isinstance(m, TensorProto)]
    if not tensors:
        return
    tensor = rng.choice(tensors)
    match rng.randrange(5):
        case 0:
            tensor.data_type = rng.choice((*range(30), 99, -1))
        case 1:
            tensor.raw_data = tensor.raw_data[: rng.randrange(len(tensor.raw_data) + 1)] + b"\1" * rng.choice((0, 1, 3, 4))
        case 2:
            tensor.raw_data = rng.randbytes(rng.choice((1, 4, 8, 2000)))
            tensor.float_data.extend([1.0])
        case 3:
            tensor.string_data.extend([b"\xff\xfe", b"a\0"])
        case _:
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, values in (("location", PATHS), ("offset", NUMBERS), ("length", NUMBERS)):
                if rng.random() < 0.8:
                    tensor.external_data.add(key=rng.choice((key, key, key, "offset")), value=rng.choice(values))


def nest(model: ModelProto, rng: random.Random) -> None:
    """Add control flow inside control flow."""
    node = helper.make_node("If", [rng.choice(value_names(model))], ["nested"])
    for depth in range(rng.choice((2, 10, 24))):
        graph = helper.make_graph([node], "g", [], [])
        node = helper.make_node(*(("Loop", ["", ""], [f"n{depth}"]) if depth % 2 else ("If", ["c"], [f"n{depth}"])), body=graph)
    model.graph.node.append(node)


def opset(model: ModelProto, rng: random.Random) -> None:
    """Another version of the operators, or of the format."""
    if model.opset_import:
        rng.choice(model.opset_import).version = rng.choice(OPSETS)
    if rng.random() < 0.3:
        model.ir_version = rng.choice((0, 1, 3, 8, 13, 999, -1, 2**63 - 1))


def operator(model: ModelProto, rng: random.Random) -> None:
    """Another operator on the same operands."""
    if model.graph.node:
        node = rng.choice(model.graph.node)
        node.op_type = rng.choice(OPERATORS)
        node.domain = rng.choice(("", "", "", "ai.onnx.ml", "com.microsoft", "x"))


def attribute(model: ModelProto, rng: random.Random) -> None:
    """Another type, value, reference or name."""
    found = [m for m in messages(model) if isinstance(m, AttributeProto)]
    if not found:
        return
    chosen = rng.choice(found)
    match rng.randrange(4):
        case 0:
            chosen.type = rng.randrange(15)  # pyright: ignore[reportAttributeAccessIssue]
        case 1:
            chosen.i = rng.choice(EXTREMES)
            del chosen.ints[:]
            chosen.ints.extend(rng.choices(EXTREMES, k=rng.choice((0, 1, 2, 4, 50))))
        case 2:
            chosen.ref_attr_name = rng.choice(("x", chosen.name))
        case _:
            chosen.name = rng.choice(ATTRIBUTES)


Structural = Callable[[ModelProto, random.Random], None]
STRUCTURAL: tuple[Structural, ...] = (
    any_field,
    any_field,
    set_field,
    set_field,
    rewire,
    reorder,
    dimension,
    dimension,
    tensor_data,
    tensor_data,
    nest,
    opset,
    operator,
    attribute,
)


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """A number of the wire format and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= end:
            return None
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:
            return value, at
    return None


def write_varint(value: int) -> bytes:
    """The number as the wire format has it."""
    value &= 2**64 - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def varints(data: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[int, int]]:
    """Where the numbers and the lengths of a message lie, as far as its bytes make sense."""
    at = start
    while at < end and (tag := read_varint(data, at, end)) is not None:
        kind, at = tag[0] & 7, tag[1]
        if kind in (1, 5):
            at += 8 if kind == 1 else 4
            continue
        number = read_varint(data, at, end) if kind in (0, 2) else None
        if number is None:
            return
        yield at, number[1]
        at = number[1]
        if kind == 2:
            if at + number[0] > end:
                return
            if depth < 5 and number[0] > 2:
                yield from varints(data, at, at + number[0], depth + 1)
            at += number[0]


def damage(data: bytes, rng: random.Random) -> bytes:
    """Bytes flipped, cut, doubled; numbers of the wire format made wrong."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        at, count = rng.randrange(len(data) + 1), rng.randrange(1, 20)
        match rng.randrange(8):
            case 0:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at]
            case 2:
                data = data[:at] + data[at + count :]
            case 3:
                data = data[: at + count] + data[at:]
            case 4:
                data = data[:at] + rng.choice((b"\xff" * count, b"\0" * count, b"\x80" * 11)) + data[at + count :]
            case _:
                data = _wrong_number(data, rng)
    return data or b"\x08"


def _wrong_number(data: bytes, rng: random.Random) -> bytes:
    spots = list(varints(data, 0, len(data)))[:4000]
    if not spots:
        return data
    start, end = rng.choice(spots)
    old = read_varint(data, start, end)
    value = old[0] if old else 0
    return data[:start] + write_varint(rng.choice((value + 1, value - 1, 0, 2**31, 2**63, -1, value * 2, rng.randrange(256)))) + data[end:]


def places(
    data: bytes, start: int, end: int, around: tuple[tuple[int, int, int], ...] = ()
) -> Iterator[tuple[int, int, tuple[tuple[int, int, int], ...]]]:
    """Where fields of bytes begin and end, as far as the bytes make sense, and in which they stand: (length, begin, end) of each."""
    at = start
    while at < end and (tag := read_varint(data, at, end)) is not None:
        first, kind, at = at, tag[0] & 7, tag[1]
        if kind in (1, 5):
            at += 8 if kind == 1 else 4
            continue
        number = read_varint(data, at, end) if kind in (0, 2) else None
        if number is None:
            return
        length, at = at, number[1]
        if kind == 2:
            stop = at + number[0]
            if stop > end:
                return
            yield first, stop, around
            if len(around) < 6 and number[0] > 2:
                yield from places(data, at, stop, (*around, (length, at, stop)))
            at = stop


def enlarge(data: bytes, rng: random.Random) -> bytes:
    """Repeat one field until the file has megabytes of structure. The bytes are put together here: protobuf crashes where memory ends."""
    found = list(places(data, 0, len(data)))[:4000]
    if not found:
        return data
    first, last, around = rng.choice(found)
    piece = data[first:last]
    tag = read_varint(data, first, last)
    if tag is not None and rng.random() < 0.3:
        piece = data[first : tag[1]] + b"\0"  # empty
    piece *= rng.choice((1, 1, 4, 16, 64, 180)) * 2**20 // max(len(piece), 1)
    for length, begin, end in reversed(around):
        piece = data[begin:first] + piece + data[last:end]
        piece = write_varint(len(piece)) + piece
        first, last = length, end
    return data[:first] + piece + data[last:]


def mutate(data: bytes, structural: float, rng: random.Random) -> bytes:
    """A mutant of a serialised model; a share of `structural` of them are whole messages, one in a hundred is very large."""
    if rng.random() < 0.01:
        return enlarge(data, rng)
    if rng.random() >= structural:
        return damage(data, rng)
    model = ModelProto.FromString(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(STRUCTURAL)(model, rng)
    data = model.SerializeToString()
    return damage(data, rng) if rng.random() < 0.15 else data
