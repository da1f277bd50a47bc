"""Random ONNX models, built node by node: ONNX Runtime computes each node as it is added, so that shapes and expected values are known."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from stale import declare

FLOATS = (np.float32, np.float32, np.float32, np.float64, np.float16)
SIGNED = (np.int64, np.int32, np.int8)
INTEGERS = (*SIGNED, np.uint8)
NUMBERS = (*FLOATS, *INTEGERS)
ANY = (*NUMBERS, np.bool_)
MOST_ELEMENTS = 4096
NO_NAMES = ("?", "", "-1")
"""What exporters write for every dimension that they do not know: one text for all sizes."""
OPSETS = (9, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
_ELEMENTS = {np.dtype(k): v for k, v in ((np.float32, 1), (np.uint8, 2), (np.int8, 3), (np.int32, 6), (np.int64, 7), (np.bool_, 9))} | {
    np.dtype(np.float16): TensorProto.FLOAT16,
    np.dtype(np.float64): TensorProto.DOUBLE,
    np.dtype(np.uint16): TensorProto.UINT16,
    np.dtype(np.int16): TensorProto.INT16,
    np.dtype(np.uint32): TensorProto.UINT32,
    np.dtype(np.uint64): TensorProto.UINT64,
}

Generator = Callable[["Builder", str], Any]
GENERATORS: dict[str, tuple[int, Generator]] = {}


def operator(*names: str, since: int = 1) -> Callable[[Generator], Generator]:
    """Make a function the generator of nodes of some operators; it is drawn for models of operator set `since` on."""

    def register(function: Generator) -> Generator:
        for name in names:
            GENERATORS[name] = (since, function)
        return function

    return register


class Refused(Exception):
    """ONNX Runtime does not run a node: it has no kernel, or rejects the attributes."""


@dataclass(eq=False)
class Value:
    """A value of the graph, with what it is for the drawn inputs: an array, or a list of arrays for a sequence."""

    name: str
    array: Any
    fixed: bool = False
    """Whether the dimensions are numbers in the model, as those of a filter are."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape it has."""
        return self.array.shape

    @property
    def rank(self) -> int:
        """How many dimensions it has."""
        return self.array.ndim

    @property
    def dtype(self) -> np.dtype:
        """The element type."""
        return self.array.dtype


