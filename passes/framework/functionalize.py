"""Turn operators that write to a tensor into ones that give a new tensor, views of it followed.

  %0 = framework.aten.select.int(%x) {dim = 0, index = 1} : (tensor<2x4xf32>) -> tensor<4xf32>
  %1 = framework.aten.add_.Tensor(%0) {other = 1} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = framework.aten.relu(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
becomes
  %0 = framework.aten.select.int(%x) {dim = 0, index = 1} : (tensor<2x4xf32>) -> tensor<4xf32>
  %1 = framework.aten.add.Tensor(%0) {other = 1} : (tensor<4xf32>) -> tensor<4xf32>
  %x_1 = framework.aten.select_scatter(%x, %1) {dim = 0, index = 1} : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  %2 = framework.aten.relu(%x_1) : (tensor<2x4xf32>) -> tensor<2x4xf32>
"""

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Block, Operation, SSAValue
from xdsl.traits import IsTerminator

from inferir.core import Context, InferError, Pass
from inferir.dialects.framework import SourceOp
from inferir.dialects.framework.sources import find_op
from inferir.dialects.framework.values import int_attr, ints_attr

SAME_ELEMENTS = ("view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as", "ravel")
COPIES_ALIKE = ("alias", "detach", "lift_fresh", "contiguous", "to", "positive", "type_as")


class Functionalize(Pass):
    """Every op after this computes values; a tensor that is written to is another value from then on."""

    anchor = "func.func"

    def run(self, op: Operation, ctx: Context) -> None:
        """Rewrite each block that writes."""
        for region in [r for inner in op.walk() for r in inner.regions]:
            for block in region.blocks:
                if any(isinstance(o, SourceOp) and o.schema.mutates for o in block.ops):
                    _Versions(block).rewrite()
                    self.count("blocks rewritten")


