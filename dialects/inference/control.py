"""Control flow: ops with regions, which see the values around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType, UnrankedTensorType, i1
from xdsl.ir import Attribute, BlockArgument, Region, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    operand_def,
    opt_operand_def,
    region_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.traits import IsTerminator, Pure

from inferir.core import define, defined_here
from inferir.core.op import constant_dims
from inferir.core.types import numpy_dtype, refines
from inferir.dialects.inference.base import InferenceOp


@define
class YieldOp(InferenceOp):
    """The results of a region: the last op in it. Example:
    inference.yield %a, %b : (tensor<4xf32>, tensor<i1>) -> ()
    """

    name = "inference.yield"
    args = var_operand_def()
    traits = traits_def(Pure(), IsTerminator())

    def infer_types(self) -> list[Attribute]:
        """No results."""
        return []


def yielded(region: Region) -> list[Attribute]:
    """The types that a region's terminator yields."""
    last = region.block.last_op
    return [] if last is None else [v.type for v in last.operands]


def alike(a: Sequence[Any] | None, b: Sequence[Any]) -> list[Any] | None:
    """The dimensions that two shapes share, None elsewhere; None where their ranks differ."""
    return None if a is None or len(a) != len(b) else [x if x == y else None for x, y in zip(a, b, strict=True)]


def ranked(shapes: Any, value: SSAValue) -> Any:
    """The shape of a value, None where it is no tensor of known rank."""
    return shapes[value] if isinstance(value.type, TensorType) else None


def always_true(value: SSAValue | None, given: SSAValue | None = None) -> bool:
    """Whether a condition holds whatever happens: it is absent, the value `given`, a constant, or what the body of a loop is given: it runs
    only while its condition holds."""
    if value is None or value is given:
        return True
    if isinstance(value, BlockArgument):
        return value.index == 1 and isinstance(value.owner.parent_op(), Repetition)
    known = constant_dims(value)
    return known is not None and known.size > 0 and bool(known.reshape(-1)[0])


def joined(a: Attribute, b: Attribute) -> Attribute:
    """The type of a value that may have either type: dimensions that differ are unknown."""
    if a == b or not isinstance(a, TensorType) or not isinstance(b, TensorType):
        return a if a == b or isinstance(b, TensorType) else b
    if len(a.get_shape()) != len(b.get_shape()):
        return UnrankedTensorType(a.element_type)
    return TensorType(a.element_type, [x if x == y else DYNAMIC_INDEX for x, y in zip(a.get_shape(), b.get_shape(), strict=True)])


def agrees(a: Attribute, b: Attribute) -> bool:
    """Whether a value may have both types: no two numbers contradict each other. What is no tensor is not compared."""
    return not isinstance(a, TensorType) or not isinstance(b, TensorType) or refines(a, b)


def check_results(op: InferenceOp, results: Sequence[SSAValue], inferred: Sequence[Attribute]) -> None:
    """Raise where a result declares what its regions contradict."""
    for result, type in zip(results, inferred, strict=True):
        if not agrees(result.type, type):
            op.error(f"result is {result.type}, its regions make it {type}")


class Branch(InferenceOp):
    """One of two regions, by a condition; of this dialect, or of one below it."""

    condition = operand_def()
    then = region_def("single_block")
    otherwise = region_def("single_block")
    outs = var_result_def()

    def infer_types(self) -> list[Attribute]:
        """What both regions yield, joined."""
        a, b = yielded(self.then), yielded(self.otherwise)
        if len(a) != len(b):
            self.error(f"the regions yield {len(a)} and {len(b)} values")
        return [joined(x, y) for x, y in zip(a, b, strict=True)]

    def verify_(self) -> None:
        """A boolean condition, and as many results as the regions yield."""
        if not isinstance(self.condition.type, TensorType) or self.condition.type.element_type != i1:
            self.error(f"the condition is {self.condition.type}, must be a boolean", [defined_here(self.condition, "it")])
        types = self.infer_types()
        if len(types) != len(self.outs):
            self.error(f"{len(self.outs)} results, the regions yield {len(types)}")
        check_results(self, self.outs, types)

    def follow_shapes(self, shapes: Any) -> list[Any]:
        """What both regions give alike."""
        out: list[Any] = []
        for region in (self.then, self.otherwise):
            shapes.enter(region)
            assert region.block.last_op is not None
            given = [ranked(shapes, v) for v in region.block.last_op.operands]
            out = given if not out else [None if b is None else alike(a, b) for a, b in zip(out, given, strict=True)]
        return out

    def evaluate(self, operands: Sequence[Any], **context: Any) -> list[Any]:
        """Run one region."""
        return context["run"](self.then if np.asarray(operands[0]).any() else self.otherwise)


