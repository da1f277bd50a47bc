"""Give values of unknown rank the rank that follows from sizes learnt since they were made.

  %0 = inference.host_call %x callee "squeeze" : (tensor<1x3xf32>) -> tensor<*xf32>
  %1 = inference.relu %0 : tensor<*xf32>
becomes
  %0 = inference.host_call %x callee "squeeze" : (tensor<1x3xf32>) -> tensor<3xf32>
  %1 = inference.relu %0 : tensor<3xf32>

A squeeze that names no axes has the rank that the model declares of a result computed from it element by element, where every other
dimension of x is then 1; that is checked at run time. A branch whose condition is known has the types of the region that runs.
"""

from collections.abc import Iterator, Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import TensorType, UnrankedTensorType
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.rewriter import Rewriter as TypeRewriter

from inferir.core import Context, InferError, Pass, Rewriter
from inferir.core.op import Op
from inferir.core.signatures import follow_results, is_called
from inferir.core.types import UNKNOWN, Unranked, is_ranked, is_static, shape_of, tensor
from inferir.dialects import inference as inf
from inferir.dialects.inference.control import yielded
from inferir.passes.transforms.canonicalization.control import known
from inferir.passes.transforms.canonicalization.host import VIEWS, shape_given


class InferRanks(Pass):
    """A kernel needs a rank; once a size is known to be 1 or not, a squeeze of whatever is 1 has one, and all that is computed from it."""

    anchor = "func.func"
    keeps_shapes = True

    def run(self, op: Operation, ctx: Context) -> None:
        """Walk the function forward once: operands have their types before the ops that read them."""
        assert isinstance(op, func.FuncOp)
        if op.is_declaration or is_called(op):
            return
        found = False
        for inner in list(_inner_first(op.body.block)):
            if isinstance(inner, Op) and any(isinstance(r.type, UnrankedTensorType) for r in inner.results):
                found = self.refine(inner, ctx) or found
        if found:
            follow_results(op)
            ctx.analyses.pop(op, None)

    def refine(self, op: Op, ctx: Context) -> bool:
        """Give the results of an op the ranked types that it infers now; whether there are any."""
        found = False
        for result, type in zip(op.results, _types(op, ctx), strict=True):
            takes_any = all(isinstance(use.operation, Op | func.ReturnOp) for use in result.uses)
            if takes_any and isinstance(type, TensorType) and result.type == UnrankedTensorType(type.element_type):
                TypeRewriter.replace_value_with_new_type(result, type)
                self.count("ranks found")
                found = True
        return found


def _inner_first(block: Block) -> Iterator[Operation]:
    """The ops of a block in order, those in the regions of an op before it."""
    for op in block.ops:
        for region in op.regions:
            for inside in region.blocks:
                yield from _inner_first(inside)
        yield op


def _types(op: Op, ctx: Context) -> Sequence[Attribute]:
    """The types of the results, as far as the types of the operands tell; those that they have where nothing more is known."""
    try:
        if isinstance(op, inf.IfOp) and (taken := known(op.condition)) is not None:
            return yielded(op.then if taken else op.otherwise)
        if not isinstance(op, inf.HostCallOp):
            return op.infer_types()
        if op.callee in VIEWS and is_ranked(op.args[0].type):
            if not is_static(op.args[0].type) and op.callee == "squeeze" and len(op.args) == 1:
                _squeeze_to(op, _declared_rank(op.outs[0]), ctx)
            shape = shape_given(op, Rewriter(op, ctx))
            return list(op.result_types) if shape is None else [tensor(shape, op.outs[0].type.element_type)]  # pyright: ignore
    except (InferError, Unranked, ValueError):
        pass  # whoever runs it says what is wrong with it
    return list(op.result_types)


def _declared_rank(value: SSAValue) -> int | None:
    """The rank declared of a value computed element by element from this one, which has the same rank or a lower one."""
    while isinstance(value.type, UnrankedTensorType):
        use = value.get_user_of_unique_use()
        if not isinstance(use, inf.Unary | inf.Binary):
            return None
        value = use.result
    return len(shape_of(value)) if is_ranked(value.type) else None


def _squeeze_to(op: inf.HostCallOp, rank: int | None, ctx: Context) -> None:
    """Have x checked to be 1 along its dynamic dimensions where its static ones alone make up the rank of the result."""
    shape = shape_of(op.args[0])
    if rank != sum(d not in (1, UNKNOWN) for d in shape):
        return
    checked = inf.EnsureShapeOp.make(op.args[0], shape=tuple(1 if d == UNKNOWN else d for d in shape))
    Rewriter(op, ctx).insert(checked)
    op.operands[0] = checked.result
