"""Turn what a training framework left in a model into its inference form.

  %0, %mean, %var = framework.onnx.BatchNormalization(%x, %g, %b, %m, %v) {version = 15, training_mode = 1} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>)
  %1 = framework.onnx.Dropout(%0, %ratio, %training) {version = 13} : (tensor<2x3xf32>, tensor<f32>, tensor<i1>) -> tensor<2x3xf32>
  %2 = framework.onnx.Relu(%1) {version = 14} : (tensor<2x3xf32>) -> tensor<2x3xf32>
becomes
  %0 = framework.onnx.BatchNormalization(%x, %g, %b, %m, %v) {version = 15, training_mode = 0} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %2 = framework.onnx.Relu(%0) {version = 14} : (tensor<2x3xf32>) -> tensor<2x3xf32>
"""

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, FunctionType, ModuleOp
from xdsl.ir import Attribute, Operation, SSAValue

from inferir.core import Context, InferError, Pass, Rewriter, rewrites
from inferir.core.diagnostics import node_names
from inferir.core.types import refines
from inferir.dialects.framework import SourceOp, onnx
from inferir.dialects.framework.values import int_attr

LOSSES = (onnx.SoftmaxCrossEntropyLoss, onnx.NegativeLogLikelihoodLoss)
TRAINING = (onnx.training.Gradient, onnx.training.Adagrad, onnx.training.Adam, onnx.training.Momentum)


@rewrites(onnx.Dropout)
def nothing_drops_out(dropout: SourceOp, rw: Rewriter) -> str | None:
    """dropout(x, ratio, training) = dropout(x) = x"""
    x, properties = dropout.operands[0], dropout.properties | ({"is_test": int_attr(1)} if dropout.version <= 6 else {})
    if any(r.first_use is not None for r in dropout.results[1:]):
        if len(dropout.operands) == 1 and properties == dropout.properties:
            return "its mask is used, and it is in inference form"
        rw.replace(dropout, type(dropout).create(operands=[x], properties=properties, result_types=dropout.result_types))
    else:
        rw.replace(dropout, [], [_typed(x, dropout.results[0].type, rw), *[None] * (len(dropout.results) - 1)])


@rewrites(onnx.BatchNormalization)
def running_statistics(bn: SourceOp, rw: Rewriter) -> str | None:
    """batch_norm(x, training) = batch_norm(x, running mean, running variance), which stay as they are"""
    flag = "is_test" if bn.version <= 6 else "training_mode" if bn.version >= 14 else None
    wanted = int(flag == "is_test")
    if len(bn.results) == 1 and (flag is None or bn.get(flag) == wanted):
        return "it is in inference form"
    if any(r.first_use is not None for r in bn.results[3:]):
        return "the statistics of its batch are used, which inference does not have"
    properties = bn.properties | ({flag: int_attr(wanted)} if flag else {})
    new = type(bn).create(operands=bn.operands, properties=properties, result_types=bn.result_types[:1])
    spare = [None] * (len(bn.results) - 3)
    rw.replace(bn, new, [new.results[0], *bn.operands[3:5], *spare][: len(bn.results)])


class FrameworkToEval(Pass):
    """A compiled model only infers: nothing drops out, batch norms use their running statistics, losses and gradients are not results.

    Results of `@main` that are a loss, a gradient or an optimizer's go away, and the inputs that only they needed. A model whose only
    results are losses keeps them.
    """

    anchor = ModuleOp.name
    patterns = (nothing_drops_out, running_statistics)

    def run(self, op: Operation, ctx: Context) -> None:
        """Drop the results that only training has, then apply the patterns."""
        for function in op.walk():
            if isinstance(function, func.FuncOp) and function.sym_name.data == "main" and not function.is_declaration:
                self.count("results dropped", _drop_training_results(function))
        super().run(op, ctx)
        for inner in op.walk():
            if isinstance(inner, TRAINING):
                names = node_names(inner.location)
                raise InferError(
                    f"{inner.name} is needed by a result that inference has{f' (node {names[0]!r})' if names else ''}", inner.location
                )


def _typed(value: SSAValue, type: Attribute, rw: Rewriter) -> SSAValue:
    """The value with a type that says more: its own where it can be told, else through an identity."""
    if value.type == type:
        return value
    if isinstance(value.owner, SourceOp) and refines(type, value.type):
        return rw.replace_value_with_new_type(value, type)
    identity = onnx.Identity.create(operands=[value], properties={"version": int_attr(1)}, result_types=[type])
    return rw.insert(identity).results[0]


def _drop_training_results(function: func.FuncOp) -> int:
    """Take the results away that a loss, a gradient or an optimizer makes, and what only they use."""
    block = function.body.block
    back = block.last_op
    if not isinstance(back, func.ReturnOp):
        return 0
    makers = [v.owner for v in back.operands]
    keep = [not isinstance(m, (*LOSSES, *TRAINING)) for m in makers]
    if not any(keep):
        keep = [not isinstance(m, TRAINING) for m in makers]
    if all(keep) or not any(keep):
        return 0
    used = [a.first_use is not None for a in block.args]
    new = func.ReturnOp(*(v for v, k in zip(back.operands, keep, strict=True) if k))
    block.insert_op_before(new, back)
    block.erase_op(back)
    _erase_unused([m for m, k in zip(makers, keep, strict=True) if not k and isinstance(m, Operation)])
    gone = [i for i, a in enumerate(block.args) if used[i] and a.first_use is None]
    for index in reversed(gone):
        block.erase_arg(block.args[index])
    function.properties["function_type"] = FunctionType.from_lists([a.type for a in block.args], [v.type for v in new.operands])
    _keep_entries(function, "arg_attrs", [i not in gone for i in range(len(used))])
    _keep_entries(function, "res_attrs", keep)
    return keep.count(False)


def _erase_unused(queue: list[Operation]) -> None:
    """Erase ops without uses, then those that only they used."""
    while queue:
        op = queue.pop()
        if op.parent is None or any(r.first_use is not None for r in op.results):
            continue
        queue += [v.owner for v in op.operands if isinstance(v.owner, Operation)]
        op.detach()
        op.erase()


def _keep_entries(function: func.FuncOp, name: str, keep: list[bool]) -> None:
    entries: Attribute | None = function.properties.get(name)
    if isinstance(entries, ArrayAttr) and len(entries) == len(keep):
        function.properties[name] = ArrayAttr([e for e, k in zip(entries, keep, strict=True) if k])
