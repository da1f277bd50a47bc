"""`cpu.norm`: a row at a time, with its scale, bias and whatever else the epilogue reads."""

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.normalization import NormOp
from inferir.dialects.cpu.uk import NormRowOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.kernel import Lowering, broadcast_index, estimate

ELEMENTS = 4096
"""Elements of a task, about."""


def lower_norm(op: NormOp, lowering: Lowering) -> None:
    """Tasks are blocks of rows."""
    x, y, host = lowering.normal(op.x), lowering.y, lowering.host
    assert isinstance(y.type, MemRefType)
    rows: Index = 1
    for size in host.sizes(y)[:-1]:
        rows = host.mul(rows, size)
    block = max(1, ELEMENTS // max(1, estimate(y.type.get_shape()[-1], 512)))

    def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
        *around, columns = k.sizes(arg["y"])
        total: Index = 1
        for size in around:
            total = k.mul(total, size)
        low = k.mul(k.task, block)

        def row(number: Index) -> None:
            at = [*k.unflattened(number, around), 0]
            extras = [(arg[f"e{e}"], k.values(broadcast_index(v, at))) for e, v in enumerate(lowering.extras)]
            inputs, outputs = [(arg["x"], k.values(at)), *extras], [(arg["y"], k.values(at))]
            sizes = k.values((columns,))
            k.add_op(NormRowOp.of(inputs, outputs, sizes, lowering.epilogue(), centred=op.centred, epsilon=op.epsilon))

        k.loop(low, k.minimum(k.add(low, block), total), 1, row, "row")

    lowering.launch("norm", host.ceil_div(rows, block), {"x": x, "y": y}, body)
