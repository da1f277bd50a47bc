"""Hold every model against its reference at every level: the reference executor, and native code on 1 and 2 threads.

python tests/models/agreement.py                    all of it, an hour: no cell may be worse than in agreement.tsv; exit status 1 where one is
python tests/models/agreement.py bert_base resnet50    the rows of these models; --only small/: of those whose name holds a text
python tests/models/agreement.py --update           write the table anew (it may only improve; --force to let it fall)

A row is a model and a level; a cell is the largest error as a share of what the numerics contract allows (up to 1 agrees), or a failure.

    data/NAME             the fixtures of tests/models/data, against what their frameworks computed
    light/NAME            the onnx package's light models as they are, against the outputs it stores
    NAME                  the same with random weights, against ONNX Runtime; the exported zoo (benchmarks/models.py), against torch
    small/NAME            the exported zoo's small variants
    small/NAME-torchscript       the same by torch's older exporter

A model with symbolic dimensions runs at four more sizes from the same artefact, against ONNX Runtime (`sizes` counts the runs).
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / folder) for folder in ("benchmarks", "tests/conformance")]
import models
import zoo
from isolation import run_isolated
from oracle import Oracle, worst

import inferir
from inferir.backends.runtime.arrays import read_inputs
from inferir.backends.runtime.model import load_program
from inferir.backends.target import LEVELS
from inferir.tools.driver import build_program, make_context

Arrays = dict[str, np.ndarray]
Row = tuple[str, str, int, str, str, str]

TABLE = Path(__file__).with_suffix(".tsv")
HEADER = "model\tlevel\tsizes\texecutor\tnative, 1 thread\tnative, 2 threads"
DATA = Path(__file__).parent / "data"
FIXTURES = sorted(path.stem for path in DATA.glob("*.npz"))
LIMIT = 900.0
"""Seconds for a row."""


def names() -> list[str]:
    """Every model of the table, the small ones first."""
    small = [*models.MODELS, *(f"{name}-torchscript" for name in models.TORCH)]
    light = [m for m in zoo.MODELS if m not in zoo.SMALL]
    return [f"data/{n}" for n in FIXTURES] + [f"small/{n}" for n in small] + [f"light/{n}" for n in zoo.LIGHT] + light + [*models.MODELS]


def file_of(name: str) -> Path:
    """The file of a model of the table."""
    kind, _, base = name.rpartition("/")
    if kind == "data":
        return DATA / f"{base}.onnx"
    if kind == "light":
        return zoo.light(base)[0]
    if base in zoo.MODELS:
        return zoo.model(base)
    return models.onnx_file(base.removesuffix("-torchscript"), kind == "small", base.endswith("-torchscript"))


def runs(name: str) -> Iterator[tuple[Arrays, Arrays]]:
    """The inputs of each run and the outputs they must give."""
    kind, _, base = name.rpartition("/")
    path = file_of(name)
    if kind == "data":
        yield from fixture_runs(path)
    elif kind == "light":
        _, x, stored = zoo.light(base)
        graph = onnx.load(path).graph
        weights = {w.name for w in graph.initializer}
        yield {i.name: x for i in graph.input if i.name not in weights}, {graph.output[0].name: stored}
    elif base in zoo.MODELS:
        yield zoo.inputs(base), Oracle(path, 2).run(zoo.inputs(base))
    else:
        yield models.reference(path)
        if (base := base.removesuffix("-torchscript")) in models.DYNAMIC:
            oracle = Oracle(path, 2)
            for batch, length in models.SIZES:
                yield (given := models.resized(base, batch, length)), oracle.run(given)


def fixture_runs(path: Path) -> Iterator[tuple[Arrays, Arrays]]:
    """What is stored beside a fixture, then four sizes where its inputs have symbolic ones."""
    graph = onnx.load(path).graph
    model = inferir.compile(path, target="interpreter", opt_level="none")
    given = read_inputs(path.with_suffix(".npz"), tuple(model.inputs))
    with np.load(path.with_suffix(".npz")) as stored:
        expected = {o.name: stored[f"out{i}"] for i, o in enumerate(graph.output)}
    oracle: Any = None
    match path.stem:
        case "loop_scan_out":  # `n` was not kept, and the stack of three results was kept as their concatenation
            given["n"] = np.array(3)
            expected["ys"] = expected["ys"].reshape(3, 2, 2)
        case "train_bn_dropout_loss":  # a training step; we compile the inference of the same net
            given = {"x": given["x"]}
            oracle = Oracle(inference_form(path).SerializeToString(), 1)
            expected = oracle.run(given)
    yield given, expected
    symbols = {p.name: p.dims for p in model.inputs if any(isinstance(d, str) for d in p.dims)}
    if symbols:
        oracle = oracle or Oracle(path)
        rng = np.random.default_rng(0)
        for size in (1, 2, 5, 8):
            shapes = {n: [size if isinstance(d, str) else d for d in dims] for n, dims in symbols.items()}
            sized = given | {n: rng.standard_normal(shape, dtype=np.float32) for n, shape in shapes.items()}
            yield sized, oracle.run(sized)


def inference_form(path: Path) -> onnx.ModelProto:
    """A training graph as ONNX Runtime infers: batch norm by its running statistics, no dropout, no loss and no labels."""
    model = onnx.load(path)
    graph = model.graph
    for node in graph.node:
        if node.op_type == "BatchNormalization":
            del node.output[1:]
            next(a for a in node.attribute if a.name == "training_mode").i = 0
    for flag in graph.initializer:
        if flag.data_type == onnx.TensorProto.BOOL:
            flag.CopyFrom(numpy_helper.from_array(np.array(False), flag.name))
    for values in (graph.input, graph.output):
        kept = [v for v in values if v.name not in ("lab", "loss")]
        del values[:]
        values.extend(kept)
    del graph.node[-1]
    return model


def row_of(name: str, level: str) -> Row:
    """One row of the table, measured."""
    try:
        compared, path = list(runs(name)), file_of(name)
    except Exception as e:  # noqa: BLE001
        return name, level, 0, failure(e), failure(e), failure(e)

    def share(run: Callable[[Arrays], Arrays]) -> str:
        return f"{max(worst(run(given), expected) for given, expected in compared):.2g}"

    def native(threads: int) -> str:
        with load_program(program, threads) as model:
            return share(model.run)

    executor = outcome(lambda: share(inferir.compile(path, target="interpreter", opt_level=level).run))
    try:
        program = build_program(path, "cpu", level, {}, make_context())
    except Exception as e:  # noqa: BLE001
        return name, level, len(compared), executor, failure(e), failure(e)
    return name, level, len(compared), executor, outcome(lambda: native(1)), outcome(lambda: native(2))


def outcome(measured: Callable[[], str]) -> str:
    """What it gives, or why it gives nothing."""
    try:
        return measured()
    except Exception as e:  # noqa: BLE001  (whatever the compiler or a kernel raises is a row of the table, not the end of it)
        return failure(e)


def failure(error: Exception) -> str:
    """An exception in a cell."""
    return f"fail: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".replace("\t", " ")


def agrees(cell: str) -> bool:
    """Whether a cell is a share of the allowed error up to 1."""
    try:
        return float(cell) <= 1
    except ValueError:
        return False


def read_table() -> dict[tuple[str, str], list[str]]:
    """The three cells by model and level."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:] if TABLE.is_file() else []
    return {(name, level): cells for name, level, _, *cells in (line.split("\t") for line in lines)}