@dataclass
class Builder:
    """A graph in the making. A subgraph's builder has the outer one as `outer`."""

    rng: random.Random
    opset: int
    outer: Builder | None = None
    prefix: str = ""
    inputs: list[Value] = field(default_factory=list)
    constants: list[Value] = field(default_factory=list)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    results: list[Value] = field(default_factory=list)
    ran: list[tuple[onnx.NodeProto, list[Value], list[Value]]] = field(default_factory=list)
    count: int = 0
    inner: list[Builder] = field(default_factory=list)
    """The builders of its subgraphs."""

    def __post_init__(self) -> None:
        self.arrays = np.random.default_rng(self.rng.getrandbits(32))

    # Values.

    def name(self) -> str:
        """A new name."""
        self.count += 1
        return f"{self.prefix}v{self.count}"

    def shape(self, least: int = 0, most: int = 4) -> tuple[int, ...]:
        """A small shape; seldom with a dimension of 0."""
        rank = self.rng.randint(least, most)
        return tuple(self.rng.choice([1, 1, 2, 2, 3, 3, 4, 5, 7] + ([0] if self.rng.random() < 0.03 else [])) for _ in range(rank))

    def random(self, dtype: Any, shape: Sequence[int], low: float = -3, high: float = 3) -> np.ndarray:
        """Numbers of a range."""
        dtype = np.dtype(dtype)
        if dtype == np.bool_:
            return self.arrays.integers(0, 2, shape).astype(np.bool_)
        if dtype.kind in "iu":
            low = max(low, 0) if dtype.kind == "u" else low
            return np.asarray(self.arrays.integers(int(np.ceil(low)), int(np.floor(high)) + 1, shape)).astype(dtype)
        return np.asarray(self.arrays.uniform(low, high, shape)).astype(dtype)

    def new(self, array: Any, constant: bool | None = None) -> Value:
        """An initializer, or an input of the graph."""
        value = Value(self.name(), np.asarray(array))
        constant = self.rng.random() < 0.4 if constant is None else constant
        (self.constants if constant or self.outer is not None else self.inputs).append(value)
        return value

    def fresh(self, dtype: Any, shape: Sequence[int], low: float = -3, high: float = 3, constant: bool | None = None) -> Value:
        """A new value of random numbers."""
        return self.new(self.random(dtype, shape, low, high), constant)

    def filters(self, dtype: Any, shape: Sequence[int], low: float = -3, high: float = 3) -> Value:
        """A new value whose dimensions every model knows."""
        value = self.fresh(dtype, shape, low, high)
        value.fixed = True
        return value

    def ints(self, values: Any, dtype: Any = np.int64) -> Value:
        """Parameters: mostly constant, sometimes known at run time only."""
        return self.new(np.asarray(values, dtype), self.rng.random() < 0.8)

    def known(self) -> list[Value]:
        """What a node may take: of this graph, and of those around it."""
        out = [*self.inputs, *self.constants, *self.results]
        return out if self.outer is None else out + self.outer.known()

    def pick(self, dtypes: Sequence[Any] = FLOATS, least: int = 0, most: int = 4, low: float = -3, high: float = 3) -> Value:
        """A value there is, of one of the types and with as many dimensions, or a new one."""
        kinds = {np.dtype(d) for d in dtypes}
        fitting = [
            v
            for v in self.known()
            if isinstance(v.array, np.ndarray) and v.dtype in kinds and least <= v.rank <= most and in_range(v.array, low, high)
        ]
        if fitting and self.rng.random() < 0.7:
            return self.rng.choice(fitting[-4:])
        return self.fresh(self.rng.choice(list(dtypes)), self.shape(least, most), low, high)

    def broadcasting(self, x: Value, low: float = -3, high: float = 3) -> Value:
        """A value of x's type whose shape broadcasts with x's."""
        fitting = [v for v in self.known() if isinstance(v.array, np.ndarray) and v.dtype == x.dtype and broadcast(v.shape, x.shape)]
        fitting = [v for v in fitting if in_range(v.array, low, high)]
        if fitting and self.rng.random() < 0.5:
            return self.rng.choice(fitting)
        shape = [1 if self.rng.random() < 0.3 else d for d in x.shape]
        shape = shape[self.rng.randint(0, len(shape)) :] if self.rng.random() < 0.4 else shape
        return self.fresh(x.dtype, shape, low, high)

    def axis(self, x: Value) -> int:
        """An axis of x, from the front or the end."""
        return self.rng.randint(-x.rank, x.rank - 1) if x.rank else 0

    def axes(self, x: Value, least: int = 1) -> list[int]:
        """Some axes of x, each once."""
        found = self.rng.sample(range(x.rank), self.rng.randint(min(least, x.rank), x.rank))
        return [a - x.rank if self.rng.random() < 0.3 else a for a in found]

    # Nodes.

    def node(self, op: str, inputs: Sequence[Value | None], outputs: int = 1, domain: str = "", **attributes: Any) -> list[Value]:
        """Add a node; its results. Raises Refused where ONNX Runtime does not run it."""
        given = {k: v for k, v in attributes.items() if v is not None}
        names = [self.name() for _ in range(outputs)]
        node = helper.make_node(op, ["" if v is None else v.name for v in inputs], names, domain=domain, name=f"{op}_{names[0]}", **given)
        operands = [v for v in inputs if v is not None]
        arrays = run_node(node, operands + self.captured(node, operands), self.opset)
        if any(isinstance(a, np.ndarray) and a.size > MOST_ELEMENTS for a in arrays):
            raise Refused("the result is too large")
        results = [Value(n, a) for n, a in zip(names, arrays, strict=True)]
        self.nodes.append(node)
        self.results += results
        self.ran.append((node, operands + self.captured(node, operands), results))
        return results

    def captured(self, node: onnx.NodeProto, operands: Sequence[Value]) -> list[Value]:
        """What the node's subgraphs see of the graph around them."""
        names = {i for a in node.attribute if a.HasField("g") for i in outer_names(a.g)}
        return [v for v in self.known() if v.name in names and v not in operands]

    def subgraph(self, name: str, arguments: Sequence[Value], results: Sequence[Value], inner: Builder) -> onnx.GraphProto:
        """The graph that an inner builder has made."""
        return helper.make_graph(
            inner.nodes,
            name,
            [value_info(v, [None] * v.rank if isinstance(v.array, np.ndarray) else None) for v in arguments],
            [helper.make_empty_tensor_value_info(v.name) for v in results],
            [numpy_helper.from_array(v.array, v.name) for v in inner.constants],
        )

    def inside(self) -> Builder:
        """A builder for a subgraph."""
        self.count += 1
        self.inner.append(Builder(random.Random(self.rng.getrandbits(32)), self.opset, self, f"{self.prefix}g{self.count}_"))
        return self.inner[-1]

    def model(self) -> onnx.ModelProto:
        """The model: every result that no node takes is an output, some others too; some dimensions of the inputs have names."""
        taken = {i for n in self.nodes for i in n.input}
        outputs = [v for v in self.results if v.name not in taken or self.rng.random() < 0.2]
        symbols: dict[int, str] = {}
        odd = self.rng.choice(NO_NAMES) if self.rng.random() < 0.1 else None
        share = self.rng.choice((0.25, 0.25, 0.9)) if odd is None else 0.9
        inputs = []
        for value in self.inputs:
            dims: list[Any] = list(value.shape)
            for i, d in enumerate(dims):
                if not value.fixed and self.rng.random() < share:
                    dims[i] = symbols.setdefault(d, f"n{d}") if odd is None else odd
            inputs.append(value_info(value, dims))
        graph = helper.make_graph(
            self.nodes,
            "fuzz",
            inputs,
            [value_info(v, None if isinstance(v.array, list) else [None] * v.rank) for v in outputs],
            [numpy_helper.from_array(v.array, v.name) for v in self.constants],
        )
        model = make_model(graph, self.opset)
        if self.rng.random() < 0.3:
            declare(model, self.rng, {v.name: (_element(v), v.shape) for v in self.every_result() if isinstance(v.array, np.ndarray)})
        return model

    def every_result(self) -> list[Value]:
        """What its nodes give, and those of its subgraphs."""
        return [*self.results, *(v for inner in self.inner for v in inner.every_result())]


