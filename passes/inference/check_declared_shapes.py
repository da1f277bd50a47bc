"""Have sizes checked that types declare and nothing proves.

  %0 = inference.relu %x : (tensor<?x4xf32>) -> tensor<6x4xf32>
  %1 = inference.exp %0 : tensor<6x4xf32>
becomes
  %0 = inference.relu %x : tensor<?x4xf32>
  %1 = inference.ensure_shape %0 shape [6, 4] : (tensor<?x4xf32>) -> tensor<6x4xf32>
  %2 = inference.exp %1 : tensor<6x4xf32>

What follows from the types of the function's arguments, and from the values that shapes are computed with, is proven.
"""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, TensorType
from xdsl.ir import Block, Operation, SSAValue
from xdsl.rewriter import Rewriter

from inferir.core import Context, Pass
from inferir.core.op import Op
from inferir.core.shapes import ShapeAnalysis
from inferir.core.types import ranked
from inferir.dialects import inference as inf


class CheckDeclaredShapes(Pass):
    """A type in a file is a claim: a kernel that believes it reads beyond its buffers where it is wrong."""

    anchor = "func.func"

    def run(self, op: Operation, ctx: Context) -> None:
        """Take the unproven sizes from the types of a function, and check them at run time."""
        assert isinstance(op, func.FuncOp)
        if op.is_declaration or len(op.body.blocks) != 1:
            return
        axes: dict[SSAValue, set[int]] = {}
        for claim in ShapeAnalysis(op).claims:
            axes.setdefault(claim.value, set()).add(claim.axis)
        for value, unproven in axes.items():
            if not _states_its_types(value):
                self.check(value, unproven)

    def check(self, value: SSAValue, axes: set[int]) -> None:
        """Open the dimensions `axes` of a value's type; whoever reads it reads it checked."""
        declared = ranked(value)
        shape = declared.get_shape()
        opened = TensorType(declared.element_type, [DYNAMIC_INDEX if a in axes else d for a, d in enumerate(shape)])
        weak = Rewriter.replace_value_with_new_type(value, opened)
        checked = inf.EnsureShapeOp.make(weak, shape=tuple(-1 if d == DYNAMIC_INDEX else d for d in shape), result_types=[declared])
        owner = weak.owner
        if isinstance(owner, Block):
            parent = owner.parent_op()
            checked.location = owner.args[weak.index].location if parent is None else parent.location  # pyright: ignore
            owner.insert_op_before(checked, owner.first_op) if owner.first_op is not None else owner.add_op(checked)
        else:
            checked.location = owner.location
            assert owner.parent is not None
            owner.parent.insert_op_after(checked, owner)
        weak.replace_uses_with_if(checked.result, lambda use: use.operation is not checked)
        self.count("sizes checked at run time", len(axes))


def _states_its_types(value: SSAValue) -> bool:
    """Whether only the types of its results say what an op gives: the executor, which runs it, compares them with what it gets."""
    owner = value.owner
    return isinstance(owner, Op) and not owner.regions and type(owner).infer_shape is Op.infer_shape
