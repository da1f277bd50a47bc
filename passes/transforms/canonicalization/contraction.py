"""Matrix products, pools and reductions."""

from inferir.core import Rewriter, rewrites
from inferir.core.types import UNKNOWN, named_shape, shape_of
from inferir.dialects import inference as inf
from inferir.passes.transforms.canonicalization.shape import reshaped


@rewrites(inf.MatmulOp)
def transposed_operand(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """matmul(transpose(a), b) = matmul transpose_a (a, b), and b alike: the product reads its operands either way"""
    changes: dict[str, object] = {}
    for name in ("a", "b"):
        value = getattr(op, name)
        transpose = value.owner
        if isinstance(transpose, inf.TransposeOp) and swaps_last_two(transpose.permutation):
            changes |= {name: transpose.x, f"transpose_{name}": not getattr(op, f"transpose_{name}")}
    if not changes:
        return "no operand is a transpose of the last two axes"
    rw.replace(op, op.like(result_types=[op.result.type], **changes))


@rewrites(inf.MatmulOp)
def rows_apart(op: inf.MatmulOp, rw: Rewriter) -> str | None:
    """matmul(reshape(x), w) = reshape(matmul(x, w)) where the reshape only joins axes of rows: w does not care"""
    inner = op.a.owner
    if not isinstance(inner, inf.ReshapeOp) or op.transpose_a or len(shape_of(op.b)) != 2:
        return "the left operand is not a reshape, or the right one not a matrix"
    apart, joined = shape_of(inner.x), shape_of(op.a)
    if len(joined) != 2 or len(apart) < 3 or apart[-1] != joined[-1] or UNKNOWN in (apart[-1], shape_of(op.result)[-1]):
        return "the reshape does not join axes of rows"
    product = op.like(a=inner.x)
    rw.replace(op, [product, reshaped(product.result, (-1, shape_of(op.result)[-1]) if UNKNOWN in joined else shape_of(op.result))])


def swaps_last_two(permutation: tuple[int, ...]) -> bool:
    """Whether a permutation exchanges the last two axes and nothing else."""
    n = len(permutation)
    return n >= 2 and permutation == (*range(n - 2), n - 1, n - 2)


@rewrites(inf.MaxPoolOp, inf.AvgPoolOp)
def pool_of_one(op: inf.Pool, rw: Rewriter) -> str | None:
    """A pool whose window is one element, at every element, is its input."""
    strides, _, begins, ends = op.window()
    if any(n != 1 for n in (*op.kernel, *strides)) or any((*begins, *ends)):
        return "its window covers more, or skips"
    return rw.pass_through(op, op.x)


@rewrites(inf.MaxPoolWithIndicesOp)
def unused_indices(op: inf.MaxPoolWithIndicesOp, rw: Rewriter) -> str | None:
    """max_pool_with_indices(x)[0] = max_pool(x) where the indices are not used"""
    if op.indices.first_use is not None:
        return "the indices are used"
    plain = inf.MaxPoolOp.make(op.x, **{n: getattr(op, n) for n in inf.MaxPoolOp.property_definitions()})
    rw.replace(op, plain, [plain.result, None])


@rewrites(inf.ReduceOp)
def reduce_nothing(op: inf.ReduceOp, rw: Rewriter) -> str | None:
    """A sum, mean, maximum, minimum or product over axes of one element is a reshape."""
    if op.kind not in ("sum", "mean", "max", "min", "prod"):
        return "the reduction changes even a single element"
    shape = shape_of(op.x)
    if any(shape[axis] != 1 for axis in op.axes):
        return "it joins elements"
    gone = {axis % len(shape) for axis in op.axes}
    named = named_shape(op.x)
    kept = tuple(1 if a in gone else named[a] for a in range(len(shape)) if op.keepdims or a not in gone)
    rw.replace(op, reshaped(op.x, shape_of(op.result) if shape_of(op.result).count(UNKNOWN) <= 1 else kept))
