"""Turn the operators of a framework into inference ops, inferring types on the way.

  %0 = framework.onnx.Relu(%x) {version = 14} : (tensor<4xf32>) -> tensor<*xf32>
becomes
  %0 = inference.relu %x : tensor<4xf32>

What an operator becomes is defined by the rules of `passes/framework/<source>_rules` and of plug-ins (see `passes/framework/lowering`).
All operators that no rule converts are reported at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, TensorType, UnrankedTensorType
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.traits import SymbolTable

from inferir.core import Context, ConversionTarget, InferError, Note, Pass, Rewriter, convert, rewrites
from inferir.core.conversion import Illegal
from inferir.core.diagnostics import did_you_mean
from inferir.core.types import opened, ranked, refines
from inferir.dialects.framework import ConstantOp, CustomOp, NoneOp, SourceOp
from inferir.passes.framework.lowering import Declined, Lowering, find_rule, load_rules, rules
from inferir.passes.framework.lowering.constants import constant_of
from inferir.passes.framework.lowering.registry import source_of

TARGET = ConversionTarget(
    illegal_dialects=frozenset({"framework"}), legal_if={"framework.none": lambda op: True, "framework.yield": lambda op: True}
)


@rewrites(ConstantOp)
def constant(op: ConstantOp, rw: Rewriter) -> str | None:
    """framework.constant = inference.constant"""
    try:
        rw.replace(op, constant_of(Lowering(op, rw), op.value, ranked(op.result)))
    except Declined as reason:
        return str(reason)


@rewrites(SourceOp, CustomOp)
def by_rule(op: Operation, rw: Rewriter) -> str | None:
    """What the rule for the operator builds"""
    rule = find_rule(op)
    if rule is None:
        return "no rule"
    try:
        built = rule.function(op, Lowering(op, rw))
    except Declined as reason:
        rw.has_done_action = False
        return str(reason)
    values = [built] if isinstance(built, SSAValue) else list(built)
    for index, result in enumerate(op.results):
        value = values[index] if index < len(values) else None
        if value is None and result.first_use is not None:
            raise InferError(f"the rule for {op.name} gives no value for result {index}", op.location)
        if value is not None:
            settle_type(value, result.type, rw.ctx)
            if result.name_hint is not None and isinstance(value.owner, Operation) and value.name_hint is None:
                value.name_hint = result.name_hint
    rw.replace(op, [], [values[i] if i < len(values) else None for i in range(len(op.results))])


def settle_type(value: SSAValue, declared: Attribute, ctx: Context) -> None:
    """Compare a value with what the model declares of it. Inference decides, as in ONNX Runtime: of a declaration only the rank is kept,
    where nothing else tells it (the executor, which alone runs such ops, checks it)."""
    owner, inferred = value.owner, value.type
    if not isinstance(declared, TensorType) or not isinstance(inferred, TensorType | UnrankedTensorType):
        return
    if inferred.element_type != declared.element_type:
        return
    if isinstance(inferred, TensorType) and not refines(inferred, declared):
        location = owner.location if isinstance(owner, Operation) else None
        ctx.warn(f"the model declares {declared} where its inputs make it {inferred}: the declaration is not used", location)
    elif isinstance(inferred, UnrankedTensorType) and isinstance(owner, Operation):
        value._type = opened(declared)  # pyright: ignore[reportPrivateUsage]


class ConvertFrameworkToInference(Pass):
    """Models come in as their framework says them; everything after this pass knows only the inference dialect."""

    anchor = "builtin.module"

    def run(self, op: Operation, ctx: Context) -> None:
        """Convert every function; then the results of the functions have the types that were inferred."""
        load_rules()
        left = convert(op, (constant, by_rule), TARGET, ctx, self.log)
        if left and not self.log.refused:
            raise unsupported(left)
        for inner in list(op.walk()):
            if isinstance(inner, NoneOp) and inner.result.first_use is None:
                inner.detach()
                inner.erase()
        functions = [f for f in op.walk() if isinstance(f, func.FuncOp) and not f.is_declaration]
        calls = [c for c in op.walk() if isinstance(c, func.CallOp)]
        for _ in range(len(functions) if calls else 1):  # a caller may itself be called
            for function in functions:
                update_results(function)
            for call in calls:
                update_call(call)


def update_results(function: func.FuncOp) -> None:
    """The function's result types from what it returns."""
    last = function.body.blocks[-1].last_op
    if last is not None:
        function.function_type = FunctionType.from_lists(function.function_type.inputs.data, [v.type for v in last.operands])


def update_call(call: func.CallOp) -> None:
    """The call's result types from the function it calls."""
    callee = SymbolTable.lookup_symbol(call, call.callee)
    if isinstance(callee, func.FuncOp):
        for result, type in zip(call.results, callee.function_type.outputs.data, strict=True):
            result._type = type  # pyright: ignore[reportPrivateUsage]


def unsupported(left: Sequence[Illegal]) -> InferError:
    """One error that lists every operator without a rule: how often, where first, why."""
    kinds: dict[tuple[str, str, int, str], list[Illegal]] = {}
    for illegal in left:
        why = "; ".join(illegal.reasons) or "no rule"
        kinds.setdefault((*source_of(illegal.op), why), []).append(illegal)
    notes = []
    for (domain, op_type, version, why), items in kinds.items():
        times = {1: "once", 2: "twice"}.get(len(items), f"{len(items)} times")
        known = [r.op_type for r in rules() if r.domain == domain]
        near = did_you_mean(op_type, known) if why == "no rule" else ""
        notes.append(Note(f"{domain}.{op_type}{f'-{version}' if version else ''}, {times}, first here: {why}{near}", items[0].op.location))
    domain, op_type, version, _ = next(iter(kinds))
    notes.append(Note(f'a rule is a function under @lowering("{domain}", "{op_type}") in a file given with --plugin'))
    count = "1 operator" if len(kinds) == 1 else f"{len(kinds)} operators"
    names = ", ".join(dict.fromkeys(f"{d}.{o}" for d, o, _, _ in kinds))
    return InferError(f"{count} cannot be converted: {names}", left[0].op.location, notes)
