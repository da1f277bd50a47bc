"""The cases of the ONNX backend suite, and how one is run through our compiler."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.backends.target import find_target
from inferir.core import PassManager, execute, make_context
from inferir.frontends.onnx import load

TABLES = {"reference": Path(__file__).with_name("onnx.tsv"), "cpu": Path(__file__).with_name("onnx_cpu.tsv")}
"""The committed results of the reference executor, and of native code."""
_ONE_LINE = str.maketrans("\n\t", "  ")
PASSED = ("native", "fallback")
KINDS = ("node", "simple", "pytorch-operator", "pytorch-converted", "light")


@dataclass(frozen=True)
class Case:
    """One model with its inputs and expected outputs."""

    name: str
    kind: str
    model: onnx.ModelProto | Path
    data: Callable[[onnx.ModelProto], list[tuple[list[Any], list[Any]]]]
    rtol: float
    atol: float


def all_cases() -> Iterator[Case]:
    """The 2,033 cases, by kind and name."""
    from onnx.backend.test.loader import load_model_tests

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {kind: load_model_tests(kind=kind) for kind in KINDS[:-1]}
    for kind, cases in found.items():
        for case in sorted(cases, key=lambda c: c.name):
            yield _case(case, kind)
    light = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for path in sorted(light.glob("*.onnx")):
        yield Case(path.stem, "light", path, lambda model, path=path: _light_data(model, path), 1e-3, 1e-5)


def _case(case: Any, kind: str) -> Case:
    if case.model is not None:
        return Case(case.name, kind, case.model, lambda model: case.data_sets, case.rtol, case.atol)
    folder = Path(case.model_dir)
    return Case(case.name, kind, folder / "model.onnx", lambda model: list(_stored(folder, model)), case.rtol, case.atol)


def _stored(folder: Path, model: onnx.ModelProto) -> Iterator[tuple[list[Any], list[Any]]]:
    for data in sorted(folder.glob("test_data_set_*")):
        yield (
            [_value(p, v.type) for p, v in zip(_in_order(data, "input"), model.graph.input, strict=False)],
            [_value(p, v.type) for p, v in zip(_in_order(data, "output"), model.graph.output, strict=False)],
        )


def _in_order(folder: Path, what: str) -> Sequence[Path]:
    return sorted(folder.glob(f"{what}_*.pb"), key=lambda p: int(p.stem.rpartition("_")[2]))


def _value(path: Path, type: onnx.TypeProto) -> Any:
    content = path.read_bytes()
    if type.HasField("sequence_type"):
        return numpy_helper.to_list(onnx.SequenceProto.FromString(content))
    if type.HasField("optional_type"):
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(content))
    return numpy_helper.to_array(onnx.TensorProto.FromString(content))


def _light_data(model: onnx.ModelProto, path: Path) -> list[tuple[list[Any], list[Any]]]:
    stored = path.with_name(f"{path.stem}_output_0.pb")
    if not stored.is_file():
        return []
    known = {i.name for i in model.graph.initializer}
    shapes = [[d.dim_value for d in v.type.tensor_type.shape.dim] for v in model.graph.input if v.name not in known]
    # As onnx.backend.test.runner makes them: a ramp over the whole input.
    inputs = [(np.arange(int(np.prod(s))).reshape(s) / int(np.prod(s))).astype(np.float32) for s in shapes]
    return [(inputs, [numpy_helper.to_array(onnx.TensorProto.FromString(stored.read_bytes()))])]


def run_case(case: Case) -> str:
    """Import, convert and execute a case in the reference executor. `ok`, or why not in one line."""
    return _guarded(case, _reference)


def run_compiled(case: Case) -> str:
    """Import a case, compile it for the processor and run it. `native`, `fallback: ops`, or `fail: ` and why in one line."""
    result = _guarded(case, _compiled)
    return result if result.startswith(PASSED) else f"fail: {result}"


def _guarded(case: Case, run: Callable[[Path, onnx.ModelProto, Case], str]) -> str:
    from inferir.core import InferError

    try:
        model = onnx.load(case.model) if isinstance(case.model, Path) else case.model
        with tempfile.TemporaryDirectory() as folder:
            path = case.model if isinstance(case.model, Path) else Path(folder) / "model.onnx"
            if not isinstance(case.model, Path):
                path.write_bytes(model.SerializeToString())
            return run(path, model, case)
    except ModelError as problem:
        return str(problem)
    except InferError as problem:
        first = {n.message.partition(":")[0]: n.message for n in reversed(problem.notes)}
        notes = "".join(f" | {message}" for message in reversed(first.values()))
        return f"{problem.message}{notes}".translate(_ONE_LINE)[:400]
    except Exception as problem:  # noqa: BLE001 -- a crash is a result too, and must not stop the run
        return f"crash: {type(problem).__name__}: {problem}".translate(_ONE_LINE)[:240]


def _reference(path: Path, model: onnx.ModelProto, case: Case) -> str:
    ctx = make_context()
    module = load(path, ctx)
    PassManager("builtin.module(convert-framework-to-inference)", ctx).run(module)
    return _compare(lambda inputs: execute(module, inputs, ctx), model, case) or "ok"


def _compiled(path: Path, model: onnx.ModelProto, case: Case) -> str:
    """As infer-compile does, but for what it leaves out of a training graph: the suite asks for losses and for dropout that drops."""
    ctx, target = make_context(), find_target("cpu")
    module = load(path, ctx)
    PassManager("builtin.module(convert-framework-to-inference)", ctx).run(module)
    target.prepare(module, None)
    PassManager(target.pipeline("layout"), ctx).run(module)
    with target.load(target.build(module, ctx), 1) as runnable:
        problem = _compare(lambda inputs: _called(runnable, inputs), model, case)
        assert isinstance(runnable, Model)
        ops = dict.fromkeys(f"{o.op} ({o.reason})".translate(_ONE_LINE) for o in runnable.program.host_ops)
    found = f"fallback: {' | '.join(ops)}"[:400] if ops else "native"
    return found if problem is None else f"{problem} ({found})"


def _called(model: Any, inputs: list[Any]) -> list[Any]:
    """The outputs, as a user gets them: arrays of ml_dtypes go in and come out as they are."""
    outputs = model(*inputs)
    return list(outputs) if isinstance(outputs, tuple) else [outputs]


def _compare(run: Callable[[list[Any]], list[Any]], model: onnx.ModelProto, case: Case) -> str | None:
    """How the outputs differ from the expected ones; None where they do not."""
    for inputs, expected in case.data(model):
        found = run([_plain(i) for i in inputs])
        if len(found) < len(expected):
            return f"{len(found)} outputs, expected {len(expected)}"
        for got, want in zip(found, expected, strict=False):
            problem = difference(got, _plain(want), case.rtol, case.atol)
            if problem is not None:
                return problem
    return None


def _plain(value: Any) -> Any:
    """A value as the executor takes it."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, onnx.TensorProto):
        return numpy_helper.to_array(value)
    return value if value is None else np.asarray(value)


