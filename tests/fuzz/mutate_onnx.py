"""Feed damaged ONNX files to import, or to compilation and a run beside ONNX Runtime: every one ends in a result or one line, soon and in little memory.

    python tests/fuzz/mutate_onnx.py import --count 10000 --seed 0 [--backend-suite] [--keep FOLDER]
    python tests/fuzz/mutate_onnx.py run --count 1000 --seed 0 [--level layout]
    python tests/fuzz/mutate_onnx.py run --seed 0 --only 17 --keep FOLDER        # leave that mutant there, run nothing

The files are the tests' small models and, with --backend-suite, those of the ONNX backend suite. Prints the counts, and what went wrong; exit code 1 if
anything did. Results that differ from ONNX Runtime's are listed and left to judgement: ONNX Runtime takes models that are not valid.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import onnx
from onnx_mutations import mutate
from sandbox import BAD, Hang, Verdict, verdicts

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 100_000
"""Bytes of a model to start from."""
LONGEST = 5_000
"""Characters of an error."""
STRUCTURAL = {"import": 0.7, "run": 0.85}
FAILED = (*BAD, "bad error")


def corpus(backend_suite: bool) -> list[bytes]:
    """The serialised models to start from."""
    data = Path(onnx.__file__).parent / "backend" / "test" / "data"
    folders = (ROOT / "tests" / "models" / "data", data / "simple", data / "pytorch-operator", data / "pytorch-converted")
    found = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.onnx")) if path.stat().st_size <= LARGEST]
    if backend_suite:
        sys.path.insert(0, str(ROOT / "tests" / "conformance"))
        from backend_suite import all_cases

        models = [case.model.SerializeToString() for case in all_cases() if isinstance(case.model, onnx.ModelProto)]
        found += [model for model in models if len(model) <= LARGEST]
    return found


def mutant(files: list[bytes], mode: str, seed: str, number: int) -> bytes:
    """Mutant `number` of a seed."""
    rng = random.Random(f"{seed}/{number}")
    return mutate(rng.choice(files), STRUCTURAL[mode], rng)


def surroundings(folder: Path) -> Path:
    """What paths of the mutants may meet beside the model; where the model goes."""
    (folder / "w.data").write_bytes(bytes(64))
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to("loop")
    return folder / "m.onnx"


def imported(path: Path) -> Verdict:
    """What infer-import makes of a file."""
    from inferir.tools import infer_import

    out, err = io.StringIO(), io.StringIO()
    code = infer_import.main([str(path), "-o", "-"], io.StringIO(), out, err)
    said = err.getvalue()
    if code == 0:
        return Verdict("accepted")
    if code != 1 or "error: " not in said or len(said) > LONGEST or "(a bug in" in said:
        return Verdict("bad error", f"code {code}, {len(said)} characters: {said[:200]}")
    return Verdict("error")


def compiled_and_run(path: Path, level: str, number: int) -> Verdict:
    """What inferir computes for a file, beside ONNX Runtime."""
    from inferir.backends.runtime.arrays import random_inputs
    from inferir.backends.runtime.program import ModelError
    from inferir.core import InferError
    from inferir.tools.driver import compile_model

    feeds, ours, problem = {}, [], ""
    try:
        model = compile_model(str(path), num_threads=1, opt_level=level)
        feeds = random_inputs(tuple(model.inputs), {}, number)
        ours = list(model.run(feeds).values())
    except (InferError, ModelError) as e:
        problem = str(e).replace(str(path), "M") or type(e).__name__
    if len(problem) > LONGEST or "(a bug in" in problem:
        return Verdict("bad error", f"{len(problem)} characters: {problem[:200]}")
    if problem and not feeds:
        return Verdict("error", problem[:100])
    theirs = _onnxruntime(path, feeds)
    if isinstance(theirs, str):
        return Verdict("error" if problem else "accepted", theirs)
    if problem:
        return Verdict("refused where ONNX Runtime runs", problem[:150])
    if len(ours) != len(theirs):
        return Verdict("differs", f"{len(ours)} outputs, ONNX Runtime has {len(theirs)}")
    found = next((d for a, b in zip(ours, theirs, strict=True) if (d := _difference(a, b))), "")
    return Verdict("differs", found) if found else Verdict("same")


def _onnxruntime(path: Path, feeds: dict) -> list | str:
    """ONNX Runtime's outputs, or why it has none. It runs in a child of its own: it may crash."""
    from multiprocessing import get_context

    context = get_context("fork")
    mine, other = context.Pipe(duplex=False)
    child = context.Process(target=_serve_onnxruntime, args=(path, feeds, other))
    child.start()
    other.close()
    try:
        return mine.recv() if mine.poll(20) else "ONNX Runtime hangs"
    except EOFError:
        return "ONNX Runtime crashes"
    finally:
        child.kill()
        child.join()


