"""Recognise scaled dot-product attention in its parts.

  %s = inference.matmul %q, %k transpose_b : ...
  %c = inference.mul %s, %scale : ...
  %m = inference.add %c, %mask : ...
  %p = inference.softmax %m axis -1 : ...
  %y = inference.matmul %p, %v : ...
becomes
  %y = inference.attention %q, %k, %v mask %mask scale 0.125 : ...

The scale may stand at the queries or the keys, the mask may be missing, the keys may be transposed by an op of their own, heads of
keys and values may be repeated for several heads of queries, NaN of queries that see no key may be replaced by zeros. A mask that hides
exactly the keys after the query is `causal`.
"""

import math

import numpy as np
from xdsl.dialects import func
from xdsl.ir import Operation, SSAValue

from inferir.core import Context, Pass, Rewriter, rewrites
from inferir.core.dims import Shape
from inferir.core.shapes import ShapeAnalysis, analysed
from inferir.core.types import is_ranked, shape_of
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions import Terms, number, product_of
from inferir.passes.inference.expressions.ramps import RampAnalysis
from inferir.passes.inference.fold_shape_values import over_own_dims

HIDDEN = -1e30
"""A number added to a score that leaves nothing of it: its exponential is 0 beside any score that is not hidden."""


def scores_of(value: SSAValue, rw: Rewriter) -> tuple[Terms, inf.MatmulOp] | None:
    """The matrix product behind a scaled value, and the factors around it."""
    product = product_of(value, rw)
    made = product.values[0].owner if len(product.values) == 1 else None
    if not isinstance(made, inf.MatmulOp) or not product.values[0].has_one_use():
        return None
    return (product, made) if made.bias is None and not made.transpose_a else None


def unscaled(value: SSAValue, rw: Rewriter) -> tuple[float, SSAValue]:
    """c and x of c * x, c a number."""
    product = product_of(value, rw)
    return (product.constant, product.values[0]) if len(product.values) == 1 else (1.0, value)


def probabilities(value: SSAValue, rw: Rewriter) -> inf.SoftmaxOp | None:
    """The softmax of rows behind a value that alone needs it, zeros in the place of NaN or not."""
    guard = value.owner
    if isinstance(guard, inf.SelectOp) and isinstance(guard.condition.owner, inf.IsNanOp) and number(guard.lhs, rw) == 0:
        softmax = guard.rhs.owner
        only = all(use.operation in (guard, guard.condition.owner) for use in guard.rhs.uses)
        if guard.condition.owner.x != guard.rhs or not only or not guard.condition.has_one_use():
            return None
    else:
        softmax = guard
    needed = value.has_one_use() and isinstance(softmax, inf.SoftmaxOp) and softmax.axis in (-1, 3)
    return softmax if needed and isinstance(softmax, inf.SoftmaxOp) else None


def shared_heads(value: SSAValue, target: Shape, rw: Rewriter) -> SSAValue | None:
    """[B, G, T, D] behind keys or values of the shape [B, H, T, D], where each head is repeated for H / G heads of queries or G is H."""
    shapes: ShapeAnalysis = rw.options.shapes
    wide = reshapes(value)[-1]
    if isinstance(wide.owner, inf.BroadcastOp) and len(shapes[wide]) == 5:
        b, h, t, d = target
        _, groups, times, *_ = shapes[wide]
        narrow = wide.owner.x
        if shapes[narrow] == (b, groups, 1, t, d) and shapes[wide] == (b, groups, times, t, d) and groups * times == h:
            return in_shape(narrow, (b, groups, t, d), rw)
    return in_shape(value, target, rw)


def reshapes(value: SSAValue) -> list[SSAValue]:
    """The value, what it is a reshape of, what that is a reshape of, ..."""
    out = [value]
    while isinstance(out[-1].owner, inf.ReshapeOp):
        out.append(out[-1].owner.x)
    return out


def in_shape(value: SSAValue, target: Shape, rw: Rewriter) -> SSAValue | None:
    """The value, or what it is a reshape of, in another shape; None where that cannot be said."""
    shapes: ShapeAnalysis = rw.options.shapes
    known = next((v for v in reshapes(value) if shapes[v] == target), None)
    if known is not None:
        return known
    source = reshapes(value)[-1]
    shape = over_own_dims(target, shapes[source])
    if shape is None:
        return None
    new = inf.ReshapeOp.make(source, shape=shape)
    rw.insert(new)
    shapes.shapes[new.result] = target
    return new.result


