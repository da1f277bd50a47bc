"""An index out of range ends in one error, native code's like the reference executor's: by operator, where the index comes from, its type and level.

A model holds every operator twice, with i32 and with i64 indices of their own, and is run with one of them out of range at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from inferir.backends.runtime.program import ModelError
from inferir.core import InferError
from inferir.tools.driver import compile_model

N = helper.make_node
X = np.arange(20, dtype=np.float32).reshape(4, 5)
LEVELS = ("none", "basic", "extended", "layout")
TYPES = (np.int32, np.int64)


@dataclass(frozen=True)
class Case:
    """An operator: nodes from the names of the indices and the result, the shape of the indices, what they are less than, whether only i64 is allowed."""

    nodes: Callable[[str, str], Sequence[NodeProto]]
    shape: tuple[int, ...]
    size: int
    says: str
    low: int | None = None
    types: tuple[type, ...] = TYPES

    @property
    def least(self) -> int:
        """The least index."""
        return -self.size if self.low is None else self.low


def scatter(name: str, updates: tuple[int, ...], **attributes: Any) -> Callable[[str, str], Sequence[NodeProto]]:
    """A scatter of ones."""
    ones = numpy_helper.from_array(np.ones(updates, np.float32))
    return lambda i, o: [N("Constant", [], [f"{o}_u"], value=ones), N(name, ["x", i, f"{o}_u"], [o], **attributes)]


CASES = {
    "gather": Case(lambda i, o: [N("Gather", ["x", i], [o], axis=1)], (2, 3), 5, "gather: index along axis 1"),
    "gather_rows": Case(lambda i, o: [N("Gather", ["x", i], [o])], (40,), 4, "gather: index along axis 0"),
    "gather_of_nothing": Case(lambda i, o: [N("Gather", ["empty", i], [o])], (3,), 4, "gather: index along axis 0"),
    "gather_elements": Case(lambda i, o: [N("GatherElements", ["x", i], [o], axis=1)], (3, 17), 5, "gather_elements: index along axis 1"),
    "gather_nd": Case(lambda i, o: [N("GatherND", ["x", i], [o])], (3, 1), 4, "gather_nd: index along axis 0", types=(np.int64,)),
    "scatter_elements": Case(scatter("ScatterElements", (2, 3), axis=0), (2, 3), 4, "scatter_elements: index along axis 0"),
    "scatter_add": Case(scatter("ScatterElements", (2, 3), axis=1, reduction="add"), (2, 3), 5, "scatter_elements: index along axis 1"),
    "scatter_many": Case(scatter("ScatterElements", (2, 50), axis=1), (2, 50), 5, "scatter_elements: index along axis 1"),
    "scatter_nd": Case(scatter("ScatterND", (3, 5)), (3, 1), 4, "scatter_nd: index along axis 0", types=(np.int64,)),
    "scatter_nd_many": Case(
        scatter("ScatterND", (60, 5), reduction="add"), (60, 1), 4, "scatter_nd: index along axis 0", types=(np.int64,)
    ),
    "cumulate": Case(lambda i, o: [N("CumSum", ["x", i], [o])], (), 2, "cumulate: axis"),
    "reverse_sequence": Case(
        lambda i, o: [N("ReverseSequence", ["x", i], [o], batch_axis=1, time_axis=0)], (5,), 5, "reverse_sequence: length", 0, (np.int64,)
    ),
    "tensor_scatter": Case(
        lambda i, o: [N("Slice", ["x", "from", "to"], [f"{o}_u"]), N("TensorScatter", ["x", f"{o}_u", i], [o], axis=1)],
        (4,),
        4,
        "tensor_scatter: write index",
        0,
        (np.int64,),
    ),
    "roi_align": Case(
        lambda i, o: [N("RoiAlign", ["image", "rois", i], [o], output_height=1, output_width=1)],
        (3,),
        2,
        "roi_align: batch index",
        0,
        (np.int64,),
    ),
    "lstm": Case(
        lambda i, o: [N("LSTM", ["steps", "weights", "recurrent", "", i], [o], hidden_size=2)],
        (4,),
        4,
        "lstm: sequence length",
        0,
        (np.int32,),
    ),
    "rotary": Case(
        lambda i, o: [N("RotaryEmbedding", ["image", "cos", "cos", i], [o])], (2, 3), 6, "gather: index along axis 0", types=(np.int64,)
    ),
}
SITES = [(name, np.dtype(t)) for name, case in CASES.items() for t in case.types]


def good(name: str, dtype: np.dtype) -> np.ndarray:
    """Indices in range, the ends of the range among them."""
    case = CASES[name]
    index = np.random.default_rng(len(name)).integers(case.least, case.size, case.shape).astype(dtype)
    index.reshape(-1)[:1] = case.least
    index.reshape(-1)[-1:] = case.size - 1
    return index


def bad(name: str, dtype: np.dtype, value: int, at: int = -1) -> np.ndarray:
    """The same with one index that is not."""
    index = good(name, dtype)
    index.reshape(-1)[at] = value
    return index


def total(case: Case, index: str, out: str) -> list[NodeProto]:
    """The operator, and the sum of its elements in two dimensions of size 1."""
    flat = [N("Reshape", [f"{out}_y", "minus_one"], [f"{out}_f"]), N("ReduceSum", [f"{out}_f"], [out], keepdims=1)]
    return [*case.nodes(index, f"{out}_y"), *flat]


def from_input(name: str, dtype: np.dtype, site: str) -> list[NodeProto]:
    """The index is an input of the model."""
    return total(CASES[name], f"i_{site}", f"y_{site}")


def computed(name: str, dtype: np.dtype, site: str) -> list[NodeProto]:
    """The index is computed from an input of the model."""
    zero = numpy_helper.from_array(np.array(0, dtype))
    nodes = [N("Constant", [], [f"z_{site}"], value=zero), N("Add", [f"i_{site}", f"z_{site}"], [f"c_{site}"])]
    return [*nodes, *total(CASES[name], f"c_{site}", f"y_{site}")]


def value_info(name: str, type: int, shape: Sequence[int]) -> ValueInfoProto:
    """A tensor of a graph."""
    return helper.make_tensor_value_info(name, type, shape)


def in_loop(name: str, dtype: np.dtype, site: str) -> list[NodeProto]:
    """The operator runs twice in the body of a loop."""
    inner = [N("Identity", ["c"], ["d"]), *total(CASES[name], f"i_{site}", f"t_{site}"), N("Add", ["v", f"t_{site}"], ["w"])]
    body = helper.make_graph(
        inner,
        f"body_{site}",
        [value_info("k", TensorProto.INT64, []), value_info("c", TensorProto.BOOL, []), value_info("v", TensorProto.FLOAT, [1])],
        [value_info("d", TensorProto.BOOL, []), value_info("w", TensorProto.FLOAT, [1])],
    )
    return [N("Loop", ["two", "", "start"], [f"y_{site}"], body=body)]


KINDS = {"input": from_input, "computed": computed, "loop": in_loop}


def model_of(nodes: Sequence[NodeProto], inputs: Sequence[ValueInfoProto], outputs: Sequence[str]) -> bytes:
    """A model over x, with what all kinds share."""
    constants = {
        "minus_one": np.array([-1], np.int64),
        "two": np.array(2, np.int64),
        "start": np.zeros(1, np.float32),
        "empty": np.zeros((4, 0), np.float32),
        "from": np.array([0, 0], np.int64),
        "to": np.array([4, 2], np.int64),
        "image": np.arange(24, dtype=np.float32).reshape(2, 1, 3, 4),
        "steps": np.ones((3, 4, 5), np.float32),
        "weights": np.full((1, 8, 5), 0.1, np.float32),
        "recurrent": np.full((1, 8, 2), 0.1, np.float32),
        "rois": np.array([[0, 0, 3, 2], [1, 0, 2, 2], [0, 1, 1, 2]], np.float32),
        "cos": np.ones((6, 2), np.float32),
    }
    graph: GraphProto = helper.make_graph(
        nodes,
        "g",
        [value_info("x", TensorProto.FLOAT, X.shape), *inputs],
        [value_info(o, TensorProto.FLOAT, [1]) for o in outputs],
        [numpy_helper.from_array(v, k) for k, v in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 24)])
    model.ir_version = 11
    return model.SerializeToString()


def message(model, feeds) -> str:
    """The error a run ends in."""
    with pytest.raises((ModelError, InferError)) as raised:
        model.run(feeds)
    return str(raised.value)


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_out_of_range_is_an_error_at_every_level(kind: str, tmp_path):
    sites = {f"{name}_{dtype}": (name, dtype) for name, dtype in SITES}
    nodes = [node for site, (name, dtype) in sites.items() for node in KINDS[kind](name, dtype, site)]
    inputs = [value_info(f"i_{site}", helper.np_dtype_to_tensor_dtype(dtype), CASES[name].shape) for site, (name, dtype) in sites.items()]
    path = tmp_path / "m.onnx"
    path.write_bytes(model_of(nodes, inputs, [f"y_{site}" for site in sites]))
    fitting = {"x": X, **{f"i_{site}": good(*at) for site, at in sites.items()}}
    reference = compile_model(str(path), "interpreter")
    want = reference.run(fitting)
    for level, threads in zip(LEVELS, (2, 1, 1, 2), strict=True):
        with compile_model(str(path), opt_level=level, num_threads=threads) as model:
            check_sites(model, reference if level == "none" else None, sites, fitting, want)


def check_sites(model, reference, sites, fitting, want) -> None:
    """One index of one operator out of range at a time; after each error the model runs as if nothing had been."""
    for site, (name, dtype) in sites.items():
        case, info = CASES[name], np.iinfo(dtype)
        for value in (case.size, case.least - 1, info.max, info.min):
            for at in (0, -1):
                feeds = fitting | {f"i_{site}": bad(name, dtype, int(value), at)}
                says = message(model, feeds)
                assert f"{case.says} is {value}, must be at least {case.least} and less than {case.size}" in says, (site, says)
        if reference is not None:
            assert message(reference, feeds) in says
    for name, got in model.run(fitting).items():
        np.testing.assert_allclose(got, want[name], rtol=1e-5)


@pytest.mark.parametrize("level", LEVELS)
def test_a_constant_index_out_of_range_is_an_error_where_it_is_reached(level: str, tmp_path):
    sites = {f"{name}_{dtype}": (name, dtype) for name, dtype in SITES if name != "cumulate"}
    nodes: list[NodeProto] = []
    for site, (name, dtype) in sites.items():
        constant = N("Constant", [], [f"i_{site}"], value=numpy_helper.from_array(bad(name, dtype, CASES[name].size)))
        out = [value_info(f"t_{site}", TensorProto.FLOAT, [1])]
        then = helper.make_graph([constant, *total(CASES[name], f"i_{site}", f"t_{site}")], f"then_{site}", [], out)
        other = helper.make_graph([N("Identity", ["start"], [f"e_{site}"])], f"else_{site}", [], [value_info(f"e_{site}", 1, [1])])
        nodes.append(N("If", [f"if_{site}"], [f"y_{site}"], then_branch=then, else_branch=other))
    inputs = [value_info(f"if_{site}", TensorProto.BOOL, []) for site in sites]
    path = tmp_path / "m.onnx"
    path.write_bytes(model_of(nodes, inputs, [f"y_{site}" for site in sites]))
    none = {"x": X, **{f"if_{site}": np.array(False) for site in sites}}
    reference = compile_model(str(path), "interpreter")
    with compile_model(str(path), opt_level=level, num_threads=1) as model:
        assert all(v == 0 for v in model.run(none).values())
        for site, (name, _) in sites.items():
            case, feeds = CASES[name], none | {f"if_{site}": np.array(True)}
            for each in (model, reference):
                assert f"{case.says} is {case.size}, must be at least" in message(each, feeds), site


def test_a_constant_axis_out_of_range_is_refused_when_the_model_is_compiled(tmp_path):
    axis = N("Constant", [], ["axis"], value=numpy_helper.from_array(np.array(2, np.int32)))
    path = tmp_path / "m.onnx"
    path.write_bytes(model_of([axis, *total(CASES["cumulate"], "axis", "y")], [], ["y"]))
    with pytest.raises(InferError, match="axis is 2, must be at least -2 and less than 2"):
        compile_model(str(path))