def _element(value: Value) -> int:
    return TensorProto.STRING if value.dtype.kind in "OUST" else _ELEMENTS[value.dtype]


def in_range(array: np.ndarray, low: float, high: float) -> bool:
    """Whether all numbers are finite, and within a range where that is not the usual one."""
    if array.dtype == np.bool_ or not array.size:
        return True
    limit = (-50, 50) if (low, high) == (-3, 3) else (low, high)
    return bool(np.all(np.isfinite(array)) and array.min() >= limit[0] and array.max() <= limit[1])


def broadcast(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether two shapes broadcast."""
    return all(x == y or 1 in (x, y) for x, y in zip(reversed(a), reversed(b), strict=False))


def outer_names(graph: onnx.GraphProto) -> set[str]:
    """Names that a subgraph takes from outside."""
    own = {v.name for v in graph.input} | {v.name for v in graph.initializer} | {o for n in graph.node for o in n.output}
    used = {i for n in graph.node for i in n.input} | {v.name for v in graph.output}
    used |= {name for n in graph.node for a in n.attribute if a.HasField("g") for name in outer_names(a.g)}
    return used - own - {""}


def value_info(value: Value, dims: Sequence[Any] | None) -> onnx.ValueInfoProto:
    """The declaration of a value."""
    if isinstance(value.array, list):
        element = _ELEMENTS[np.asarray(value.array[0]).dtype] if value.array else TensorProto.FLOAT
        return helper.make_tensor_sequence_value_info(value.name, element, None)
    return helper.make_tensor_value_info(value.name, _element(value), dims)


def make_model(graph: onnx.GraphProto, opset: int) -> onnx.ModelProto:
    """A model of an operator set."""
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=imports, ir_version=min(10, helper.find_min_ir_version_for(imports[:1])))


def run_node(node: onnx.NodeProto, operands: Sequence[Value], opset: int) -> list[Any]:
    """What ONNX Runtime computes for one node."""
    operands = list({v.name: v for v in operands}.values())
    graph = helper.make_graph(
        [node],
        "one",
        [value_info(v, v.shape if isinstance(v.array, np.ndarray) else None) for v in operands],
        [helper.make_empty_tensor_value_info(o) for o in node.output],
    )
    return run(make_model(graph, opset), {v.name: v.array for v in operands})


def run(model: onnx.ModelProto, feeds: dict[str, Any]) -> list[Any]:
    """What ONNX Runtime computes, without optimisations, on one thread."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.x64quantprecision", "1")  # sums of bytes that do not saturate, as the standard has them
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return list(session.run(None, feeds))
    except Exception as error:  # noqa: BLE001 -- ONNX Runtime's exceptions have no common base but this
        raise Refused(str(error).split("\n")[0][:200]) from None
