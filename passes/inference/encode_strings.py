"""Number the strings that a model knows, and compute with the numbers.

  func.func @main(%x: tensor<?x!framework.string>) -> tensor<?xf32> {
    %y = inference.host_call %x callee "label_encode" config {default = -1.0, keys = ["no", "yes"], values = [..]} : ...
becomes
  func.func @main(%x: tensor<?xi32> {inference.strings = ["no", "yes"]}) -> tensor<?xf32> {
    %t = inference.constant dense<[-1.0, ..]> : tensor<3xf32>
    %y = inference.gather %t, %x : (tensor<3xf32>, tensor<?xi32>) -> tensor<?xf32>

`inference.strings` on an argument or a result lists what the codes 1, 2, .. stand for; 0 is any other string. Whoever calls the function has
strings there: the runtime looks up their codes on the way in, and puts strings for codes on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, FunctionType, StringAttr, TensorType, UnrankedTensorType, f32, i32
from xdsl.ir import Operation, SSAValue

from inferir.core import Context, Pass, Rewriter
from inferir.core.string_codes import STRINGS
from inferir.core.types import element_of, numpy_dtype, ranked, shape_of
from inferir.core.walk import walk
from inferir.dialects import inference as inf

MOVES = (
    *(inf.ReshapeOp, inf.TransposeOp, inf.FlipOp, inf.SliceOp, inf.ConcatOp, inf.SplitOp, inf.BroadcastOp, inf.TileOp),
    *(inf.GatherOp, inf.GatherElementsOp, inf.GatherNdOp, inf.CompressOp, inf.SelectOp, inf.EnsureShapeOp),
)
"""Ops that put elements in other places, whatever they are."""


class Codes:
    """The codes of strings that may meet: those of all the values that elements move between."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}
        self.reason = ""
        """Why nothing can be computed with them."""
        self.arrive = self.leave = False
        """Whether some are the caller's, and whether some become so."""

    def add(self, texts: Sequence[str]) -> None:
        """Give strings codes."""
        for text in texts:
            self.of.setdefault(text, len(self.of) + 1)

    def coded(self, texts: Sequence[str]) -> np.ndarray:
        """The codes of strings that have some."""
        return np.array([self.of[text] for text in texts], np.int32)

    def table(self, keys: Sequence[str], values: np.ndarray, other: Any) -> np.ndarray:
        """By code, the value of each key (of equal ones the first), `other` for the rest."""
        out = np.full(len(self.of) + 1, other, values.dtype)
        for key, value in reversed(list(zip(keys, values, strict=True))):
            out[self.of[key]] = value
        return out

    def absorb(self, other: Codes) -> None:
        """Take over what others know."""
        self.add(list(other.of))
        self.reason = self.reason or other.reason
        self.arrive, self.leave = self.arrive or other.arrive, self.leave or other.leave


Known = Mapping[SSAValue, Codes]


def is_string(value: SSAValue) -> bool:
    """Whether a value is a tensor of strings."""
    return isinstance(value.type, TensorType) and numpy_dtype(value.type.element_type).hasobject


def strings(op: inf.HostCallOp, given: Mapping[str, Any], known: Known, rw: Rewriter) -> SSAValue:
    """A constant"""
    texts = given["values"]
    return rw.const(known[op.outs[0]].coded([texts] if isinstance(texts, str) else texts).reshape(given.get("shape", ())))


def label_encode(op: inf.HostCallOp, given: Mapping[str, Any], known: Known, rw: Rewriter) -> SSAValue:
    """A table by codes, or by numbers"""
    (x,), (y,) = op.args, op.outs
    to = known.get(y)
    values, other = (given["values"], given["default"]) if to is None else (to.coded(given["values"]), to.of[given["default"]])
    numbers = np.array(values, np.int32 if to is not None else numpy_dtype(element_of(y)))
    if x in known:
        return _made(inf.GatherOp.make(rw.const(known[x].table(given["keys"], numbers, other)), x, axis=0), rw)
    ascending, first = np.unique(np.array(given["keys"], numpy_dtype(element_of(x))), return_index=True)
    return _made(inf.LookupOp.make(x, rw.const(ascending), rw.const(numbers[first]), rw.const(np.array(other, numbers.dtype))), rw)


def category_map(op: inf.HostCallOp, given: Mapping[str, Any], known: Known, rw: Rewriter) -> SSAValue:
    """A table between names and numbers"""
    names, numbers = given["names"], given["numbers"]
    sides = (names, numbers, given["default_number"]) if op.args[0] in known else (numbers, names, given["default_name"])
    return label_encode(op, dict(zip(("keys", "values", "default"), sides, strict=True)), known, rw)


def one_hot_encoder(op: inf.HostCallOp, given: Mapping[str, Any], known: Known, rw: Rewriter) -> SSAValue:
    """x = c for each category c"""
    (x,) = op.args
    sizes = [f"d{axis}" if size < 0 else size for axis, size in enumerate(shape_of(x))]
    column = _made(inf.ReshapeOp.make(x, shape=(*sizes, 1)), rw)
    return _made(
        inf.CastOp.make(_made(inf.CompareOp.make(column, rw.const(known[x].coded(given["categories"])), pred="eq"), rw), to=f32), rw
    )


def string_equal(op: inf.HostCallOp, given: Mapping[str, Any], known: Known, rw: Rewriter) -> SSAValue:
    """Equal codes"""
    return _made(inf.CompareOp.make(*op.args, pred="eq"), rw)


def _made(op: Any, rw: Rewriter) -> SSAValue:
    rw.insert(op)
    return op.results[0]


