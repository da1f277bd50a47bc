"""Replace computations on shapes by what they come to.

  %s = inference.shape_of %x : (tensor<?x768xf32>) -> tensor<2xi64>
  %n = inference.gather %s, %zero axis 0 : ... -> tensor<1xi64>
  %t = inference.concat %n, %c axis 0 : ... -> tensor<3xi64>              // %c is [12, 64]
  %y = inference.reshape %x to %t : (tensor<?x768xf32>, tensor<3xi64>) -> tensor<?x12x64xf32>
becomes
  %y = inference.reshape %x shape [-1, 12, 64] : (tensor<?x768xf32>) -> tensor<?x12x64xf32>

The shape analysis follows the computation on symbolic dimensions; known elements become constants, known targets properties.
"""

from collections.abc import Mapping

from xdsl.dialects import func
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Operation

from inferir.core import Context, Pass, Rewriter
from inferir.core.dims import DimLike, Shape, evaluate, symbol, symbols
from inferir.core.rewriting import constant_attribute_of
from inferir.core.shapes import ShapeAnalysis, analysed
from inferir.core.types import is_ranked, is_static, numpy_dtype, ranked
from inferir.dialects import inference as inf


class FoldShapeValues(Pass):
    """A dynamic model computes its shapes at run time, op by op on a few integers; all that the types know already is free."""

    anchor = "func.func"
    keeps_shapes = True

    def run(self, op: Operation, ctx: Context) -> None:
        """Fold inside a function."""
        assert isinstance(op, func.FuncOp)
        if op.is_declaration or not any(isinstance(inner, inf.ShapeOfOp) or is_open(inner) for inner in op.walk()):
            return
        shapes = analysed(op, ctx)
        for inner in list(op.walk()):
            if isinstance(inner, inf.ReshapeOp) and inner.to is not None:
                self.reshape(inner, shapes, ctx)
            elif isinstance(inner, inf.InferenceOp) and len(inner.results) == 1:
                self.elements(inner, shapes, ctx)

    def reshape(self, op: inf.ReshapeOp, shapes: ShapeAnalysis, ctx: Context) -> None:
        """A target that is known over x's dimensions is a property."""
        assert op.to is not None
        target = shapes.value_of(op.to)
        if target is None or not is_ranked(op.x.type):
            return
        shape = over_own_dims(tuple(op.kept(target.reshape(-1), shapes[op.x])), shapes[op.x])
        if shape is not None:
            new = op.like(to=None, shape=shape, keep_zeros=False, result_types=[op.result.type])
            shapes.becomes(op.result, new.result)
            Rewriter(op, ctx).replace(op, new)
            self.count("targets known")

    def elements(self, op: inf.InferenceOp, shapes: ShapeAnalysis, ctx: Context) -> None:
        """A value whose every element is a number is a constant."""
        value = op.results[0]
        known = shapes.value_of(value)
        if known is None or constant_attribute_of(value) is not None or not all(isinstance(d, int) for d in known.reshape(-1)):
            return
        rewriter = Rewriter(op, ctx)
        rewriter.replace(op, rewriter.const(known.astype(numpy_dtype(ranked(value).element_type))))
        self.count("values known")


def is_open(op: Operation) -> bool:
    """Whether a result has a dimension that is not a number."""
    return any(isinstance(r.type, TensorType) and not is_static(r.type) for r in op.results)


def over_own_dims(target: Shape, own: Shape) -> tuple[int | str, ...] | None:
    """A target shape with its symbolic dimensions written over those of x (d0, d1, ...), one of them -1 if need be; None where it cannot be."""
    names = {str(d): symbol(f"d{i}") for i, d in reversed(list(enumerate(own))) if not isinstance(d, int) and symbols(d) == {str(d)}}
    whole = {d: f"d{i}" for i, d in reversed(list(enumerate(own))) if not isinstance(d, int)}
    out: list[int | str | None] = [d if isinstance(d, int) else whole.get(d) or written(d, names) for d in target]
    unknown = [i for i, d in enumerate(out) if not isinstance(d, int)]
    if len(unknown) == 1 and -1 not in out:
        out[unknown[0]] = -1
    elif out.count(None) == 1 and -1 not in out:
        out[out.index(None)] = -1
    return None if None in out else tuple(d for d in out if d is not None)


def written(dim: DimLike, names: Mapping[str, DimLike]) -> str | None:
    """An expression with its symbols renamed, None where one has no name."""
    return str(evaluate(dim, names)) if symbols(dim) <= names.keys() else None
