"""Replace memory of several elements, each addressed by constants, by memory of one element each.

  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = memref.alloca() : memref<2xi32>
  memref.store %x, %m[%c0] : memref<2xi32>
  %0 = memref.load %m[%c1] : memref<2xi32>
becomes
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = memref.alloca() : memref<i32>
  %n = memref.alloca() : memref<i32>
  memref.store %x, %m[] : memref<i32>
  %0 = memref.load %n[] : memref<i32>
"""

from xdsl.dialects import memref
from xdsl.dialects.builtin import IntegerAttr, MemRefType, NoneAttr
from xdsl.ir import Operation
from xdsl.traits import ConstantLike

from inferir.core import Context, Pass
from inferir.core.walk import walk

MOST = 16
"""Elements that memory may have and be taken apart; MLIR's bound."""


class Sroa(Pass):
    """Before `mem2reg`, which promotes memory of one element."""

    def run(self, op: Operation, ctx: Context) -> None:
        """Take apart what can be."""
        for slot in [inner for inner in walk(op) if isinstance(inner, memref.AllocaOp)]:
            places = _places(slot)
            if places is not None:
                _take_apart(slot, places)
                self.count("destructured slots")


def _places(slot: memref.AllocaOp) -> dict[Operation, tuple[int, ...]] | None:
    """The constant indices of every access to memory; None where there is another use, or one beyond the bounds."""
    type = slot.memref.type
    if not isinstance(type, MemRefType) or not type.get_shape() or -1 in type.get_shape():
        return None
    if type.element_count() > MOST or not isinstance(type.layout, NoneAttr):
        return None
    out: dict[Operation, tuple[int, ...]] = {}
    for use in slot.memref.uses:
        user = use.operation
        if not isinstance(user, memref.LoadOp | memref.StoreOp) or user.memref is not slot.memref:
            return None
        if isinstance(user, memref.StoreOp) and user.value is slot.memref:
            return None
        indices = [ConstantLike.get_constant_value(index) for index in user.indices]
        place = tuple(index.value.data for index in indices if isinstance(index, IntegerAttr))
        if len(place) != len(indices) or any(not 0 <= i < size for i, size in zip(place, type.get_shape(), strict=True)):
            return None
        out[user] = place
    return out


def _take_apart(slot: memref.AllocaOp, places: dict[Operation, tuple[int, ...]]) -> None:
    type = slot.memref.type
    assert isinstance(type, MemRefType) and slot.parent is not None
    parts: dict[tuple[int, ...], memref.AllocaOp] = {}
    for place in sorted(set(places.values())):
        parts[place] = memref.AllocaOp.get(type.get_element_type(), slot.alignment, [], memory_space=type.memory_space)
        parts[place].location = slot.location
        slot.parent.insert_op_before(parts[place], slot)
    for user, place in places.items():
        part = parts[place].memref
        user.operands = [user.value, part] if isinstance(user, memref.StoreOp) else [part]
    slot.parent.erase_op(slot)