def worse(row: Row) -> list[str]:
    """What of a row agrees in the table and does not now."""
    before = read_table().get(row[:2], [])
    where = HEADER.split("\t")[3:]
    pairs = zip(where, before, row[3:], strict=False)
    return [f"{row[0]} at {row[1]}, {at}: {now} ({then} before)" for at, then, now in pairs if agrees(then) and not agrees(now)]


def measured(chosen: list[tuple[str, str]], jobs: int) -> Iterator[Row]:
    """The rows as they end, each in a process of its own, so that a crash is one row."""
    for index, line in run_isolated(lambda i: "\t".join(map(str, row_of(*chosen[i]))), len(chosen), jobs, LIMIT):
        cells = line.split("\t")
        if len(cells) == 6:
            yield cells[0], cells[1], int(cells[2]), cells[3], cells[4], cells[5]
        else:
            yield *chosen[index], 0, line, line, line


def write(rows: list[Row]) -> None:
    """Put rows into the table; those that were not run stay as they are."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:] if TABLE.is_file() else []
    kept = {tuple(line.split("\t")[:2]): line for line in lines} | {row[:2]: "\t".join(map(str, row)) for row in rows}
    order = [(name, level) for name in names() for level in LEVELS]
    TABLE.write_text("\n".join([HEADER, *(kept[key] for key in order if key in kept)]) + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Run, print the rows, compare or update."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=names(), help="names of the table (default: all)")
    parser.add_argument("--only", default="", metavar="TEXT", help="those of them that hold a text")
    parser.add_argument("--level", choices=LEVELS, action="append")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore")
    chosen = [(name, level) for name in options.models if options.only in name for level in options.level or LEVELS]
    rows: list[Row] = []
    print(HEADER)
    for row in measured(chosen, options.jobs):
        print(*row, sep="\t", flush=True)
        rows.append(row)
    cells = [cell for row in rows for cell in row[3:]]
    print(f"{sum(map(agrees, cells))} of {len(cells)} agree")
    fallen = [text for row in rows for text in worse(row)]
    print("\n".join(fallen), file=sys.stderr, end="\n" if fallen else "")
    if options.update and (not fallen or options.force):
        write(rows)
    return 1 if fallen and not options.force else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