REWRITES: dict[str, Callable[[inf.HostCallOp, Mapping[str, Any], Known, Rewriter], SSAValue]] = {
    f.__name__: f for f in (strings, label_encode, category_map, one_hot_encoder, string_equal)
}
"""What becomes of a host function, by its name."""


class EncodeStrings(Pass):
    """No kernel reads strings: a model that only compares them with strings it knows is native once they are numbers."""

    anchor = "func.func"

    def run(self, op: Operation, ctx: Context) -> None:
        """Encode what @main takes, makes and gives."""
        assert isinstance(op, func.FuncOp)
        if op.sym_name.data != "main" or op.is_declaration or op.body.block.last_op is None:
            return
        known = {value: codes for value, codes in _meetings(op).items() if not codes.reason}
        calls = [o for o in op.body.block.ops if isinstance(o, inf.HostCallOp) and any(v in known for v in (*o.operands, *o.results))]
        if any(isinstance(v.type, UnrankedTensorType) for v in (*known, *(v for o in calls for v in (*o.operands, *o.results)))):
            return
        ports = {name: [known.get(v) for v in values] for name, values in _ports(op).items()}
        for value in known:
            value._type = TensorType(i32, ranked(value).get_shape())  # pyright: ignore[reportAttributeAccessIssue]
        for inner in calls:
            rw = Rewriter(inner, ctx)
            rw.replace(inner, REWRITES[inner.callee](inner, inner.parameters(), known, rw))
            self.count("ops on strings encoded")
        for name, codes in ports.items():
            _declare(op, name, codes)
        op.properties["function_type"] = FunctionType.from_lists(*([v.type for v in values] for values in _ports(op).values()))


def _ports(main: func.FuncOp) -> dict[str, Sequence[SSAValue]]:
    """Arguments and results, by the name of what describes them."""
    last = main.body.block.last_op
    assert last is not None
    return {"arg_attrs": main.body.block.args, "res_attrs": last.operands}


def _declare(main: func.FuncOp, name: str, codes: Sequence[Codes | None]) -> None:
    """Tell which arguments or results are codes, and of what."""
    if any(codes):
        given = main.properties.get(name)
        each = given.data if isinstance(given, ArrayAttr) else [DictionaryAttr({}) for _ in codes]
        listed = [{STRINGS: ArrayAttr([StringAttr(text) for text in c.of])} if c else {} for c in codes]
        main.properties[name] = ArrayAttr([DictionaryAttr({**a.data, **b}) for a, b in zip(each, listed, strict=True)])


def _meetings(main: func.FuncOp) -> dict[SSAValue, Codes]:
    """The codes of every tensor of strings; one object for values between which elements move."""
    found: dict[SSAValue, Codes] = {}

    def of(value: SSAValue) -> Codes:
        return found.setdefault(value, Codes())

    def join(values: Sequence[SSAValue]) -> None:
        first = of(values[0])
        for other in {of(v) for v in values[1:]} - {first}:
            first.absorb(other)
            found.update({v: first for v, codes in found.items() if codes is other})

    for argument in main.body.block.args:
        if is_string(argument):
            of(argument).arrive = True
    for op in walk(main):
        values = [v for v in (*op.operands, *op.results) if is_string(v)]
        if not values or isinstance(op, inf.ShapeOfOp):
            continue
        if isinstance(op, func.ReturnOp):
            for value in values:
                of(value).leave = True
        elif isinstance(op, MOVES) and op.parent is main.body.block:
            join(values)
        else:
            reason = _note(op, of, join) if op.parent is main.body.block else "it is inside another op"
            for value in values:
                of(value).reason = of(value).reason or reason
    for codes in found.values():
        codes.add([""][len(codes.of) :])  # no list of codes is empty
        if codes.arrive and codes.leave:
            codes.reason = "strings that the model does not know may go through it"
    _spread(main, found)
    return found


def _note(op: Operation, of: Callable[[SSAValue], Codes], join: Callable[[Sequence[SSAValue]], None]) -> str:
    """Give the strings that a host function knows codes; why it cannot run on codes."""
    if not isinstance(op, inf.HostCallOp) or op.callee not in REWRITES:
        return f"{op.name} reads or makes strings"
    given = op.parameters()
    if op.callee == "string_equal":
        if not any(isinstance(v.owner, inf.HostCallOp) and v.owner.callee == "strings" for v in op.operands):
            return "two strings that the model does not know may be equal"
        join(list(op.operands))
        return ""
    ends = {"strings": ((), ("values",)), "label_encode": (("keys",), ("values", "default")), "one_hot_encoder": (("categories",), ())}
    names = {"category_map": (("names",), ("names", "default_name"))} | ends
    for values, lists in zip((op.operands, op.results), names[op.callee], strict=True):
        for value in values:
            for texts in [given[name] for name in lists] if is_string(value) else ():
                of(value).add([texts] if isinstance(texts, str) else texts)
    return ""


def _spread(main: func.FuncOp, found: Mapping[SSAValue, Codes]) -> None:
    """What an op between two kinds of codes cannot do with one it cannot do with the other."""
    between = [{found[v] for v in (*op.operands, *op.results) if v in found} for op in main.body.block.ops]
    pairs = [each for each in between if len(each) > 1]
    while odd := [each for each in pairs if len({bool(codes.reason) for codes in each}) > 1]:
        for each in odd:
            reason = next(codes.reason for codes in each if codes.reason)
            for codes in each:
                codes.reason = codes.reason or reason
