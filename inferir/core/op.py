"""`Op`, the base of every op of ours: text form, type inference, reference semantics and cost in one place.

@define
class ReluOp(Unary):
    \"\"\"y = max(x, 0)\"\"\"
    name = "inference.relu"

    def reference(self, x): return np.maximum(x, 0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, ClassVar, NoReturn, Self, TypeVar

import numpy as np
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    IntegerType,
    TensorType,
    UnrankedTensorType,
    i32,
)
from xdsl.ir import Attribute, Operation, Region, SSAValue
from xdsl.irdl import AttrSizedOperandSegments, IRDLOperation, OperandDef, OptOperandDef, VarOperandDef, irdl_op_definition
from xdsl.irdl.operations import _RangeConstrainedOpDefField as _OperandOrResultDef  # pyright: ignore[reportPrivateUsage]
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import ConstantLike
from xdsl.utils.exceptions import VerifyException

from inferir.core import assembly
from inferir.core.construct import construct
from inferir.core.diagnostics import InferError, Note, defined_here
from inferir.core.dims import FOREIGN, Dim, DimLike, Shape, shape_text, symbol
from inferir.core.fast_verifier import by_types
from inferir.core.properties import Accessor, Property, stored
from inferir.core.ranges import checked_shape
from inferir.core.relations import Relation
from inferir.core.types import numpy_dtype, refines, tensor

ValueOf = Callable[[SSAValue], "np.ndarray | None"]
"""The elements of a value as an array of dimensions, None where they are not known."""


@dataclass(frozen=True)
class Cost:
    """What running an op takes: floating point (or integer) operations, and bytes read and written."""

    flops: int
    bytes: int


class Op(IRDLOperation):
    """An op with inferred result types and reference semantics. Subclass it under `@define`."""

    PROPERTIES: ClassVar[Mapping[str, Property]] = {}
    SHAPE_OPERANDS: ClassVar[tuple[str, ...]] = ()
    """Operands whose elements (not only their shape) decide the shape of the result."""
    FAMILY_FIRST: ClassVar[bool] = False
    """Whether operands and results that a base class declares come before the op's own; in xDSL they come after them."""
    SYMBOLIC: ClassVar[bool] = False
    """Whether `reference` works on arrays of dimensions too, so that shape computations can be followed through the op."""

    # What a definition says.

    def infer_shape(self, *shapes: Any, **none: Any) -> Any:
        """Result shape(s) from operand shapes (absent optional: None; variadic: a list). Dims are `int | Dim`.

        One result: its shape. Several: a list of shapes. Raise with `self.error` where the operands do not fit.
        An op with SHAPE_OPERANDS takes the keyword `known`: by operand name its elements, row-major, or None where they are not known.
        """
        self.error("its results' shapes do not follow from its operands'")

    def size_relations(self, *shapes: Any, **none: Any) -> Iterable[Relation]:
        """What must hold of the operands' sizes, from their shapes as `infer_shape` takes them (before it is called). A kernel reads
        memory by these relations: whatever it relies on stands here, and nowhere else."""
        return ()

    def infer_dtype(self, *elements: Any, **none: Any) -> Any:
        """Element type(s) of the result(s) from those of the present operands, in order; the first operand's by default."""
        return elements[0]

    def reference(self, *arrays: Any, **context: Any) -> Any:
        """The result array(s) from operand arrays: the op's meaning. An op with regions takes `run(region, *arrays)` by keyword."""
        raise InferError(f"{self.name} has no reference semantics", self.location)

    def follow_shapes(self, shapes: Any) -> list[Sequence[DimLike | None] | None] | None:
        """The shapes of the results of an op with regions, which it has `shapes` (a `ShapeAnalysis`) `enter`; None to have them
        entered one after the other, knowing nothing of their arguments."""
        return None

    def cost(self) -> Cost:
        """Operations and bytes for static shapes; one operation per result element where a family says nothing better."""
        elements = sum(elements_of(r) for r in self.results)
        return Cost(elements, sum(_bytes(v) for v in (*self.operands, *self.results)))

    def check(self) -> None:
        """Further conditions on the op's types, properties and regions; raise with `self.error`."""

    # What follows from it.

    @classmethod
    def property_definitions(cls) -> Mapping[str, Property]:
        """The declared properties by name, in order of declaration."""
        return cls.PROPERTIES

    @classmethod
    def operand_definitions(cls) -> Sequence[tuple[str, OperandDef]]:
        """The declared operands."""
        return cls.get_irdl_definition().operands

    @classmethod
    def is_segmented(cls) -> bool:
        """Whether the op stores how many values each declared operand has."""
        return any(isinstance(o, AttrSizedOperandSegments) for o in cls.get_irdl_definition().options)

    @classmethod
    @cache
    def operand_kinds(cls) -> tuple[tuple[bool, bool], ...]:
        """Of each declared operand: may there be any number of values, and may there be none or one."""
        return tuple(
            (isinstance(d, VarOperandDef) and not isinstance(d, OptOperandDef), isinstance(d, OptOperandDef))
            for _, d in cls.operand_definitions()
        )

    def operand_groups(self) -> list[Sequence[SSAValue]]:
        """The values of each declared operand: one, none or one (optional), any number (variadic)."""
        kinds = self.operand_kinds()
        if len(self.operands) == len(kinds) and not any(map(any, kinds)):
            return [(value,) for value in self.operands]
        if self.is_segmented():
            sizes = self.properties[assembly.SEGMENTS]
            counts = [int(n) for n in sizes.get_values()] if isinstance(sizes, DenseArrayBase) else []
        else:
            loose = len(self.operands) - sum(not any(kind) for kind in kinds)
            counts = [loose if any(kind) else 1 for kind in kinds]
        out, position = [], 0
        for count in counts:
            out.append(self.operands[position : position + count])
            position += count
        return out

    def operand_named(self, name: str) -> SSAValue | None:
        """The value of a declared operand that is not variadic, None where it is absent."""
        for (declared, _), group in zip(self.operand_definitions(), self.operand_groups(), strict=True):
            if declared == name:
                return group[0] if group else None
        raise KeyError(name)

    @classmethod
    def make(
        cls, *operands: Any, result_types: Sequence[Attribute] | None = None, regions: Sequence[Region] = (), **properties: Any
    ) -> Self:
        """Build the op: operands in order of declaration (None for an absent optional, a list for a variadic), properties by
        name as Python values, result types inferred unless given. Raises InferError for values and operands that do not fit, TypeError for
        a property that there is not."""
        definitions = cls.operand_definitions()
        filled = [*operands, *[None] * (len(definitions) - len(operands))]
        groups = [_values(o) for o in filled]
        encoded: dict[str, Attribute] = {}
        declared = cls.property_definitions()
        for name, value in properties.items():
            if name not in declared:
                raise TypeError(f"{cls.name} has no property '{name}'; it has: {', '.join(declared)}")
            problem = stored(encoded, name, declared[name], value)
            if problem is not None:
                raise InferError(f"{cls.name}: {name}: {problem}")
        if cls.is_segmented():
            encoded[assembly.SEGMENTS] = DenseArrayBase.from_list(i32, [len(g) for g in groups])
        flat = [v for g in groups for v in g]
        if result_types is None:
            bare = construct(cls, flat, (), encoded, regions=regions)  # no builder hears of it
            result_types = bare.infer_types()
            for region in list(bare.regions):
                bare.detach_region(region)
            bare.drop_all_references()
        return cls.create(operands=flat, properties=encoded, result_types=result_types, regions=regions)

    def like(self, *, result_types: Sequence[Attribute] | None = None, **changes: Any) -> Self:
        """A copy with some operands and properties changed, by name. Call it on the op: `conv.like(w=new_filter)`."""
        operands: list[Any] = []
        for (name, definition), group in zip(self.operand_definitions(), self.operand_groups(), strict=True):
            whole: Any = list(group) if isinstance(definition, VarOperandDef) and not isinstance(definition, OptOperandDef) else None
            operands.append(changes.pop(name, whole if whole is not None else (group[0] if group else None)))
        properties = {name: getattr(self, name) for name in self.property_definitions()} | changes
        regions = [r.clone() for r in self.regions]
        new = self.make(*operands, result_types=result_types, regions=regions, **properties)
        new.attributes.update(self.attributes)
        return new

    def infer_values(self, shape_of: Callable[[SSAValue], Shape], value_of: ValueOf) -> list[np.ndarray] | None:
        """The elements of the results as arrays of dimensions, where they follow from those of the operands and their shapes."""
        values = [value_of(v) for v in self.operands]
        if not self.SYMBOLIC or any(v is None for v in values):
            return None
        out = self.reference(*self.arrays_of(values))
        return [np.asarray(a, object) for a in (out if isinstance(out, list | tuple) else [out])]

    def infer_types(self) -> list[Attribute]:
        """The result types that follow from the operands. Raises InferError where they do not fit together.

        Where an operand has no known rank, neither have the results.
        """
        elements = []
        ranked = True
        for value in self.operands:
            if not isinstance(value.type, TensorType | UnrankedTensorType):
                self.error(f"operand {value.type} is not a tensor", [defined_here(value, "it")])
            elements.append(value.type.element_type)
            ranked = ranked and isinstance(value.type, TensorType)
        dtypes = self.infer_dtype(*elements)
        if not ranked:
            count = len(self.results) or self.result_count()
            return [UnrankedTensorType(d) for d in (dtypes if isinstance(dtypes, list | tuple) else [dtypes] * count)]
        shapes = self.infer_result_shapes(lambda v: _shape_of_type(v.type))
        dtypes = list(dtypes) if isinstance(dtypes, list | tuple) else [dtypes] * len(shapes)
        return [tensor(s, d) for s, d in zip(shapes, dtypes, strict=True)]

    def result_count(self) -> int:
        """How many results the op has where no operand's shape is needed to say it."""
        return len(self.get_irdl_definition().results)

    def infer_result_shapes(self, shape_of: Callable[[SSAValue], Shape], value_of: ValueOf | None = None) -> list[Shape]:
        """The shapes of the results, given those of the operands and the elements of those that say shapes (constants by default)."""
        arguments: list[Any] = []
        for (many, _), group in zip(self.operand_kinds(), self.operand_groups(), strict=True):
            shapes = [shape_of(v) for v in group]
            arguments.append(shapes if many else shapes[0] if shapes else None)
        known: dict[str, Any] = {}
        if self.SHAPE_OPERANDS:
            known["known"] = {n: _elements_of(self.operand_named(n), value_of or constant_dims) for n in self.SHAPE_OPERANDS}
        try:
            for relation in self.size_relations(*arguments):
                if relation.fails():
                    self.error(relation.says)
            out = self.infer_shape(*arguments, **known)
        except InferError:
            raise
        except (ValueError, ZeroDivisionError, IndexError) as problem:
            self.error(str(problem))
        return list(out) if isinstance(out, list) else [out]

    @by_types
    def verify_(self) -> None:
        """Properties in range, operands that fit, result types as inferred."""
        for name, declared in self.property_definitions().items():
            value = getattr(self, name)
            problem = declared.kind.check(value) if name in self.properties else None
            if problem is not None:
                self.error(f"{name}: {problem}")
        self.check()
        for inferred, result in zip(self.infer_types(), self.results, strict=True):
            if not refines(result.type, inferred):
                self.error(f"result is {result.type}, its operands make it {inferred}")

    def error(self, message: str, notes: Sequence[Note] = ()) -> NoReturn:
        """Raise an error about this op."""
        raise InferError(f"{self.name}: {message}", self.location, tuple(notes))

    def arrays_of(self, operands: Sequence[Any]) -> list[Any]:
        """Flat operand values grouped as `reference` takes them."""
        out: list[Any] = []
        position = 0
        for (many, _), group in zip(self.operand_kinds(), self.operand_groups(), strict=True):
            part = list(operands[position : position + len(group)])
            position += len(group)
            out.append(part if many else part[0] if part else None)
        return out

    def evaluate(self, operands: Sequence[np.ndarray], **context: Any) -> list[np.ndarray]:
        """Run the reference semantics on flat operands; results have the declared element types."""
        self.check_sizes(operands)
        out = self.reference(*self.arrays_of(operands), **context)
        results = list(out) if isinstance(out, list | tuple) else [out]
        if len(results) != len(self.results):
            self.error(f"reference gives {len(results)} results, the op has {len(self.results)}")
        return [_as_declared(a, r) for a, r in zip(results, self.results, strict=True)]

    def check_sizes(self, operands: Sequence[Any]) -> None:
        """Raise, before anything is computed, where the shape rule or a size relation does not hold of arrays, or a result has sizes that no
        array can have. An op that states none is taken as it is."""
        if type(self).infer_shape is Op.infer_shape or not all(isinstance(a, np.ndarray | np.generic) for a in operands):
            return
        arrays = dict(zip(self.operands, operands, strict=True))
        shapes = self.infer_result_shapes(lambda v: np.shape(arrays[v]), lambda v: _numbers(arrays[v]))
        for result, shape in zip(self.results, shapes, strict=len(self.results) > 0):  # on buffers there is no result
            if isinstance(result.type, TensorType) and all(isinstance(d, int) for d in shape):
                checked_shape(shape, numpy_dtype(result.type.element_type).itemsize)

    def print(self, printer: Printer) -> None:
        """Print in the shared text form."""
        assembly.print_op(self, printer)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse the shared text form."""
        return assembly.parse_op(cls, parser)


_OpT = TypeVar("_OpT", bound=type[Op])


def define(cls: _OpT) -> _OpT:
    """Class decorator: make an `Op` subclass an op definition and give its properties Python values.

    Traits are xDSL's (`traits = traits_def(Pure())`). An `assembly_format`, as xDSL and MLIR read it, takes the place of the shared text form.
    """
    for name in [n for n in cls.__dict__ if n.isupper()]:
        cls.__annotations__.setdefault(name, ClassVar[Any])  # facts about the op, not parts of it
    declared: dict[str, Property] = {}
    fields: dict[str, Any] = {}
    for parent in reversed(cls.__mro__):
        for name, value in list(parent.__dict__.items()):
            if isinstance(value, Property):
                declared[name] = value
            elif isinstance(value, Accessor):
                declared[name] = value.declared
            elif isinstance(value, _OperandOrResultDef):
                fields[name] = value
    for name, value in fields.items() if cls.FAMILY_FIRST else ():
        if name in cls.__dict__:
            delattr(cls, name)
        setattr(cls, name, value)
    if cls.assembly_format is not None and not {"print", "parse"} & cls.__dict__.keys():  # its own text form, not the shared one
        cls.print = Operation.print  # pyright: ignore[reportAttributeAccessIssue]
        cls.parse = classmethod(Operation.parse.__func__)  # pyright: ignore[reportFunctionMemberAccess, reportAttributeAccessIssue]
    out = irdl_op_definition(cls)
    for name, value in declared.items():
        setattr(out, name, Accessor(name, value))
    out.PROPERTIES = declared
    return out


def ops_in(module: ModuleType) -> list[type[Operation]]:
    """The op definitions a module has (imported ones too), by op name: what a dialect is made of."""
    found = {v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Op) and "name" in v.__dict__ and "." in v.name}
    return sorted(found, key=lambda c: c.name)


def same_shape(op: Op, shapes: Mapping[str, Shape]) -> Shape:
    """The shape that all named operands share; an error names the first that differs."""
    (_, first), *rest = shapes.items()
    for name, shape in rest:
        if len(shape) != len(first):
            op.error(f"{name} is {shape_text(shape)}, expected {shape_text(first)}")
    return first


def constant_dims(value: SSAValue) -> np.ndarray | None:
    """The elements of an integer constant that is written out, None for anything else."""
    owner = value.owner
    if not isinstance(owner, Operation) or not owner.has_trait(ConstantLike):
        return None
    attribute = owner.properties.get("value")
    if not isinstance(attribute, DenseIntOrFPElementsAttr) or not isinstance(attribute.get_element_type(), IntegerType):
        return None
    count = int(np.prod(attribute.get_shape(), dtype=np.int64))
    elements = [int(v) for v in attribute.iter_values()] if count else []  # pyright: ignore[reportArgumentType]
    return np.array(elements * count if len(elements) == 1 else elements, object).reshape(attribute.get_shape())


def _elements_of(value: SSAValue | None, value_of: ValueOf) -> tuple[Any, ...] | None:
    found = None if value is None else value_of(value)
    return None if found is None else tuple(found.reshape(-1))


def _numbers(array: Any) -> np.ndarray | None:
    """The elements of an integer array as Python's, None for other arrays."""
    held = np.asarray(array)
    return held.astype(object) if held.dtype.kind in "iu" else None