def _serve_onnxruntime(path: Path, feeds: dict, pipe) -> None:
    import onnxruntime

    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 4
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        pipe.send([v if isinstance(v, np.ndarray) else np.zeros(0) for v in session.run(None, feeds)])
    except (Exception, Hang) as e:  # noqa: BLE001 -- it refuses, for whatever reason
        pipe.send(f"ONNX Runtime refuses: {str(e)[:80]}")


def _difference(got: object, want: np.ndarray) -> str:
    """What differs between two results, as far as floats go."""
    if not isinstance(got, np.ndarray) or got.dtype.kind not in "biuf" or want.dtype.kind not in "biuf":
        return ""
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{got.dtype}{list(got.shape)}, ONNX Runtime has {want.dtype}{list(want.shape)}"
    a, b = got.astype(np.float64), want.astype(np.float64)
    largest = np.abs(b[np.isfinite(b)]).max(initial=1e-6)
    rtol = 0.0 if want.dtype.kind != "f" else 1e-2 if want.dtype.itemsize == 2 else 1e-3
    with np.errstate(all="ignore"):
        same = np.isclose(a, b, rtol, rtol / 10 * largest, equal_nan=True)
    return "" if same.all() else f"{np.count_nonzero(~same)} of {same.size} {want.dtype} differ"


def summary(results: list[tuple[int, Verdict]]) -> str:
    """Counts by verdict, and the distinct notes of what is not right."""
    counts = Counter(v.kind for _, v in results)
    lines = [f"{len(results)} inputs: " + ", ".join(f"{kind} {count}" for kind, count in counts.most_common())]
    notes: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for number, verdict in results:
        if verdict.kind not in ("error", "accepted", "same"):
            notes[verdict.kind, verdict.note[:60]].append((number, verdict.note))
    for (kind, _), found in sorted(notes.items(), key=lambda item: -len(item[1])):
        lines.append(f"  {len(found):5} {kind}: input {found[0][0]}: {found[0][1][:240]}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=tuple(STRUCTURAL))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--level", default="layout")
    parser.add_argument("--backend-suite", action="store_true")
    parser.add_argument("--keep", type=Path, help="write every input that went wrong, and the verdicts, into this folder")
    parser.add_argument("--only", type=int, help="write this mutant into the folder and stop")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    files = corpus(args.backend_suite)
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    if args.only is not None:
        (args.keep or Path()).joinpath(f"{args.seed}-{args.only}.onnx").write_bytes(mutant(files, args.mode, args.seed, args.only))
        return 0
    _warm_up(args.mode)
    results: list[tuple[int, Verdict]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = surroundings(Path(folder))

        def work(number: int) -> Verdict:
            path.write_bytes(mutant(files, args.mode, args.seed, number))
            return imported(path) if args.mode == "import" else compiled_and_run(path, args.level, number)

        for number, verdict in verdicts(work, range(args.first, args.first + args.count)):
            results.append((number, verdict))
            if args.keep and verdict.kind in (*FAILED, "differs", "refused where ONNX Runtime runs"):
                kept = args.keep / f"{verdict.kind.split()[0]}-{args.seed}-{number}.onnx"
                kept.write_bytes(mutant(files, args.mode, args.seed, number))
    print(summary(results))
    if args.keep:
        listed = [(number, v.kind, v.note) for number, v in results]
        (args.keep / f"{args.mode}-{args.seed}-{args.first}.json").write_text(json.dumps(listed), encoding="utf-8")
    return 1 if any(v.kind in FAILED for _, v in results) else 0


def _warm_up(mode: str) -> None:
    """Import what a child would have to import, in each child anew."""
    from inferir.tools import infer_import
    from inferir.tools.driver import compile_model

    model = str(ROOT / "tests" / "models" / "data" / "cond.onnx")
    infer_import.main([model, "-o", "-"], io.StringIO(), io.StringIO(), io.StringIO())
    if mode == "run":
        compile_model(model, num_threads=1)
        import onnxruntime  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