@define
class IfOp(Branch):
    """One of two regions, by a condition.

    condition  one boolean; the first region runs where it is true, the second where it is false; both yield the results

    Source: ONNX If-25, torch cond.
    """

    name = "inference.if"


class Repetition(InferenceOp):
    """A region again and again; of this dialect, or of one below it."""

    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    limit = opt_operand_def()
    condition = opt_operand_def()
    carried = var_operand_def()
    body = region_def("single_block")
    outs = var_result_def()

    def infer_types(self) -> list[Attribute]:
        """Carried: what goes in and what is yielded, joined; collected: a stack of what is yielded."""
        types = yielded(self.body)[1:]
        count = len(self.carried)
        carried = [joined(v.type, t) for v, t in zip(self.carried, types[:count], strict=True)]
        return [*carried, *(_stacked(t) for t in types[count:])]

    def runs_to_limit(self) -> bool:
        """Whether no condition ends it before its limit."""
        block = self.body.block
        more = block.last_op.operands[0] if block.last_op is not None and block.last_op.operands else None
        return self.limit is not None and always_true(self.condition) and always_true(more, block.args[1])

    def follow_shapes(self, shapes: Any) -> list[Any]:
        """A dimension that a carried value starts with and keeps in every run; as many collected elements as there are runs."""
        block, count = self.body.block, len(self.carried)
        carried = [ranked(shapes, v) for v in self.carried]
        while True:
            shapes.enter(self.body, [(), (), *carried])
            assert block.last_op is not None
            given = [ranked(shapes, v) for v in block.last_op.operands[1:]]
            kept = [None if a is None or b is None else alike(a, b) for a, b in zip(carried, given[:count], strict=True)]
            if kept == carried:
                break
            carried = kept
        runs = shapes.value_of(self.limit) if self.runs_to_limit() else None
        number = None if runs is None else runs.reshape(-1)[0]
        number = max(number, 0) if isinstance(number, int) else number
        return [*carried, *(None if s is None else [number, *s] for s in given[count:])]

    def verify_(self) -> None:
        """The counts agree."""
        takes, gives = len(self.body.block.args), len(yielded(self.body))
        if takes != len(self.carried) + 2:
            self.error(f"the body takes {takes} values, expected 2 and the {len(self.carried)} carried ones")
        if gives != len(self.outs) + 1:
            self.error(f"the body yields {gives} values, expected 1 and the {len(self.outs)} results")
        check_results(self, self.outs, self.infer_types())
        for argument, start in zip(self.body.block.args[2:], self.carried, strict=True):
            if not agrees(argument.type, start.type):
                self.error(f"the body takes {argument.type} where {start.type} is carried")

    def evaluate(self, operands: Sequence[Any], **context: Any) -> list[Any]:
        """Run the body until the limit or the condition ends it."""
        limit, condition, values = self.arrays_of(operands)
        most = None if limit is None else int(np.asarray(limit).reshape(-1)[0])
        go = True if condition is None else bool(np.asarray(condition).any())
        collected: list[list[np.ndarray]] = [[] for _ in range(len(self.outs) - len(values))]
        number, shapes = 0, [_scalar_shape(a.type) for a in self.body.block.args[:2]]
        while go and (most is None or number < most):
            start = (np.full(shapes[0], number, np.int64), np.full(shapes[1], True, np.bool_))
            more, *out = context["run"](self.body, *start, *values)
            values, new = out[: len(values)], out[len(values) :]
            for stack, element in zip(collected, new, strict=True):
                stack.append(np.asarray(element))
            go = bool(np.asarray(more).any())
            number += 1
        stacks = [np.stack(s) if s else _empty(r.type) for s, r in zip(collected, self.outs[len(values) :], strict=True)]
        return [*values, *stacks]


@define
class LoopOp(Repetition):
    """A region again and again, with values carried from one run to the next and others collected.

    limit      how often at most, one i64; absent: no bound
    condition  whether it runs at all, one i1; absent: it does
    carried    the values the first run gets
    body       takes the number of the run (from 0), the condition, and the carried values; yields whether to go on, the new carried
               values, and what is collected: one element each, stacked along a new first dimension

    Results: the carried values after the last run, then what was collected.

    Source: ONNX Loop-25, Scan-25; TF While; torch while_loop.
    """

    name = "inference.loop"


def _scalar_shape(type: Attribute) -> tuple[int, ...]:
    return tuple(1 for _ in type.get_shape()) if isinstance(type, TensorType) else ()


def _stacked(type: Attribute) -> Attribute:
    if not isinstance(type, TensorType):
        return type
    return TensorType(type.element_type, [DYNAMIC_INDEX, *type.get_shape()])


def _empty(type: Any) -> np.ndarray:
    """No elements, of a type."""
    shape = [max(d, 0) for d in type.get_shape()] if isinstance(type, TensorType) else [0]
    return np.zeros([0, *shape[1:]], numpy_dtype(type.element_type))
