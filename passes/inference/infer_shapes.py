"""Give every value the most precise type that follows from the function's arguments.

  %0 = inference.reshape %x shape [-1, 8] : (tensor<2x4x8xf32>) -> tensor<?x8xf32>
  %1 = inference.relu %0 : tensor<?x8xf32>
becomes
  %0 = inference.reshape %x shape [-1, 8] : (tensor<2x4x8xf32>) -> tensor<8x8xf32>
  %1 = inference.relu %0 : tensor<8x8xf32>

The function's result types follow, unless another function calls it.
"""

from xdsl.dialects import func
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Operation
from xdsl.rewriter import Rewriter

from inferir.core import Context, Pass
from inferir.core.shapes import analysed
from inferir.core.signatures import is_called
from inferir.core.types import is_static, tensor


class InferShapes(Pass):
    """A number in a type is what folds shapes, sizes the arena and picks kernels; an importer knows fewer than the whole graph tells."""

    anchor = "func.func"
    keeps_shapes = True

    def run(self, op: Operation, ctx: Context) -> None:
        """Refine the types inside a function."""
        assert isinstance(op, func.FuncOp)
        if op.is_declaration:
            return
        inner = [o for o in op.walk() if o is not op]
        values = [v for o in inner for v in (*o.results, *(a for r in o.regions for b in r.blocks for a in b.args))]
        open_values = [v for v in values if isinstance(v.type, TensorType) and not is_static(v.type)]
        if not open_values:
            return
        shapes = analysed(op, ctx)
        end = op.body.block.last_op
        promised = set(end.operands) if isinstance(end, func.ReturnOp) and is_called(op) else set()
        for value in open_values:
            if value not in promised and isinstance(value.type, TensorType):
                new = tensor(shapes[value], value.type.element_type)
                if new != value.type:
                    shapes.becomes(value, Rewriter.replace_value_with_new_type(value, new))
                    self.count("types refined")
