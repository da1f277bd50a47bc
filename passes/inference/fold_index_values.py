"""Replace what is computed from positions alone by what it comes to.

  %p = inference.range %zero, %seq, %one : ...                            // 0, 1, 2, ...
  %i = inference.broadcast %p to %s : ... -> tensor<?x?xi64>
  %y = inference.gather_nd %x, %grid : (tensor<?x?xi1>, tensor<?x1x1x?x2xi64>) -> tensor<?x1x1x?xi1>      // at (b, k): x[b, k]
  %c = inference.logical %y, %true : ...                                  // %true compares %i with itself
becomes
  %c = inference.reshape %x shape ["d0", 1, 1, "d1"] : (tensor<?x?xi1>) -> tensor<?x1x1x?xi1>

Exporters build masks and position numbers from ranges, element by element; most of it is a constant or a view.
"""

import numpy as np
from xdsl.dialects import func
from xdsl.ir import Operation, SSAValue

from inferir.core import Context, Pass, Rewriter, rewrites
from inferir.core.dims import DimLike, Shape, broadcast
from inferir.core.rewriting import constant_attribute_of
from inferir.core.shapes import analysed
from inferir.core.types import element_of, numpy_dtype
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions.ramps import Ramp, RampAnalysis
from inferir.passes.inference.fold_shape_values import over_own_dims


@rewrites(inf.Elementwise)
def same_everywhere(op: inf.InferenceOp, rw: Rewriter) -> str | None:
    """f(x, c c c ..) = f(x, c) where the result has its shape from x"""
    shapes, ramps = rw.options.shapes, rw.options.ramps
    operands = list(op.operands)
    for index, value in enumerate(operands):
        ramp = ramps.of(value)
        others = [shapes[v] for i, v in enumerate(operands) if i != index]
        wide = shapes[value] and constant_attribute_of(value) is None
        if wide and ramp is not None and ramp.number is not None and has_shape(shapes[op.results[0]], others):
            operands[index] = rw.const(np.array(ramp.number).astype(numpy_dtype(element_of(value))))
    if operands == list(op.operands):
        return "no operand is one number of which the shape does not matter"
    rw.replace(op, with_operands(op, operands))
    return None


def with_operands(op: Operation, operands: list[SSAValue]) -> Operation:
    """An op like another, of the same results, on other operands."""
    return type(op).create(operands=operands, properties=op.properties, attributes=op.attributes, result_types=op.result_types)


def has_shape(shape: Shape, others: list[Shape]) -> bool:
    """Whether operands of these shapes give a result of this one."""
    try:
        return bool(others) and broadcast(*others) == shape
    except ValueError:
        return False


@rewrites(inf.GatherOp)
def same_row_everywhere(op: inf.GatherOp, rw: Rewriter) -> str | None:
    """f(x, gather(t, c c c ..)) = f(x, t[c]): the row broadcasts"""
    shapes, ramp = rw.options.shapes, rw.options.ramps.of(op.indices)
    if ramp is None or ramp.number is None or not shapes[op.indices] or op.axis != 0:
        return "its indices are not one number, many times"
    users = [use.operation for use in op.result.uses]
    for user in users:
        others = [shapes[v] for v in user.operands if v != op.result]
        if not isinstance(user, inf.Elementwise) or not has_shape(shapes[user.results[0]], others):
            return "a user needs its shape"
    row = inf.GatherOp.make(op.x, rw.const(np.array(ramp.number)), axis=0)
    rw.insert(row)
    for user in users:
        rw.replace(user, with_operands(user, [row.result if v == op.result else v for v in user.operands]), sources=[op])
    return None


@rewrites(inf.GatherNdOp)
def view_by_grid(op: inf.GatherNdOp, rw: Rewriter) -> str | None:
    """gather_nd(x, grid) = reshape(x) where the indices count x's axes in order"""
    shapes = rw.options.shapes
    parts = components(op.indices, rw.options.ramps)
    own, shape = shapes[op.x], shapes[op.result]
    if parts is None or op.batch_dims or len(parts) != len(own):
        return "the indices do not follow from positions"
    axes = [part.along for part in parts if part.along is not None]
    if axes != sorted(set(axes)) or any(d != 1 for i, d in enumerate(shape) if i not in axes):
        return "the axes change places or repeat"
    if not all(counts(part, size, shape) for part, size in zip(parts, own, strict=True)):
        return "the indices do not count every element of x's axes"
    target = over_own_dims(shape, own)
    assert target is not None
    rw.replace(op, inf.ReshapeOp.make(op.x, shape=target, result_types=[op.result.type]))
    return None


def counts(part: Ramp, size: DimLike, shape: Shape) -> bool:
    """Whether one number of an index is 0, 1, .. size - 1 along an axis of the result."""
    if part.along is None:
        return part.number == 0 and size == 1
    return part.start == 0 and part.steps[part.along] == 1 and shape[part.along] == size


def components(indices: SSAValue, ramps: RampAnalysis) -> list[Ramp] | None:
    """Each number of an index, along the last axis of `indices`, as a ramp over the axes before it."""
    op = indices.owner
    rank = len(ramps.shapes[indices])
    if isinstance(op, inf.ConcatOp) and op.axis % rank == rank - 1 and all(ramps.shapes[v][-1] == 1 for v in op.args):
        found = [ramps.of(v) for v in op.args]
    else:
        array = ramps.array(indices)
        found = [] if array is None else [ramps.of_array(array[..., k]) for k in range(array.shape[-1])]
        found = [None if r is None else Ramp(r.start, (*r.steps, 0)) for r in found]
    parts = [Ramp(r.start, r.steps[:-1]) for r in found if r is not None]
    return parts if parts and len(parts) == len(found) else None


class FoldIndexValues(Pass):
    """Positions are known when the model is compiled, even where their number is not."""

    anchor = "func.func"
    patterns = (same_everywhere, same_row_everywhere, view_by_grid)

    def run(self, op: Operation, ctx: Context) -> None:
        """Fold inside a function."""
        assert isinstance(op, func.FuncOp)
        if not op.is_declaration and any(isinstance(o, inf.RangeOp | inf.GatherNdOp | inf.GatherElementsOp) for o in op.walk()):
            self.shapes = analysed(op, ctx)
            self.ramps = RampAnalysis(self.shapes, ctx)
            super().run(op, ctx)
