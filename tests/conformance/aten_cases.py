"""The cases of torch's operators, through the reference executor and through native code.

    python tests/conformance/aten_cases.py --update            # write aten.tsv
    python tests/conformance/aten_cases.py index.Tensor        # one operator, with what goes wrong; --update writes its lines

`data/aten.zip` holds them, as `generate_aten.py` had torch compute them. A line of the table: case, whether the operator is one of Core ATen, what the
reference executor makes of it, what native code at level layout does (`native`, or `fallback` with the operators that have no kernel).
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inferir.backends.host.text import host_op
from inferir.core import InferError, make_context
from inferir.core.walk import walk
from inferir.dialects.cpu import FALLBACK
from inferir.tools.driver import build, compile_model

FOLDER = Path(__file__).parent
ARCHIVE, TABLE = FOLDER / "data/aten.zip", FOLDER / "aten.tsv"
WORKS = ("ok", "native", "fallback")


@dataclass(frozen=True)
class Case:
    """One case: its name, its graph, its arrays."""

    name: str
    graph: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def listed(self, kind: str) -> list[np.ndarray]:
        """The inputs (`in`) or outputs (`out`) in order."""
        return [self.arrays[f"{kind}{i}"] for i in range(sum(k.startswith(kind) for k in self.arrays))]

    def write(self, folder: Path) -> Path:
        """The program as torch.export saves it."""
        path = folder / "case.pt2"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("case/models/model.json", json.dumps({k: v for k, v in self.graph.items() if k != "core"}))
            archive.writestr("case/data/weights/model_weights_config.json", '{"config": {}}')
            archive.writestr("case/archive_format", "pt2")
        return path


def cases() -> Iterator[Case]:
    """All cases."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in [n.removesuffix(".json") for n in archive.namelist() if n.endswith(".json")]:
            with np.load(io.BytesIO(archive.read(f"{name}.npz"))) as stored:
                yield Case(name, json.loads(archive.read(f"{name}.json")), dict(stored))


def verdict(case: Case, target: str, folder: Path) -> str:
    """What a target makes of a case."""
    path = case.write(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            level = "none" if target == "interpreter" else "layout"
            found = compile_model(path, target, level)(*case.listed("in"))
            note = "ok" if target == "interpreter" else _kernels(path)
    except InferError as problem:
        notes = [n.message for n in problem.notes if "--plugin" not in n.message]
        return f"error: {'; '.join([str(problem).removeprefix(str(path)), *notes])[:160]}".replace("\n", " ")
    wrong = _difference(found if isinstance(found, tuple) else (found,), case.listed("out"))
    return wrong or note


def _kernels(path: Path) -> str:
    """`native`, or the operators without a kernel."""
    _, module = build(path, "cpu", "layout", {}, make_context())
    left = sorted({host_op(op).op for op in walk(module) if FALLBACK in op.attributes})
    return f"fallback {', '.join(left)}" if left else "native"


def _difference(found: tuple[Any, ...], wanted: list[np.ndarray]) -> str | None:
    """What is wrong with results, None where they agree within the numerics contract."""
    if len(found) != len(wanted):
        return f"wrong: {len(found)} results, {len(wanted)} expected"
    for index, (a, b) in enumerate(zip(found, wanted, strict=True)):
        a = np.asarray(a)
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"wrong: result {index} is {a.dtype}{list(a.shape)}, expected {b.dtype}{list(b.shape)}"
        finite = b[np.isfinite(b)] if b.dtype.kind == "f" else b
        scale = float(np.abs(finite.astype(np.float64)).max(initial=0))
        loose = 1e-3 if b.dtype.kind == "f" else 0
        if not np.allclose(a, b, rtol=loose, atol=1e-5 * scale if loose else 0, equal_nan=True):
            return f"wrong: result {index} is off by {float(np.nanmax(np.abs(a.astype(np.float64) - b))):.3g}"
    return None


def row(case: Case, folder: Path) -> list[str]:
    """The line of a case."""
    return [case.name, "core" if case.graph["core"] else "export", *(verdict(case, t, folder) for t in ("interpreter", "cpu"))]


def table() -> dict[str, list[str]]:
    """The committed lines by case."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return {cells[0]: cells for cells in (line.split("\t") for line in lines) if cells[0] and cells[0] != "case"}


def main(argv: list[str]) -> int:
    """Print or update the lines."""
    wanted = [a for a in argv if not a.startswith("-")]
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for case in cases():
            if not wanted or case.name.partition("#")[0] in wanted:
                rows.append(row(case, Path(folder)))
                if wanted or not all(cell.startswith(WORKS) for cell in rows[-1][2:]):
                    print(*rows[-1], sep="\t", flush=True)
    good = {r[0].partition("#")[0] for r in rows if all(c.startswith(WORKS) for c in r[2:])}
    bad = {r[0].partition("#")[0] for r in rows if not all(c.startswith(WORKS) for c in r[2:])}
    core = {r[0].partition("#")[0] for r in rows if r[1] == "core"}
    counts = [len(s) for s in (good - bad, (good - bad) & core, (good - bad) - core)]
    print("{} overloads right in all cases: {} of Core ATen, {} beyond".format(*counts))
    if "--update" in argv:
        known = {**(table() if wanted else {}), **{r[0]: r for r in rows}}
        TABLE.write_text("\n".join("\t".join(r) for r in [["case", "set", "interpreter", "cpu"], *known.values()]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
