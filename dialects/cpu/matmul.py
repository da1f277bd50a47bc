"""Matrix multiplication with packed weights."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def

from inferir.core.op import Cost, define
from inferir.core.properties import integer
from inferir.core.relations import Relation
from inferir.dialects.cpu.base import Level3Op, any_strides, ceil_div, shape_of
from inferir.dialects.cpu.quads import QUAD, from_quads, is_bytes, product_dtype


def pack_gemm(w: np.ndarray, panel: int) -> np.ndarray:
    """[K, N] -> [P, K, panel], P = ceil(N / panel), zeros beyond N: the layout of `cpu.gemm`'s `w`."""
    k, n = w.shape
    panels = ceil_div(n, panel)
    padded = np.zeros((k, panels * panel), w.dtype)
    padded[:, :n] = w
    return np.ascontiguousarray(padded.reshape(k, panels, panel).transpose(1, 0, 2))


def unpack_gemm(w: np.ndarray, columns: int) -> np.ndarray:
    """[P, K, panel] -> [K, N]."""
    panels, k, panel = w.shape
    return w.transpose(1, 0, 2).reshape(k, panels * panel)[:, :columns]


@define
class GemmOp(Level3Op):
    """y = epilogue(x w), the last axis of x against the rows of w.

    x        [..., K]
    w        [P, K, NR], packed by `pack_gemm`: panel p holds columns p NR to p NR + NR; NR is a multiple of 16;
             where x is ui8, [P, ceil(K / 4), NR] of four rows each (`quads`), and accumulators are i32
    columns  N; y is [..., N]
    rows     rows of the register tile (its columns are NR)

    Source: Goto and van de Geijn, with weights packed ahead of time. Example:
        %y = cpu.gemm %x, %w, %bias columns 10 {...} : (tensor<4x84xf32>, tensor<1x84x16xf32>, tensor<10xf32>) -> tensor<4x10xf32>
    """

    name = "cpu.gemm"
    merges = any_strides
    x = operand_def(TensorType.constr() | MemRefType.constr())
    w = operand_def(TensorType.constr() | MemRefType.constr())
    columns = integer()
    rows = integer(6)

    def read_in_place(self) -> Sequence[SSAValue]:
        return self.extras_of_tile()

    def size_relations(self, x: Any, w: Any, *others: Any) -> Iterator[Relation]:
        """The columns of x are the rows of w."""
        if len(w) == 3 and x:
            depth = ceil_div(x[-1], QUAD) if is_bytes(self.x) else x[-1]
            yield Relation(depth, w[1], f"x has {x[-1]} columns, w takes {w[1]}")

    def infer_shape(self, x: Any, w: Any, extras: Any, outs: Any) -> Any:
        if len(w) != 3 or w[2] % 16 != 0:
            self.error("w is [panels, K, NR] with NR a multiple of 16")
        if self.columns is None or ceil_div(self.columns, w[2]) != w[0]:
            self.error(f"{self.columns} columns do not make {w[0]} panels of {w[2]}")
        return (*x[:-1], self.columns)

    def reference(self, x: np.ndarray, w: np.ndarray, extras: list[np.ndarray], outs: None = None) -> np.ndarray:
        if is_bytes(self.x):
            x, w = x.astype(np.int32), from_quads(w, x.shape[-1])
        return self.finish(x @ unpack_gemm(w, self.columns), extras)

    def value_dtype(self, *elements: Any) -> Any:
        """i32 for bytes."""
        return product_dtype(elements[0])

    def cost(self) -> Cost:
        base = super().cost()
        shape = shape_of(self.x.type)
        rows = int(np.prod([d for d in shape[:-1] if isinstance(d, int)], dtype=np.int64))
        depth = shape[-1] if isinstance(shape[-1], int) else 1
        return Cost(2 * rows * depth * self.columns, base.bytes)
