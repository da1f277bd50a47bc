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

from collections.abc import Iterator, Mapping

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr, TensorType, i64
from xdsl.ir import Attribute, Operation
from xdsl.rewriter import Rewriter

from inferir.core import Context, Pass
from inferir.core.dims import Dim, DimLike, evaluate, parse_dim, symbols
from inferir.core.shapes import ShapeAnalysis
from inferir.core.types import tensor
from inferir.dialects import inference as inf
from inferir.passes.inference.infer_shapes import InferShapes, is_called


class BindSymbols(Pass):
    """A product multiplies as many columns as there are rows, a convolution as many channels as its filters take: no other size of x is
    right. A kernel that knows it steps through memory by numbers."""

    anchor = "func.func"

    def run(self, op: Operation, ctx: Context) -> None:
        """Bind what the ops at the top of the function bind, until nothing more follows."""
        assert isinstance(op, func.FuncOp)
        if op.is_declaration or op.arg_attrs is None or is_called(op):
            return
        while bound := _bound(op):
            _bind(op, bound)
            self.count("symbols bound", len(bound))
            InferShapes().run(op, ctx)


def _equal(op: Operation, shapes: ShapeAnalysis) -> Iterator[tuple[DimLike, DimLike]]:
    """Dimensions that are equal wherever the op runs: what it sums over, in x and in the weights, and the sizes of their biases."""
    match op:
        case inf.MatmulOp():
            a, b = shapes[op.a], shapes[op.b]
            yield a[-2 if op.transpose_a and len(a) > 1 else -1], b[-2 if not op.transpose_b and len(b) > 1 else -1]
        case inf.ConvOp():
            x, w = shapes[op.x], shapes[op.w]
            yield (x[1], w[1] * op.groups) if op.layout == "nchw" else (x[-1], w[-1] * op.groups)
        case inf.ConvTransposeOp():
            yield shapes[op.x][1], shapes[op.w][0]
        case inf.AttentionOp():
            q, k, v = shapes[op.q], shapes[op.k], shapes[op.v]
            yield from ((q[0], k[0]), (q[3], k[3]), *zip(k[:3], v[:3], strict=True))
        case inf.LstmOp() | inf.GruOp() | inf.RnnOp():
            directions, rows, size = shapes[op.w]
            yield shapes[op.x][2], size
            if op.bias is not None:
                yield from zip(shapes[op.bias], (directions, 2 * rows), strict=True)
            if isinstance(op, inf.LstmOp) and op.peepholes is not None:
                yield from zip(shapes[op.peepholes], (directions, 3 * shapes[op.r][2]), strict=True)


def _bound(function: func.FuncOp) -> dict[str, int]:
    """The sizes, by symbol, that follow from the ops at the top of a function; those in branches may never run."""
    shapes = ShapeAnalysis(function)
    free = {s for a in function.body.block.args if isinstance(a.type, TensorType) for d in shapes[a] for s in symbols(d)} - shapes.unknown
    pairs = (pair for op in function.body.block.ops for pair in _equal(op, shapes)) if free else ()
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


def _bind(function: func.FuncOp, bound: Mapping[str, int]) -> None:
    """Put sizes for symbols in the arguments' types and dimensions."""
    assert function.arg_attrs is not None
    shapes = ShapeAnalysis(function)
    attributes: list[DictionaryAttr] = []
    for argument, given in zip(function.body.block.args, function.arg_attrs.data, strict=True):
        dims = given.data.get("inference.dims")
        if isinstance(argument.type, TensorType):
            shape = tuple(evaluate(d, bound) for d in shapes[argument])
            Rewriter.replace_value_with_new_type(argument, tensor(shape, argument.type.element_type))
        if isinstance(dims, ArrayAttr):
            given = DictionaryAttr({**given.data, "inference.dims": ArrayAttr([_dim(d, bound) for d in dims.data])})
        attributes.append(given)
    function.arg_attrs = ArrayAttr(attributes)
    function.update_function_type()


def _dim(attribute: Attribute, bound: Mapping[str, int]) -> Attribute:
    if not isinstance(attribute, StringAttr) or not symbols(old := parse_dim(attribute.data)) & bound.keys():
        return attribute
    dim = evaluate(old, bound)
    return IntegerAttr(dim, i64) if isinstance(dim, int) else StringAttr(str(dim))