class _Versions:
    """What the values of a block stand for after each write."""

    def __init__(self, block: Block):
        self.block = block
        self.view: dict[SSAValue, tuple[SourceOp | None, SSAValue]] = {}
        """A view: the op that makes it (None: the same tensor), and what it shows."""
        self.current: dict[SSAValue, SSAValue] = {}
        self.version: dict[SSAValue, int] = {}
        """Writes to a tensor that is no view, so far."""
        self.made: dict[SSAValue, int] = {}
        """The writes that a value has seen."""

    def rewrite(self) -> None:
        """Go through the block in order. The tensor that an operator shows or writes to is its first operand."""
        dead: list[Operation] = []
        for op in list(self.block.ops):
            originals = list(op.operands)
            for index, operand in enumerate(originals):
                op.operands[index] = self.now(operand, op)
            if op.has_trait(IsTerminator) or not isinstance(op, SourceOp) or not originals:
                continue
            if op.schema.mutates:
                self._write(op, originals[0])
                dead.append(op)
            elif op.schema.view_of is not None and all(_element(r) == _element(originals[0]) for r in op.results):
                for result in op.results:
                    self._shows(result, op, originals[0])
        for op in reversed(dead):
            self.block.erase_op(op)

    def _shows(self, value: SSAValue, op: SourceOp | None, base: SSAValue) -> None:
        self.view[value] = (op, base)
        self.made[value] = self.version.get(self._root(value), 0)

    def now(self, value: SSAValue, user: Operation) -> SSAValue:
        """The value that a tensor is by now; a view of what was written to since is made anew before its user."""
        root = self._root(value)
        seen = self.made.get(value, 0)
        if value not in self.view or seen == self.version.get(root, 0):
            return self.current.get(value, value)
        op, base = self.view[value]
        source = self.now(base, user)
        fresh = source
        if op is not None:
            copy = op.clone()
            copy.operands[0] = source
            self.block.insert_op_before(copy, user)
            fresh = copy.results[list(op.results).index(value)]  # pyright: ignore[reportArgumentType]
        self.current[value], self.made[value] = fresh, self.version.get(root, 0)
        return fresh

    def _root(self, value: SSAValue) -> SSAValue:
        while value in self.view:
            value = self.view[value][1]
        return value

    def _write(self, op: SourceOp, target: SSAValue) -> None:
        """The op without its effect, and what its target and all that it shows become; its result is the target by another name."""
        namespace, _, name = op.name.removeprefix("framework.").partition(".")
        packet, dot, overload = name.partition(".")
        cls = find_op(f"framework.{namespace}.{packet.removesuffix('_')}{dot}{overload}") if packet.endswith("_") else None
        if cls is None or len(op.results) != 1:
            raise InferError(f"{op.name} writes to its operand, and there is no operator that gives its result as a new value", op.location)
        new = cls.create(operands=op.operands, properties=op.properties, result_types=op.result_types, location=op.location)
        self.block.insert_op_before(new, op)
        new.results[0].name_hint = op.results[0].name_hint
        self._store(target, new.results[0], op)
        self._shows(op.results[0], None, target)
        self.current[op.results[0]] = self.current[target]

    def _store(self, target: SSAValue, value: SSAValue, user: Operation) -> None:
        """Let a tensor be a value from here on, and what it is a view of the tensor with that value in it."""
        chain = [(target, value)]
        while chain[-1][0] in self.view:
            view, base = self.view[chain[-1][0]]
            old = self.now(base, user)
            chain.append((base, chain[-1][1] if view is None else self._put_back(view, chain[-1][0], old, chain[-1][1], user)))
        root = chain[-1][0]
        self.version[root] = self.version.get(root, 0) + 1
        for written, becomes in chain:
            self.current[written], self.made[written] = becomes, self.version[root]

    def _put_back(self, view: SourceOp, shown: SSAValue, old: SSAValue, value: SSAValue, user: Operation) -> SSAValue:
        """What was shown by a view, with the view's elements replaced."""
        name = view.schema.name.partition(".")[0]
        if name in COPIES_ALIKE:
            return value
        if name in SAME_ELEMENTS:
            return self._insert("view_as", [value, old], {}, old, user)
        if name in ("slice", "select"):
            operands = [old, value, *view.operands[1:]]
            properties = {k: v for k, v in view.properties.items() if k != "segments"}
            if "segments" in view.properties:
                counts = view.segments or ()
                properties["segments"] = ints_attr([1, 1, *counts[1:]])
            return self._insert(f"{name}_scatter", operands, properties, old, user)
        if name in ("transpose", "t", "permute", "swapaxes", "swapdims"):
            return self._insert("permute", [value], {"dims": ints_attr(_inverse(view, old))}, old, user)
        if name in ("split", "chunk", "split_with_sizes", "unbind"):
            return self._part(view, shown, old, value, user)
        raise InferError(f"{view.name} shows a tensor that is written to through it, which is not supported", user.location)

    def _part(self, view: SourceOp, shown: SSAValue, old: SSAValue, value: SSAValue, user: Operation) -> SSAValue:
        """One part of a split put back."""
        index, axis = list(view.results).index(shown), view.get("dim")  # pyright: ignore[reportArgumentType]
        if view.schema.name.startswith("unbind"):
            return self._insert("select_scatter", [old, value], {"dim": int_attr(axis), "index": int_attr(index)}, old, user)
        sizes = [_shape(r)[axis] for r in view.results]
        if min(sizes) < 0:
            raise InferError(f"{view.name} has parts of computed sizes, and one is written to", user.location)
        start = sum(sizes[:index])
        properties = {"dim": int_attr(axis), "start": int_attr(start), "end": int_attr(start + sizes[index])}
        return self._insert("slice_scatter", [old, value], properties, old, user)

    def _insert(self, name: str, operands: list[SSAValue], properties: dict, like: SSAValue, user: Operation) -> SSAValue:
        cls = find_op(f"framework.aten.{name}")
        assert cls is not None
        op = cls.create(operands=operands, properties=properties, result_types=[like.type], location=user.location)
        op.results[0].name_hint = like.name_hint
        self.block.insert_op_before(op, user)
        return op.results[0]


def _inverse(view: SourceOp, base: SSAValue) -> list[int]:
    """The permutation that turns what a view shows back."""
    rank = len(_shape(base))
    order = list(range(rank))
    match view.schema.name.partition(".")[0]:
        case "permute":
            order = [d % rank for d in view.get("dims")]
        case "t":
            order.reverse()
        case _:
            names = ("dim0", "dim1") if "dim0" in view.schema.attributes else ("axis0", "axis1")
            a, b = (view.get(n) % rank for n in names)
            order[a], order[b] = order[b], order[a]
    return [order.index(i) for i in range(rank)]


def _shape(value: SSAValue) -> tuple[int, ...]:
    return tuple(value.type.get_shape()) if isinstance(value.type, TensorType) else ()


def _element(value: SSAValue) -> object:
    return value.type.element_type if isinstance(value.type, TensorType) else None
