"""Give symbolic dimensions of the inputs numbers: `fix-dims{sizes=batch:2}`.

  func.func @main(%x: tensor<?x8xf32> {inference.dims = ["batch", 8]}) -> tensor<?x8xf32> {
    %0 = inference.relu %x : tensor<?x8xf32>
    func.return %0 : tensor<?x8xf32>
  }
becomes
  func.func @main(%x: tensor<2x8xf32> {inference.dims = [2, 8]}) -> tensor<?x8xf32> {
    %0 = inference.relu %x : tensor<?x8xf32>
    func.return %0 : tensor<?x8xf32>
  }

`infer-shapes` and the conversions give the other values their types.
"""

from collections.abc import Collection, Mapping
from typing import Annotated

from xdsl.dialects import func
from xdsl.dialects.builtin import DYNAMIC_INDEX, ArrayAttr, DictionaryAttr, FunctionType, IntegerAttr, StringAttr, TensorType
from xdsl.ir import Attribute, Operation
from xdsl.rewriter import Rewriter

from inferir.core import Context, InferError, Pass
from inferir.core.diagnostics import did_you_mean
from inferir.core.dims import Dim, evaluate, parse_dim, symbols
from inferir.core.signatures import follow_results, range_error, size_ranges
from inferir.core.types import tensor


class FixDims(Pass):
    """One size is served by simpler code than all sizes."""

    anchor = "func.func"
    sizes: Annotated[tuple[str, ...], "name:number, ..."] = ()

    def run(self, op: Operation, ctx: Context) -> None:
        """Change the types of the arguments; a name that the function does not have says nothing about it."""
        assert isinstance(op, func.FuncOp)
        fix_dims(op, dict(_size(text) for text in self.sizes))


def fix_named_dims(function: func.FuncOp, sizes: Mapping[str, int]) -> None:
    """`fix_dims` that raises InferError for a name that no argument of the function has. A name that the model file gives to several
    dimensions (`framework.shared_dims` of the module) stands for all of them."""
    known, shared = dim_names(function), _shared_dims(function)
    meant: dict[str, int] = {}
    for name, size in sizes.items():
        if name not in known and name not in shared:
            names = sorted({*known, *shared})
            has = f"it has: {', '.join(names)}" if names else "none of its dimensions has a name"
            raise InferError(f"the model has no dimension '{name}'{did_you_mean(name, names)} ({has})", function.location)
        meant.update(dict.fromkeys([*shared.get(name, ()), *([name] if name in known else [])], size))
    for name, (low, high) in size_ranges(function).items():
        if not low <= meant.get(name, low) <= high:
            raise InferError(f"{range_error(name, low, high)}, not {meant[name]}", function.location)
    if meant:
        fix_dims(function, meant)


def _shared_dims(function: func.FuncOp) -> dict[str, list[str]]:
    module = function.parent_op()
    shared = None if module is None else module.attributes.get("framework.shared_dims")
    if not isinstance(shared, DictionaryAttr):
        return {}
    lists = {name: names.data for name, names in shared.data.items() if isinstance(names, ArrayAttr)}
    return {name: [n.data for n in names if isinstance(n, StringAttr)] for name, names in lists.items()}


def fix_dims(function: func.FuncOp, sizes: Mapping[str, int]) -> None:
    """Give the named dimensions of a function's arguments numbers."""
    fixed = [_fixed(a, sizes) for a in _attributes(function)]
    function.properties["arg_attrs"] = ArrayAttr(fixed)
    if function.res_attrs is not None:
        function.properties["res_attrs"] = ArrayAttr([_fixed(a, sizes) for a in function.res_attrs.data])
    types = [_typed(t, a) for t, a in zip(function.function_type.inputs.data, fixed, strict=True)]
    for argument, type in zip(function.body.block.args, types, strict=True):
        Rewriter.replace_value_with_new_type(argument, type)
    function.function_type = FunctionType.from_lists(types, list(function.function_type.outputs))
    follow_results(function)


def fix_sizes(function: func.FuncOp, sizes: Collection[tuple[int, int, int]]) -> None:
    """Give dimensions of a function's arguments, by argument and axis, sizes, and with them all that have their name.

    A dimension that is an expression stays as it is.
    """
    named = [_named(a.type, attributes, index) for index, (a, attributes) in enumerate(zip(function.args, _padded(function), strict=True))]
    function.properties["arg_attrs"] = ArrayAttr(named)
    fixed = {_text(named[index], axis): size for index, axis, size in sizes}
    fix_dims(function, {text: size for text, size in fixed.items() if symbols(parse_dim(text)) == {text}})


def _text(attributes: DictionaryAttr, axis: int) -> str:
    """A dimension of an argument, as text."""
    dims = attributes.data["inference.dims"]
    assert isinstance(dims, ArrayAttr)
    dim = dims.data[axis]
    return dim.data if isinstance(dim, StringAttr) else str(dim)


def _padded(function: func.FuncOp) -> list[DictionaryAttr]:
    """The attributes of all arguments."""
    return _attributes(function) or [DictionaryAttr({})] * len(function.args)


def _named(type: Attribute, attributes: DictionaryAttr, index: int) -> DictionaryAttr:
    """The attributes of an argument, with names for dimensions that have none."""
    if "inference.dims" in attributes.data or not isinstance(type, TensorType):
        return attributes
    sizes = enumerate(type.get_shape())
    dims = ArrayAttr([StringAttr(f"d{index}_{axis}") if d == DYNAMIC_INDEX else IntegerAttr(d, 64) for axis, d in sizes])
    return DictionaryAttr({**attributes.data, "inference.dims": dims})


def dim_names(function: func.FuncOp) -> set[str]:
    """The names in the dimensions of a function's arguments."""
    return {name for a in _attributes(function) for d in _dims(a) if isinstance(d, Dim) for name in symbols(d)}


def _attributes(function: func.FuncOp) -> list[DictionaryAttr]:
    return list(function.arg_attrs.data) if function.arg_attrs is not None else [DictionaryAttr({})] * len(function.args)


def _size(text: str) -> tuple[str, int]:
    name, colon, number = text.partition(":")
    if not colon or not number.isdecimal():
        raise InferError(f"pass 'fix-dims': '{text}' is not like batch:8")
    return name, int(number)


def _dims(attributes: DictionaryAttr) -> list[Dim | int]:
    """`inference.dims` of an argument or result, none where there is none."""
    dims = attributes.data.get("inference.dims")
    return [parse_dim(d.data) if isinstance(d, StringAttr) else d.value.data for d in dims.data] if isinstance(dims, ArrayAttr) else []


def _fixed(attributes: DictionaryAttr, sizes: Mapping[str, int]) -> DictionaryAttr:
    values = [evaluate(d, sizes) for d in _dims(attributes)]
    if not values:
        return attributes
    named = ArrayAttr([IntegerAttr(v, 64) if isinstance(v, int) else StringAttr(str(v)) for v in values])
    return DictionaryAttr({**attributes.data, "inference.dims": named})


def _typed(type: Attribute, attributes: DictionaryAttr) -> Attribute:
    dims = _dims(attributes)
    return tensor(tuple(dims), type.element_type) if dims and isinstance(type, TensorType) else type
