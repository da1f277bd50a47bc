"""Turn memory that only holds one value into values: loads become what was stored last, and block arguments where paths meet.

  %m = memref.alloca() : memref<i32>
  memref.store %x, %m[] : memref<i32>
  %0 = memref.load %m[] : memref<i32>
  return %0 : i32
becomes
  return %x : i32

Arguments are put where definitions meet and the memory is read later (Cytron and others, "Efficiently Computing Static Single
Assignment Form", 1991).
"""

from typing import Annotated

from xdsl.dialects.builtin import IntegerAttr, MemRefType
from xdsl.ir import Attribute, Block, Operation, OpResult, Region, SSAValue
from xdsl.traits import ConstantLike

from inferir.core import Context, Pass
from inferir.core.dominance import dominator_tree
from inferir.core.walk import walk
from inferir.passes.transforms.flow.branches import blocks_after_entry, can_change, edges_into, passed, set_passed
from inferir.passes.transforms.flow.simplify_regions import simplify_regions

SLOTS = ("memref.alloca", "llvm.alloca")
"""The ops that allocate memory; like loads and stores they are known by name, so that llvm is not loaded for nothing."""


class Mem2reg(Pass):
    """Values can be folded and compared; what lies in memory cannot. Memory that regions of other ops use stays."""

    region_simplify: Annotated[bool, "simplify the control flow where memory was promoted"] = True

    def run(self, op: Operation, ctx: Context) -> None:
        """Promote until there is nothing left: a slot may hold the address of another."""
        promoted = True
        any_promoted = False
        while promoted:
            slots = [inner for inner in walk(op) if inner.name in SLOTS and _can_be_promoted(inner)]
            for slot in slots:
                _Promotion(slot, ctx).run()
                self.count("promoted slots")
            promoted = bool(slots)
            any_promoted |= promoted
        if any_promoted and self.region_simplify:
            simplify_regions(op, aggressive=True)


def _element_type(slot: Operation) -> Attribute | None:
    """What type of value memory holds, None where it may hold more than one."""
    if slot.name == "memref.alloca":
        type = slot.results[0].type
        return type.get_element_type() if isinstance(type, MemRefType) and all(size == 1 for size in type.get_shape()) else None
    size = ConstantLike.get_constant_value(slot.operands[0]) or _llvm_constant(slot.operands[0])
    return slot.properties.get("elem_type") if isinstance(size, IntegerAttr) and size.value.data == 1 else None


def _llvm_constant(value: SSAValue) -> Attribute | None:
    owner = value.owner
    return owner.properties.get("value") if isinstance(owner, Operation) and owner.name == "llvm.mlir.constant" else None


def _is_store(op: Operation) -> bool:
    return op.name in ("memref.store", "llvm.store")


def _accesses(user: Operation, index: int, type: Attribute) -> bool:
    """Whether an op loads or stores a value of a type from or to the address that its operand `index` is."""
    if _is_store(user):
        return index == 1 and user.operands[0].type == type and user.operands[0] is not user.operands[1]
    return user.name in ("memref.load", "llvm.load") and index == 0 and user.results[0].type == type


def _can_be_promoted(slot: Operation) -> bool:
    """Whether memory holds one value and is only loaded from and stored to, in the region where it stands."""
    type = _element_type(slot)
    region = slot.parent.parent if slot.parent is not None else None
    if type is None or region is None:
        return False
    for use in slot.results[0].uses:
        block = use.operation.parent
        if not _accesses(use.operation, use.index, type) or block is None or block.parent is not region:
            return False
    return all(can_change(block) for block in blocks_after_entry(region))


class _Promotion:
    """The promotion of one slot."""

    def __init__(self, slot: Operation, ctx: Context):
        self.slot, self.ctx = slot, ctx
        type = _element_type(slot)
        assert type is not None
        self.type = type
        assert slot.parent is not None and slot.parent.parent is not None
        self.region: Region = slot.parent.parent
        self.tree = dominator_tree(self.region)
        self.accesses: dict[Block, list[Operation]] = {}
        users = {use.operation for use in slot.results[0].uses}
        for block in {op.parent: None for op in users if op.parent is not None}:
            self.accesses[block] = [op for op in block.ops if op in users]
        self.never: OpResult | None = None

    def run(self) -> None:
        """Replace every load, erase every store and the slot."""
        joins = self._joins()
        arguments = {block: block.insert_arg(self.type, len(block.args)) for block in joins}
        at_end: dict[Block, SSAValue] = {}
        assert self.region.first_block is not None
        stack: list[tuple[Block, SSAValue | None]] = [(self.region.first_block, None)]
        while stack:
            block, value = stack.pop()
            value = self._through(block, arguments.get(block) or value)
            at_end[block] = value if value is not None else self._unset(block)
            stack += [(child, value) for child in self.tree.get(block, ())]
        for block in self.region.blocks:
            if block not in self.tree:
                self._through(block, None)
        for block in arguments:
            for op, successor in edges_into(block):
                around = op.parent
                assert around is not None
                value = at_end.get(around) or self._unset(around)
                set_passed(op, successor, [*passed(op, successor), value])
        assert self.slot.parent is not None
        self.slot.parent.erase_op(self.slot)
        if self.never is not None and self.never.first_use is None:
            assert self.never.op.parent is not None
            self.never.op.parent.erase_op(self.never.op)

    def _through(self, block: Block, value: SSAValue | None) -> SSAValue | None:
        """Replace the accesses of a block; what the memory holds at its end."""
        for op in self.accesses.get(block, ()):
            if _is_store(op):
                value = op.operands[0]
            else:
                op.results[0].replace_all_uses_with(value if value is not None else self._unset(block))
            block.erase_op(op)
        return value

    def _unset(self, block: Block) -> SSAValue:
        """What memory holds before anything is stored."""
        if self.never is None:
            op = self.ctx.get_op("ub.poison").create(result_types=[self.type], location=self.slot.location)
            first = self.region.first_block
            assert first is not None
            if first.first_op is not None:
                first.insert_op_before(op, first.first_op)
            else:
                first.add_op(op)
            self.never = op.results[0]
        return self.never

    def _joins(self) -> list[Block]:
        """The blocks where definitions meet, and the memory is read before it is stored to again."""
        frontier = self._frontiers()
        read = self._read_at_start()
        assert self.slot.parent is not None
        queue = [self.slot.parent, *(b for b, ops in self.accesses.items() if any(_is_store(op) for op in ops))]
        joins: dict[Block, None] = {}
        while queue:
            for block in frontier.get(queue.pop(), ()):
                if block in read and block not in joins:
                    joins[block] = None
                    queue.append(block)
        return [block for block in self.region.blocks if block in joins]

    def _frontiers(self) -> dict[Block, set[Block]]:
        """For each block the blocks where what it dominates ends."""
        dominator = {child: block for block, children in self.tree.items() for child in children}
        out: dict[Block, set[Block]] = {block: set() for block in self.tree}
        for block in self.tree:
            for before in block.predecessors():
                at: Block | None = before
                while at is not None and at in self.tree and at is not dominator.get(block):
                    out[at].add(block)
                    at = dominator.get(at)
        return out

    def _read_at_start(self) -> set[Block]:
        """The blocks at whose start it matters what the memory holds."""
        reads = [b for b in self.tree if (ops := self.accesses.get(b)) and not _is_store(ops[0])]
        found = set(reads)
        while reads:
            for before in reads.pop().predecessors():
                if before not in found and before not in self.accesses:  # those with a load first are in there already
                    found.add(before)
                    reads.append(before)
        return found
