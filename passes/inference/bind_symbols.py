"""Give a symbolic dimension the one size that the weights allow.

  func.func @main(%x: tensor<?x?xf32> {inference.dims = ["batch", "width"]}) -> tensor<?x16xf32> {
    %w = inference.constant .. : tensor<8x16xf32>
    %y = inference.matmul %x, %w : (tensor<?x?xf32>, tensor<8x16xf32>) -> tensor<?x16xf32>
    return %y : tensor<?x16xf32>
  }
becomes
  func.func @main(%x: tensor<?x8xf32> {inference.dims = ["batch", 8]}) -> tensor<?x16xf32> {
    %w = inference.constant .. : tensor<8x16xf32>
    %y = inference.matmul %x, %w : (tensor<?x8xf32>, tensor<8x16xf32>) -> tensor<?x16xf32>
    return %y : tensor<?x16xf32>
  }
"""

from collections.abc import Iterator

from xdsl.dialects import func
from xdsl.ir import Operation

from inferir.core import Context, Pass
from inferir.core.dims import Dim, DimLike
from inferir.core.shapes import ShapeAnalysis, analysed
from inferir.core.signatures import follow_results, is_called
from inferir.core.types import is_ranked
from inferir.dialects import inference as inf
from inferir.passes.inference.fix_dims import dim_names, fix_dims
from inferir.passes.inference.infer_shapes import InferShapes


class BindSymbols(Pass):
    """A product multiplies as many columns as there are rows, a convolution as many channels as its filters take: no other size of x is
    right. A kernel that knows it steps through memory by numbers."""

    anchor = "func.func"

    def run(self, op: Operation, ctx: Context) -> None:
        """Bind what the ops at the top of the function bind, until nothing more follows."""
        assert isinstance(op, func.FuncOp)
        if op.is_declaration or is_called(op):
            return
        while bound := _bound(op, analysed(op, ctx)):
            fix_dims(op, bound)
            ctx.analyses.pop(op, None)
            self.count("symbols bound", len(bound))
            InferShapes().run(op, ctx)
            follow_results(op)


def _equal(op: Operation, shapes: ShapeAnalysis) -> Iterator[tuple[DimLike, DimLike]]:
    """Dimensions that are equal wherever the op runs: what it sums over, in x and in the weights, and the sizes of their biases."""
    match op:
        case inf.MatmulOp():
            a, b = shapes[op.a], shapes[op.b]
            yield a[-2 if op.transpose_a and len(a) > 1 else -1], b[-2 if not op.transpose_b and len(b) > 1 else -1]
        case inf.ConvOp():
            x, w = shapes[op.x], shapes[op.w]
            if op.bias is not None:
                yield shapes[op.bias][0], w[0]
            yield (x[1], w[1] * op.groups) if op.layout == "nchw" else (x[-1], w[-1] * op.groups)
        case inf.ConvTransposeOp():
            yield shapes[op.x][1 if op.layout == "nchw" else -1], shapes[op.w][0]
        case inf.AttentionOp():
            q, k, v = shapes[op.q], shapes[op.k], shapes[op.v]
            yield from ((q[0], k[0]), (q[3], k[3]), *zip(k[:3], v[:3], strict=True))
        case inf.LstmOp() | inf.GruOp() | inf.RnnOp():
            (directions, rows, size), r = shapes[op.w], shapes[op.r]
            yield from ((shapes[op.x][2], size), (r[0], directions), (r[1], rows), (r[2] * op.GATES, rows))
            if op.bias is not None:
                yield from zip(shapes[op.bias], (directions, 2 * rows), strict=True)
            batch = shapes[op.x][1 if op.layout == "time" else 0]
            yield from ((shapes[op.lengths][0], batch),) if op.lengths is not None else ()
            for start in (op.h0, op.c0 if isinstance(op, inf.LstmOp) else None):
                yield from ((shapes[start][1 if op.layout == "time" else 0], batch),) if start is not None else ()
            if isinstance(op, inf.LstmOp) and op.peepholes is not None:
                yield from zip(shapes[op.peepholes], (directions, 3 * r[2]), strict=True)


def _bound(function: func.FuncOp, shapes: ShapeAnalysis) -> dict[str, int]:
    """The sizes, by symbol, that follow from the ops at the top of a function; those in branches may never run."""
    free = dim_names(function) - shapes.unknown
    known = [op for op in function.body.block.ops if all(is_ranked(v.type) for v in op.operands)] if free else []
    pairs = (pair for op in known for pair in _equal(op, shapes))
    solved = (s for a, b in pairs for s in _solved(a - b))
    return {symbol: size for symbol, size in solved if symbol in free}


def _solved(difference: DimLike) -> Iterator[tuple[str, int]]:
    """The symbol, and its size, for which a difference is 0, where that is a multiple of the symbol and a number."""
    terms = difference.terms if isinstance(difference, Dim) else {}
    number = terms.pop((), 0)
    if len(terms) == 1:
        ((monomial, factor),) = terms.items()
        if len(monomial) == 1 and number % factor == 0 and -number // factor >= 0:
            yield monomial[0], -number // factor
