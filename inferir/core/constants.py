"""Constant values: small ones as `dense`, weights by name, folded ones as the op that makes them.

    #inference.weight<"conv1.weight">                       an entry of the WeightStore
    #inference.fold<inference.mul, [#a, #b], {..}>          an op whose operands are constants, not computed yet

A fold is lazy: it is evaluated once, when its numbers are needed (the executor, packaging, a pattern that looks).
The text stays whole without any side file but the original weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.dialects.builtin import ArrayAttr, BytesAttr, DenseIntOrFPElementsAttr, DictionaryAttr, IntAttr, StringAttr, TensorType
from xdsl.ir import Attribute, Block, ParametrizedAttribute
from xdsl.irdl import irdl_attr_definition, param_def
from xdsl.parser import AttrParser
from xdsl.printer import Printer

from inferir.core.diagnostics import InferError, did_you_mean
from inferir.core.types import numpy_dtype, tensor_of

if TYPE_CHECKING:
    from inferir.core.context import Context

DENSE_LIMIT = 1024
"""Bytes up to which a constant is written out in the text."""


@irdl_attr_definition
class WeightAttr(ParametrizedAttribute):
    """An entry of the module's WeightStore, by name."""

    name = "inference.weight"
    key: StringAttr = param_def()

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<"key">`."""
        with parser.in_angle_brackets():
            return [StringAttr(parser.parse_str_literal())]

    def print_parameters(self, printer: Printer) -> None:
        """Print `<"key">`."""
        with printer.in_angle_brackets():
            printer.print_string_literal(self.key.data)


@irdl_attr_definition
class FoldAttr(ParametrizedAttribute):
    """The value an op has on constant operands: of its result `index`, where it has several.

    `op` is the full name, `args` are constant values, `type` is the type of the value.
    """

    name = "inference.fold"
    op: StringAttr = param_def()
    args: ArrayAttr[Attribute] = param_def()
    properties: DictionaryAttr = param_def()
    type: TensorType = param_def()
    index: IntAttr = param_def()

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<inference.mul(#a, #b) {axis = 0 : i64} : tensor<4xf32>>`; a result but the first is `... : type result 1`."""
        with parser.in_angle_brackets():
            name = parser.parse_identifier()
            if parser.ctx.get_optional_op(name) is None:
                near = did_you_mean(name, [op.name for op in parser.ctx.loaded_ops])
                end = parser.pos
                parser.raise_error(f"no op '{name}' to fold{near}", end - len(name), end)
            args = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_attribute)
            properties = parser.parse_optional_dictionary_attr_dict()
            parser.parse_punctuation(":")
            type = parser.parse_type()
            index = parser.parse_integer() if parser.parse_optional_keyword("result") else 0
            return [StringAttr(name), ArrayAttr(args), DictionaryAttr(properties), type, IntAttr(index)]

    def print_parameters(self, printer: Printer) -> None:
        """Print what `parse_parameters` reads."""
        with printer.in_angle_brackets():
            printer.print_string(self.op.data)
            with printer.in_parens():
                printer.print_list(self.args.data, printer.print_attribute)
            if self.properties.data:
                printer.print_string(" ")
                printer.print_attr_dict(self.properties.data)
            printer.print_string(" : ")
            printer.print_attribute(self.type)
            if self.index.data:
                printer.print_string(f" result {self.index.data}")


def constant_attribute(array: np.ndarray) -> DenseIntOrFPElementsAttr:
    """A small array as a `dense` attribute. Raises ValueError above DENSE_LIMIT bytes: those belong in the WeightStore."""
    if array.nbytes > DENSE_LIMIT:
        raise ValueError(f"{array.nbytes} bytes are too many for a dense attribute")
    return dense_attribute(array)


_AS_STORED = ("float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
"""Element types whose bytes in memory are those in a `dense` attribute."""


def dense_attribute(array: np.ndarray) -> DenseIntOrFPElementsAttr:
    """An array of any size as a `dense` attribute: for text that must stand alone."""
    type: Any = tensor_of(array)
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.dtype.name in _AS_STORED and flat.size:
        return DenseIntOrFPElementsAttr(type, BytesAttr(flat.tobytes()))
    if flat.dtype.kind == "c":
        return DenseIntOrFPElementsAttr.from_list(type, [(float(v.real), float(v.imag)) for v in flat])
    return DenseIntOrFPElementsAttr.from_list(type, [int(v) for v in flat] if _is_integral(flat.dtype) else [float(v) for v in flat])


def constant_value(value: Attribute, ctx: Context) -> np.ndarray:
    """The numbers of a constant, evaluating folds (each once per context). Read-only. Raises InferError for a missing weight."""
    if isinstance(value, DenseIntOrFPElementsAttr):
        return _dense_array(value)
    cached = ctx.folded.get(value)
    if cached is not None:
        return cached
    if isinstance(value, WeightAttr):
        return ctx.weights.get(value.key.data)
    if isinstance(value, FoldAttr):
        array = _evaluate(value, ctx)
        array.setflags(write=False)
        ctx.folded[value] = array
        return array
    raise InferError(f"{value} is not a constant value")


def is_constant_attribute(value: Attribute | None) -> bool:
    """Whether an attribute is one of the three forms a constant has."""
    return isinstance(value, WeightAttr | FoldAttr | DenseIntOrFPElementsAttr)


def is_written_out(value: Attribute | None) -> bool:
    """Whether the text shows the numbers of a constant (`dense`), so that looking at them costs nothing."""
    return isinstance(value, DenseIntOrFPElementsAttr)


def fold(op_name: str, args: Sequence[Attribute], properties: Mapping[str, Attribute], type: TensorType, index: int = 0) -> FoldAttr:
    """A lazy constant: the value of result `index` of an op on constants."""
    return FoldAttr(StringAttr(op_name), ArrayAttr(args), DictionaryAttr(dict(properties)), type, IntAttr(index))


def weight_keys(value: Attribute) -> list[str]:
    """The names of the weights a constant is made of."""
    if isinstance(value, WeightAttr):
        return [value.key.data]
    if isinstance(value, FoldAttr):
        return [key for arg in value.args.data for key in weight_keys(arg)]
    return []


def _evaluate(value: FoldAttr, ctx: Context) -> np.ndarray:
    arrays = [constant_value(a, ctx) for a in value.args.data]
    op_class = ctx.get_op(value.op.data)
    block = Block(arg_types=[tensor_of(a) for a in arrays])
    bare: Any = op_class.create(operands=block.args, properties=value.properties.data)
    if not hasattr(bare, "evaluate"):
        raise InferError(f"{value.op.data} has no reference semantics, so it cannot be folded")
    types = bare.infer_types() or [value.type]
    types[value.index.data] = value.type
    op: Any = op_class.create(operands=block.args, properties=value.properties.data, result_types=types)
    with np.errstate(all="ignore"):
        return np.asarray(op.evaluate(arrays)[value.index.data], order="C")


def _dense_array(value: DenseIntOrFPElementsAttr) -> np.ndarray:
    dtype = numpy_dtype(value.get_element_type())
    shape = tuple(value.get_shape())
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == np.bool_ or dtype.name in ("int4", "uint4", "int2", "uint2", "float4_e2m1fn"):
        flat = np.array(list(value.iter_values()), np.float64 if "float" in dtype.name else np.int64).astype(dtype)
    else:
        flat = np.frombuffer(value.data.data, dtype)
    if flat.size == 1 and count != 1:
        flat = np.broadcast_to(flat, (count,))
    out = flat.reshape(shape)
    out.setflags(write=False)
    return out


def _is_integral(dtype: np.dtype) -> bool:
    return dtype.kind in "iub" or dtype.name in ("int4", "uint4", "int2", "uint2")