def difference(got: Any, want: Any, rtol: float, atol: float) -> str | None:
    """How a result differs from what is expected; None where it does not."""
    if want is None or isinstance(want, list | tuple):
        if want is None:
            return None if got is None else "a value, expected none"
        if len(got) != len(want):
            return f"{len(got)} elements, expected {len(want)}"
        return next((d for g, w in zip(got, want, strict=True) if (d := difference(g, w, rtol, atol)) is not None), None)
    got, want = np.asarray(got), np.asarray(want)
    if want.dtype.kind in "OUST" or got.dtype.kind in "OUST":
        same = [_text(g) for g in got.reshape(-1)] == [_text(w) for w in want.reshape(-1)] and got.shape == want.shape
        return None if same else f"strings differ: {got.reshape(-1)[:4]}, expected {want.reshape(-1)[:4]}"
    if got.dtype != want.dtype:
        return f"dtype {got.dtype}, expected {want.dtype}"
    if got.shape != want.shape:
        return f"shape {got.shape}, expected {want.shape}"
    if want.dtype.kind not in "fc" and want.dtype.itemsize and want.dtype.kind not in "iub":
        got, want = got.astype(np.float32), want.astype(np.float32)
    if np.allclose(got, want, rtol, atol, equal_nan=True):
        return None
    with np.errstate(all="ignore"):
        return f"differs by up to {np.nanmax(np.abs(got.astype(np.float64) - want.astype(np.float64))):.3g}"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def blocked_by(result: str) -> list[str]:
    """The ops that keep a case from being native, out of its result."""
    if result.startswith("fallback"):
        return sorted({op.partition(" (")[0] for op in result.partition(": ")[2].split(" | ")})
    return sorted(set(re.findall(r"(?:inference|framework)\.[\w.]+", result))) or [re.sub(r"[\d.e+-]*\d", "#", result)[:70]]


def read_table(target: str = "reference") -> dict[str, str]:
    """Result by case of a committed table: `ok`, `native`, `fallback: ops`, or the reason why not."""
    table = TABLES[target]
    lines = table.read_text(encoding="utf-8").splitlines()[1:] if table.is_file() else []
    return {name: result for name, _, result in (line.split("\t") for line in lines)}


def grade(result: str) -> int:
    """How good a result is: 2 for the best, 1 where part of it runs in the reference executor, 0 for a failure."""
    return 2 if result in ("ok", "native") else int(result.startswith("fallback"))
