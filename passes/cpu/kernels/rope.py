"""`cpu.rope`: a row at a time, with the codes of its position."""

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.positions import RopeOp
from inferir.dialects.cpu.uk import RopeRowOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.kernel import Lowering, broadcast_place

ELEMENTS = 8192
"""Elements of a task, about."""


def lower_rope(op: RopeOp, lowering: Lowering) -> None:
    """Tasks are blocks of rows."""
    host = lowering.host
    named = {name: lowering.normal(getattr(op, name)) for name in ("x", "cos", "sin")} | {"y": lowering.y}
    assert isinstance(lowering.y.type, MemRefType)
    columns = lowering.y.type.get_shape()[-1]
    block = max(1, ELEMENTS // max(columns, 1))
    rows: Index = 1
    for size in host.sizes(lowering.y)[:-1]:
        rows = host.mul(rows, size)

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        around = k.sizes(arg["y"])[:-1]
        total: Index = 1
        for size in around:
            total = k.mul(total, size)
        low = k.mul(k.task, block)

        def row(number: Index) -> None:
            at = (*k.unflattened(number, around), 0)
            codes = [(arg[name], k.values(broadcast_place(k, arg[name], at))) for name in ("cos", "sin")]
            k.add_op(RopeRowOp.of([(arg["x"], k.values(at)), *codes], [(arg["y"], k.values(at))], half=columns // 2))

        k.loop(low, k.minimum(k.add(low, block), total), 1, row, "row")

    lowering.launch("rope", host.ceil_div(rows, block), named, body)
