"""Types in a dialect conversion: what a type becomes, and the casts that stand between values of old and new types meanwhile.

A type may become several (1:n), for instance a complex number its two parts. A value whose user still wants the old type is
cast back (source materialisation); a pattern that wants an operand in its new types asks `TypeConverter.operands`, which looks
through such casts and makes others (target materialisation). Casts that meet cancel, and unused ones go (`fold_casts`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, UnrealizedConversionCastOp
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.rewriter import InsertPoint

from inferir.core.diagnostics import InferError
from inferir.core.rewriting import Pattern, Rewriter, rewrites
from inferir.core.walk import walk

Rule = Callable[[Attribute], Attribute | Sequence[Attribute] | None]
Materialise = Callable[[Rewriter, Sequence[SSAValue], Sequence[Attribute]], Sequence[SSAValue] | None]
"""Ops that turn values into values of these types; None where it knows no way."""


class TypeConverter:
    """Maps types. Rules are tried last first; one gives the new type, several types, or None where it does not apply.

    A type that no rule applies to stays. `source` makes values of old types from new ones and `target` the reverse; where they
    know no way, `builtin.unrealized_conversion_cast` stands in.
    """

    def __init__(self, *rules: Rule, source: Materialise | None = None, target: Materialise | None = None):
        self.rules = list(rules)
        self.source = source
        self.target = target

    def types(self, type: Attribute) -> tuple[Attribute, ...]:
        """What a type becomes."""
        for rule in reversed(self.rules):
            found = rule(type)
            if found is not None:
                return (found,) if isinstance(found, Attribute) else tuple(found)
        return (type,)

    def convert(self, type: Attribute) -> Attribute:
        """The one type that a type becomes. Raises InferError where it becomes several, or none."""
        found = self.types(type)
        if len(found) != 1:
            raise InferError(f"{type} becomes {len(found)} types; this place has room for one")
        return found[0]

    def flat(self, types: Sequence[Attribute]) -> list[Attribute]:
        """What a list of types becomes."""
        return [new for type in types for new in self.types(type)]

    def is_legal(self, op: Operation) -> bool:
        """Whether nothing about an op is of a type that is to go: operands, results, block arguments, a function's type."""
        values = [*op.operands, *op.results, *(a for r in op.regions for b in r.blocks for a in b.args)]
        types = [v.type for v in values]
        if isinstance(op, func.FuncOp):
            types += [*op.function_type.inputs, *op.function_type.outputs]
        return all(self.types(t) == (t,) for t in types)

    def operands(self, rewriter: Rewriter, value: SSAValue) -> tuple[SSAValue, ...]:
        """A value in its new types: what a cast was made from, the value itself, or a target materialisation before the matched op."""
        types = self.types(value.type)
        if types == (value.type,):
            return (value,)
        cast = value.owner
        if isinstance(cast, UnrealizedConversionCastOp) and tuple(v.type for v in cast.inputs) == types and len(cast.outputs) == 1:
            return tuple(cast.inputs)
        return _materialised(self.target, rewriter, (value,), types)

    def operand(self, rewriter: Rewriter, value: SSAValue) -> SSAValue:
        """The same for a type that becomes one type."""
        self.convert(value.type)
        return self.operands(rewriter, value)[0]

    def back(self, rewriter: Rewriter, values: Sequence[SSAValue], type: Attribute) -> SSAValue:
        """A value of an old type from those of its new ones, for users that are not converted yet."""
        if len(values) == 1 and values[0].type == type:
            return values[0]
        return _materialised(self.source, rewriter, values, (type,))[0]

    def replace(self, rewriter: Rewriter, op: Operation, new: Sequence[SSAValue | Sequence[SSAValue]]) -> None:
        """Replace the results of an op, each by one value or several, whatever their types."""
        groups = [(v,) if isinstance(v, SSAValue) else tuple(v) for v in new]
        rewriter.replace(op, [], [self.back(rewriter, g, r.type) for g, r in zip(groups, op.results, strict=True)])

    def convert_arguments(self, rewriter: Rewriter, block: Block) -> None:
        """Give a block's arguments their new types; their users see the old ones through casts at the block's start."""
        for old in list(block.args):
            types = self.types(old.type)
            if types == (old.type,):
                continue
            new = [block.insert_arg(type, old.index + 1 + i) for i, type in enumerate(types)]
            for argument in new:
                argument.location = old.location
                argument.name_hint = old.name_hint
            place = rewriter.insertion_point
            rewriter.insertion_point = InsertPoint.at_start(block)
            value = self.back(rewriter, new, old.type)
            rewriter.insertion_point = place
            old.replace_all_uses_with(value)
            block.erase_arg(old)

    def signatures(self) -> tuple[Pattern, ...]:
        """Patterns that convert functions, their calls and their returns; legal where `is_legal` says so."""

        @rewrites(func.FuncOp)
        def function(op: func.FuncOp, rw: Rewriter) -> str | None:
            """f(old types) = f(new types), its entry block included"""
            if self.is_legal(op):
                return "its types stay"
            if op.arg_attrs is not None or op.res_attrs is not None:
                counts = [len(self.types(t)) for t in (*op.function_type.inputs, *op.function_type.outputs)]
                if any(count != 1 for count in counts):
                    return "an argument or result with attributes becomes several"
            kind = op.function_type
            op.function_type = FunctionType.from_lists(self.flat(list(kind.inputs)), self.flat(list(kind.outputs)))
            for block in op.body.blocks:
                self.convert_arguments(rw, block)
            rw.notify_op_modified(op)

        @rewrites(func.CallOp)
        def call(op: func.CallOp, rw: Rewriter) -> str | None:
            """the operands and results of a call follow the function's types"""
            operands = [new for v in op.operands for new in self.operands(rw, v)]
            new = rw.insert(func.CallOp(op.callee, operands, self.flat([r.type for r in op.results])))
            results, groups = list(new.results), []
            for result in op.results:
                count = len(self.types(result.type))
                groups.append(results[:count])
                results = results[count:]
            self.replace(rw, op, groups)

        @rewrites(func.ReturnOp)
        def end(op: func.ReturnOp, rw: Rewriter) -> str | None:
            """what a function returns follows its type"""
            rw.replace(op, func.ReturnOp(*[new for v in op.operands for new in self.operands(rw, v)]))

        return function, call, end


def _materialised(
    how: Materialise | None, rewriter: Rewriter, values: Sequence[SSAValue], types: Sequence[Attribute]
) -> tuple[SSAValue, ...]:
    made = how(rewriter, values, types) if how is not None else None
    if made is not None:
        return tuple(made)
    cast = rewriter.insert(UnrealizedConversionCastOp.get(list(values), list(types)))
    return tuple(cast.results)


def fold_casts(root: Operation) -> list[UnrealizedConversionCastOp]:
    """Cancel casts of casts and drop unused ones inside `root`; those that are left."""
    casts = [op for op in walk(root) if isinstance(op, UnrealizedConversionCastOp)]
    for cast in casts:
        inner = {v.owner for v in cast.inputs}
        before = next(iter(inner)) if len(inner) == 1 else None
        if not isinstance(before, UnrealizedConversionCastOp) or tuple(before.outputs) != tuple(cast.inputs):
            continue
        if [v.type for v in before.inputs] == [v.type for v in cast.outputs]:
            for result, value in zip(cast.outputs, before.inputs, strict=True):
                result.replace_all_uses_with(value)
    left = []
    for cast in reversed(casts):
        if all(r.first_use is None for r in cast.results):
            cast.detach()
            cast.erase()
        else:
            left.append(cast)
    return left[::-1]