def keys_of(scores: inf.MatmulOp, value: SSAValue, rw: Rewriter) -> SSAValue | None:
    """The keys, [B, G, T, D], of a product whose right operand is `value` but for a factor."""
    shapes: ShapeAnalysis = rw.options.shapes
    if scores.transpose_b:
        return shared_heads(value, shapes[value], rw)
    *lead, d, t = shapes[value]
    turned = value.owner.x if isinstance(value.owner, inf.ReshapeOp) else value
    if (
        isinstance(turned.owner, inf.TransposeOp)
        and turned.owner.permutation in ((0, 2, 1), (0, 1, 3, 2))
        and shapes[turned][-2:] == (d, t)
    ):
        return shared_heads(turned.owner.x, (*lead, t, d), rw)
    new = inf.TransposeOp.make(value, permutation=(0, 1, 3, 2))
    rw.insert(new)
    shapes.shapes[new.result] = (*lead, t, d)
    return new.result


def is_causal(mask: SSAValue, rw: Rewriter) -> bool:
    """Whether a mask that is added hides the keys after the query, and nothing else."""
    ramps: RampAnalysis = rw.options.ramps
    op = mask.owner
    if isinstance(op, inf.SelectOp) and isinstance(op.condition.owner, inf.CompareOp):
        compare, apart = op.condition.owner, ramps.difference(op.condition.owner)
        low = number(op.rhs, rw)
        sign = {"le": 1, "ge": -1}.get(compare.pred)
        if apart is None or sign is None or number(op.lhs, rw) != 0 or low is None or low > HIDDEN:
            return False
        return apart.start == 0 and apart.steps[-2:] == (-sign, sign) and not any(apart.steps[:-2])
    array = ramps.array(mask)
    if array is None or array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        return False
    seen = np.tril(np.ones(array.shape[-2:], np.bool_))
    return bool((np.where(seen, array == 0, array <= HIDDEN)).all())


@rewrites(inf.MatmulOp)
def attention(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """softmax(c * q k^T + mask) v = attention(q, k, v, mask, c)"""
    softmax = probabilities(op.a, rw)
    if softmax is None:
        return "its left operand is not a softmax of rows that nothing else needs"
    if op.bias is not None or op.transpose_b or len(shape_of(op.result)) != 4:
        return "the values are not [batch, heads, keys, size] as they are"
    joined, mask = softmax.x.owner, None
    found = scores_of(softmax.x, rw)
    if isinstance(joined, inf.AddOp) and softmax.x.has_one_use():
        for scores, other in ((joined.lhs, joined.rhs), (joined.rhs, joined.lhs)):
            if found is None and scores.type == joined.result.type:
                found, mask = scores_of(scores, rw), other
    if found is None:
        return "the softmax is not of a product of queries and keys"
    if mask is not None and len(shape_of(mask)) == 0:
        return "what is added to the scores is one number, not a mask"
    product, scores = found
    (c, q), (d, k) = unscaled(scores.a, rw), unscaled(scores.b, rw)
    shapes = rw.options.shapes
    heads = [shapes[v][:2] for v in (q, k, op.b) if len(shape_of(v)) == 4]
    if len(heads) != 3 or any(h != heads[0] for h in heads):
        return "batches or heads of queries, keys and values differ, or may"
    keys, values = keys_of(scores, k, rw), shared_heads(op.b, shapes[op.b], rw)
    if keys is None or values is None or shapes[keys][:3] != shapes[values][:3]:
        keys, values = plain_keys(scores, k, rw), op.b
    scale, size = product.constant * c * d, shape_of(q)[3]
    usual = size > 0 and math.isclose(scale, 1 / math.sqrt(size), rel_tol=1e-6)
    causal = mask is not None and is_causal(mask, rw)
    new = inf.AttentionOp.make(q, keys, values, None if causal else mask, scale=None if usual else scale, causal=causal)
    shapes.shapes[new.result] = shapes[op.result]
    sources = [o for o in (scores, *product.ops, joined, softmax, op.a.owner) if isinstance(o, Operation)]
    rw.replace(op, new, sources=sources)
    return None


def plain_keys(scores: inf.MatmulOp, value: SSAValue, rw: Rewriter) -> SSAValue:
    """The keys as they are, transposed by an op."""
    if scores.transpose_b:
        return value
    new = inf.TransposeOp.make(value, permutation=(0, 1, 3, 2))
    rw.insert(new)
    return new.result


class FuseAttention(Pass):
    """The scores, the largest tensor of a transformer, need never be in memory."""

    anchor = "func.func"
    patterns = (attention,)

    def run(self, op: Operation, ctx: Context) -> None:
        """Fuse inside a function; its shapes say where dimensions that are not numbers are equal."""
        assert isinstance(op, func.FuncOp)
        if not op.is_declaration and any(
            isinstance(o, inf.SoftmaxOp) and is_ranked(o.x.type) and len(shape_of(o.x)) == 4 for o in op.walk()
        ):
            self.shapes = analysed(op, ctx)
            self.ramps = RampAnalysis(self.shapes, ctx)
            super().run(op, ctx)
