"""What a program keeps of its host part: text, with every large constant named by its offset in the segment of weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import UNKNOWN_LOC, FunctionType, ModuleOp, NameLoc, StringAttr, TensorType
from xdsl.ir import Attribute, Operation

from inferir.backends.runtime.program import HostOp
from inferir.core import Context, WeightAttr, constant_value, text_of
from inferir.core.constants import is_written_out
from inferir.core.diagnostics import label
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import numpy_dtype
from inferir.core.walk import walk
from inferir.dialects.cpu import FALLBACK, CallOp, ops_on_host
from inferir.dialects.inference import HostCallOp

ALIGNMENT = 64
Segment = list[tuple[int, Callable[[], np.ndarray]]]


def host_text(main: func.FuncOp, ctx: Context, size: int) -> tuple[str, Segment, int]:
    """The text of a host function, what its constants add to a segment of so many bytes, and the size that this makes."""
    module = ModuleOp([copy := main.clone()])
    declared: dict[str, Operation] = {}
    weights: Segment = []
    offsets: dict[Attribute, int] = {}
    for new, old in zip(walk(copy), walk(main), strict=True):
        nodes = label(old.location)
        new.location = NameLoc(StringAttr(nodes), UNKNOWN_LOC) if nodes else UNKNOWN_LOC
        if isinstance(new, CallOp):
            name = new.callee.root_reference.data
            types = FunctionType.from_lists([v.type for v in new.arguments], [v.type for v in new.outs])
            declared[name] = func.FuncOp.external(name, list(types.inputs), list(types.outputs))
        value = constant_attribute_of(new.results[0]) if new.results else None
        type = new.results[0].type if new.results else None
        if value is None or is_written_out(value) or not isinstance(type, TensorType):
            continue
        if value not in offsets:
            offsets[value] = size
            weights.append((size, lambda value=value: constant_value(value, ctx)))
            count = int(np.prod(type.get_shape(), dtype=np.int64))
            size += -(-count * numpy_dtype(type.element_type).itemsize // ALIGNMENT) * ALIGNMENT
        (new.properties if "value" in new.properties else new.attributes)["value"] = WeightAttr(StringAttr(str(offsets[value])))
    module.body.block.add_ops(declared.values())
    return text_of(module, debuginfo=True), weights, size


def host_ops(main: func.FuncOp) -> tuple[HostOp, ...]:
    """The ops of a host function that the reference executor runs, in order."""
    return tuple(host_op(op) for op in ops_on_host(main.body.block))


def host_op(op: Operation) -> HostOp:
    """An op as a report names it: a host function by what it calls."""
    reason = op.attributes[FALLBACK]
    assert isinstance(reason, StringAttr)
    name = f"{op.name} {op.callee}" if isinstance(op, HostCallOp) else op.name
    return HostOp(name, label(op.location), reason.data)
