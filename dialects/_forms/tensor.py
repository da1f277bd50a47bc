"""tensor.dim: it may be computed though control never comes to it where its index is a number within the rank."""

from xdsl.dialects import tensor
from xdsl.dialects.builtin import IntegerAttr, MemRefType, TensorType
from xdsl.ir import Operation
from xdsl.traits import ConditionallySpeculatable, ConstantLike


class DimensionIsThere(ConditionallySpeculatable):
    """Speculatable where the index of the dimension is known and the rank has it."""

    @classmethod
    def is_speculatable(cls, op: Operation) -> bool:
        """Look at the index."""
        index = ConstantLike.get_constant_value(op.operands[1])
        type = op.operands[0].type
        if not isinstance(index, IntegerAttr) or not isinstance(type, TensorType | MemRefType):
            return False
        return 0 <= index.value.data < type.get_num_dims()


def teach() -> None:
    """Let loop-invariant code be moved."""
    tensor.DimOp.traits.add_trait(DimensionIsThere())
