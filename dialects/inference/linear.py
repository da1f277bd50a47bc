"""Matrix products."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.irdl import operand_def, opt_operand_def, result_def, var_operand_def

from inferir.core import Cost, define, defined_here, flag, string
from inferir.core.casts import widened
from inferir.core.dims import DimLike, Shape, broadcast, broadcasts_to, differ, shape_text
from inferir.core.lazy import Lazy
from inferir.core.types import ranked
from inferir.dialects.inference.base import Affine, InferenceOp


@define
class MatmulOp(Affine):
    """Matrix product of the last two dimensions; the dimensions before them broadcast. A bias is added to the product.

    a     [..., M, K], or [..., K, M] under transpose_a; a vector [K] counts as one row, which the result does not have
    b     [..., K, N], or [..., N, K] under transpose_b; a vector [K] counts as one column, which the result does not have
    bias  broadcasts to the result, optional
    y     [..., M, N]

    Source: ONNX MatMul-13, Gemm-13. Example:
        %y = inference.matmul %x, %w bias %b transpose_b : (tensor<?x400xf32>, tensor<120x400xf32>, tensor<120xf32>) -> tensor<?x120xf32>
    """

    name = "inference.matmul"
    WEIGHTS = "b"
    a = operand_def()
    b = operand_def()
    bias = opt_operand_def()
    transpose_a = flag()
    transpose_b = flag()
    result = result_def()

    def channel_axis(self) -> int | None:
        """N of [..., M, N]; a vector b leaves no N."""
        return -1 if ranked(self.b).get_num_dims() > 1 else None

    def scale_weights(self, weights: Lazy, factors: Lazy) -> Lazy:
        """The columns of b."""
        return weights * (factors.reshape(-1, 1) if self.transpose_b else factors)

    def infer_shape(self, a: Shape, b: Shape, bias: Shape | None) -> Shape:
        """[..., M, N]."""
        if not a or not b:
            self.error("a scalar is no matrix; inference.mul multiplies by one")
        m, k = ((), a[0]) if len(a) == 1 else ((a[-1],), a[-2]) if self.transpose_a else ((a[-2],), a[-1])
        k2, n = (b[0], ()) if len(b) == 1 else (b[-1], (b[-2],)) if self.transpose_b else (b[-2], (b[-1],))
        if differ(k, k2):
            self.error(f"a has {k} columns, b {k2} rows", [defined_here(self.a, "a"), defined_here(self.b, "b")])
        out = (*broadcast(a[:-2], b[:-2]), *m, *n)
        if bias is not None and not broadcasts_to(bias, out):
            self.error(f"bias {shape_text(bias)} does not broadcast to the product {shape_text(out)}")
        return out

    def infer_dtype(self, *elements: Any) -> Any:
        """The common element type."""
        if any(e != elements[0] for e in elements):
            self.error(f"operands have element types {', '.join(map(str, elements))}; insert a cast")
        return elements[0]

    def cost(self) -> Cost:
        """A multiplication and an addition per element of the result and column of a."""
        base = super().cost()
        shape = ranked(self.a).get_shape()
        return Cost(2 * base.flops * shape[-2 if self.transpose_a and len(shape) > 1 else -1], base.bytes)

    def reference(self, a: np.ndarray, b: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
        """numpy; half precision is multiplied in single."""
        if self.transpose_a and a.ndim > 1:
            a = np.swapaxes(a, -1, -2)
        if self.transpose_b and b.ndim > 1:
            b = np.swapaxes(b, -1, -2)
        y = matrix_product(a, b)
        return y if bias is None else y + bias


def matrix_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b; half precision is multiplied in single."""
    return (widened(a) @ widened(b)).astype(a.dtype, copy=False)


@define
class EinsumOp(InferenceOp):
    """Products and sums by Einstein's notation.

    equation  as numpy's einsum has it, with `->`: lower-case and upper-case letters, `...` for dimensions that broadcast

    Source: ONNX Einsum-12. Example:
        %y = inference.einsum %a, %b equation "bij,bjk->bik" : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
    """

    name = "inference.einsum"
    args = var_operand_def()
    equation = string()
    result = result_def()

    def infer_shape(self, args: list[Shape]) -> Shape:
        """The dimensions that the output letters name."""
        inputs, arrow, output = (self.equation or "").replace(" ", "").partition("->")
        terms = inputs.split(",")
        if not arrow or len(terms) != len(args):
            self.error(f'equation "{self.equation}" needs `->` and one term for each of the {len(args)} operands')
        sizes: dict[str, DimLike] = {}
        batch: Shape = ()
        for term, shape in zip(terms, args, strict=True):
            head, dots, tail = term.partition("...")
            if len(head) + len(tail) > len(shape) or (not dots and len(head) != len(shape)):
                self.error(f'term "{term}" does not fit {shape_text(shape)}')
            middle = len(shape) - len(tail)
            batch = broadcast(batch, shape[len(head) : middle])
            own: dict[str, DimLike] = {}
            for letter, dim in (*zip(head, shape, strict=False), *zip(tail, shape[middle:], strict=True)):
                if differ(own.setdefault(letter, dim), dim):
                    self.error(f"'{letter}' is {own[letter]} and {dim} in the term \"{term}\"")
                known = sizes.get(letter, 1)
                if known != 1 and dim != 1 and differ(known, dim):
                    self.error(f"'{letter}' is {known} in one term and {dim} in another")
                if known == 1 or (isinstance(dim, int) and dim != 1):
                    sizes[letter] = dim
        head, dots, tail = output.partition("...")
        unknown = [c for c in head + tail if c not in sizes]
        if unknown:
            self.error(f"'{unknown[0]}' of the output is in no term")
        return (*[sizes[c] for c in head], *(batch if dots else ()), *[sizes[c] for c in tail])

    def reference(self, args: list[np.ndarray]) -> np.ndarray:
        """numpy."""
        return np.einsum(self.equation, *map(widened, args)).astype(args[0].dtype)
