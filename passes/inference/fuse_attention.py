"""Recognise scaled dot-product attention in its parts.

  %s = inference.matmul %q, %k transpose_b : ...
  %c = inference.mul %s, %scale : ...
  %m = inference.add %c, %mask : ...
  %p = inference.softmax %m axis -1 : ...
  %y = inference.matmul %p, %v : ...
becomes
  %y = inference.attention %q, %k, %v mask %mask scale 0.125 : ...

The scale may stand at the queries or the keys, the mask may be missing, the keys may be transposed by an op of their own.
"""

import math

from xdsl.dialects import func
from xdsl.ir import Operation, SSAValue

from inferir.core import Context, Pass, Rewriter, rewrites
from inferir.core.shapes import ShapeAnalysis
from inferir.core.types import shape_of
from inferir.dialects import inference as inf
from inferir.passes.inference.expressions import Terms, product_of


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


@rewrites(inf.MatmulOp)
def attention(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """softmax(c * q k^T + mask) v = attention(q, k, v, mask, c)"""
    softmax = op.a.owner
    if not isinstance(softmax, inf.SoftmaxOp) or not op.a.has_one_use() or softmax.axis not in (-1, 3):
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
    product, scores = found
    (c, q), (d, k) = unscaled(scores.a, rw), unscaled(scores.b, rw)
    keys = k if scores.transpose_b else inf.TransposeOp.make(k, permutation=(0, 1, 3, 2))
    shapes = rw.options.shapes
    heads = [shapes[v][:2] for v in (q, k, op.b) if len(shape_of(v)) == 4]
    if len(heads) != 3 or any(h != heads[0] for h in heads):
        return "batches or heads of queries, keys and values differ, or may"
    if isinstance(keys, Operation):
        rw.insert(keys)
    scale, size = product.constant * c * d, shape_of(q)[3]
    usual = size > 0 and math.isclose(scale, 1 / math.sqrt(size), rel_tol=1e-6)
    new = inf.AttentionOp.make(q, keys, op.b, mask, scale=None if usual else scale)
    sources = [o for o in (scores, *product.ops, joined, softmax) if isinstance(o, Operation)]
    rw.replace(op, new, sources=sources)


class FuseAttention(Pass):
    """The scores, the largest tensor of a transformer, need never be in memory."""

    anchor = "func.func"
    patterns = (attention,)

    def run(self, op: Operation, ctx: Context) -> None:
        """Fuse inside a function; its shapes say where dimensions that are not numbers are equal."""
        assert isinstance(op, func.FuncOp)
        if not op.is_declaration:
            self.shapes = ShapeAnalysis(op)
            super().run(op, ctx)
