"""`cpu.attention`: keys are packed into panels, then tiles of queries go over them."""

from typing import Any

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import SSAValue

from inferir.dialects.cpu.attention import PANEL, AttentionOp
from inferir.dialects.cpu.uk import AttentionTileOp, TransposeTileOp
from inferir.passes.cpu.kernels.builder import Index, KernelBuilder
from inferir.passes.cpu.kernels.gemm import each_rows
from inferir.passes.cpu.kernels.kernel import MOST_TASKS, Lowering, broadcast_place, divide, estimate

ROWS = 6
"""Queries of a tile: its scores are 6 x 64 accumulators."""
TILES = 8
"""Tiles of a task, at most: they share the keys and values in the second-level cache."""
PANELS = 4
"""Panels that a task packs."""


def lower_attention(op: AttentionOp, lowering: Lowering) -> None:
    """Two launches."""
    kernel = _Attention(op, lowering)
    kernel.pack()
    kernel.attend()


class _Attention:
    def __init__(self, op: AttentionOp, lowering: Lowering):
        self.op, self.lowering = op, lowering
        assert op.workspace is not None
        self.packed = op.workspace
        self.named = {name: lowering.normal(getattr(op, name)) for name in ("q", "k", "v")}
        self.optional = {name: lowering.normal(value) for name in ("mask", "offset", "lengths") if (value := getattr(op, name)) is not None}

    def at(self, which: int, batch: Index, head: Index, row: Index) -> list[Index]:
        """The start of a row of q, k, v or y (0 to 3)."""
        return [batch, row, head, 0] if self.op.interleaved[which] else [batch, head, row, 0]

    def row_axis(self, which: int) -> int:
        """The dimension of positions."""
        return 1 if self.op.interleaved[which] else 2

    def sizes(self, builder: Any, value: SSAValue, which: int) -> tuple[Index, ...]:
        """Batch, heads, positions, size."""
        return self.op.heads_first(tuple(builder.sizes(value)), which)

    def pack(self) -> None:
        """A task turns some panels of keys of one head."""
        host = self.lowering.host
        batch, groups, keys, _ = self.sizes(host, self.named["k"], 1)
        parts = host.ceil_div(keys, PANEL * PANELS)

        def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
            batch, groups, keys, size = self.sizes(k, arg["k"], 1)
            b, g, part = k.unflattened(k.task, [batch, groups, k.ceil_div(keys, PANEL * PANELS)])
            first = k.mul(part, PANEL * PANELS)

            def panel(t: Index) -> None:
                count = k.minimum(k.sub(keys, t), PANEL)
                source = (arg["k"], k.values(self.at(1, b, g, t)))
                target = (arg["packed"], k.values((b, g, k.div(t, PANEL), 0, 0)))
                k.add_op(TransposeTileOp.of([source], [target], k.values((count, size)), row_axis=self.row_axis(1), column_axis=3))

            k.loop(first, k.minimum(k.add(first, PANEL * PANELS), keys), PANEL, panel, "t")

        tasks = host.mul(host.mul(batch, groups), parts)
        self.lowering.launch("attention_keys", tasks, {"k": self.named["k"], "packed": self.packed}, body)

    def attend(self) -> None:
        """A task has some queries of one head."""
        op, host = self.op, self.lowering.host
        assert isinstance(self.lowering.y.type, MemRefType)
        static = op.heads_first(self.lowering.y.type.get_shape(), 3)
        heads = static[1] * estimate(static[0], 1)
        queries = static[2]
        rows = min(ROWS, max(queries, 1)) if queries >= 0 else ROWS
        tiles = TILES if queries < 0 else min(TILES, divide(-(-queries // rows), max(1, MOST_TASKS // heads)))
        block = rows * tiles
        batch, heads, queries, _ = self.sizes(host, self.lowering.y, 3)
        tasks = host.mul(host.mul(batch, heads), host.ceil_div(queries, block))
        named = {"q": self.named["q"], "packed": self.packed, "v": self.named["v"], "y": self.lowering.y, **self.optional}

        def body(k: KernelBuilder, arg: dict[str, SSAValue]) -> None:
            batch, heads, queries, size = self.sizes(k, arg["y"], 3)
            b, h, part = k.unflattened(k.task, [batch, heads, k.ceil_div(queries, block)])
            low = k.mul(part, block)
            high = k.minimum(k.add(low, block), queries)
            each_rows(k, low, high, rows, static[2], lambda i, count: self.tile(k, arg, (b, h, i), count, size))

        self.lowering.launch("attention", tasks, named, body)

    def tile(self, k: KernelBuilder, arg: dict[str, SSAValue], at: tuple[Index, Index, Index], count: int, columns: Index) -> None:
        """One microkernel."""
        op, (b, h, i) = self.op, at
        _, heads, _, depth = self.sizes(k, arg["q"], 0)
        _, groups, keys, _ = self.sizes(k, arg["v"], 2)
        assert isinstance(heads, int) and isinstance(groups, int)
        g = k.div(h, heads // groups)
        inputs = [
            (arg["q"], k.values(self.at(0, b, h, i))),
            (arg["packed"], k.values((b, g, 0, 0, 0))),
            (arg["v"], k.values(self.at(2, b, g, 0))),
        ]
        if op.mask is not None:
            inputs.append((arg["mask"], k.values(broadcast_place(k, arg["mask"], (b, h, i, 0)))))
        if op.offset is not None:
            inputs.append((arg["offset"], k.values(broadcast_place(k, arg["offset"], (b,)))))
        if op.lengths is not None:
            inputs.append((arg["lengths"], k.values((b,))))
        k.add_op(
            AttentionTileOp.of(
                inputs,
                [(arg["y"], k.values(self.at(3, b, h, i)))],
                k.values((i, keys)),
                rows=count,
                depth=depth,
                columns=columns,
                axes=(self.row_axis(0), self.row_axis(2), self.row_axis(3)),
                masked=op.mask is not None,
                placed=op.offset is not None,
                counted=op.lengths is not None,
                scale=op.scale,
                softcap=op.softcap,
                causal=op.causal,
                left=op.left,
                right=op.right,
            )
        )