def _values(operand: Any) -> list[SSAValue]:
    if operand is None:
        return []
    if isinstance(operand, SSAValue | Operation):
        return [SSAValue.get(operand)]
    return [SSAValue.get(o) for o in operand]


def _shape_of_type(type: Attribute) -> Shape:
    """Unknown dimensions become symbols that are equal to nothing but themselves."""
    assert isinstance(type, TensorType)
    return tuple(d if d != DYNAMIC_INDEX else unknown_dim() for d in type.get_shape())


_counter = iter(range(2**62))


def unknown_dim() -> Dim:
    """A dimension that nothing is known of: equal to itself only."""
    return symbol(f"{FOREIGN}{next(_counter)}")


def elements_of(value: SSAValue) -> int:
    """How many elements a tensor has; dynamic dimensions count as one."""
    shape = value.type.get_shape() if isinstance(value.type, TensorType) else ()
    return int(np.prod([d for d in shape if d != DYNAMIC_INDEX], dtype=np.int64))


def _bytes(value: SSAValue) -> int:
    if not isinstance(value.type, TensorType):
        return 0
    return elements_of(value) * numpy_dtype(value.type.element_type).itemsize


def _as_declared(array: Any, result: SSAValue) -> Any:
    if not isinstance(result.type, TensorType):
        return array
    dtype = numpy_dtype(result.type.element_type)
    array = np.asarray(array)
    return array if array.dtype == dtype else array.astype(dtype)


__all__ = ["Cost", "Op", "ValueOf", "VerifyException", "constant_dims", "define", "elements_of", "ops_in", "same_shape", "unknown_dim"]
