"""Run upstream MLIR's own tests of the general transforms with infer-opt in mlir-opt's place; list what differs, by reason.

    python tests/peers/mlir_suite.py CHECKOUT [--under mlir/test/Transforms] [--only cse] [--verbose] [--least 60]

CHECKOUT is a checkout of github.com/llvm/llvm-project at the version of the mlir-opt that is installed (22); it needs FileCheck
too (Debian: mlir-22-tools, llvm-22-tools). A file is cut into its chunks at `// -----`; each RUN line that runs only passes named
below is tried on each chunk. A chunk counts where mlir-opt itself passes it and infer-opt has every dialect it uses; it passes where
FileCheck accepts infer-opt's output, or where mlir-opt reads that output as the module it prints itself. Exit code 1 if fewer than
`--least` percent pass.
"""

import argparse
import io
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from inferir.core import discovery, make_context
from inferir.core.split_input import split
from inferir.tools.infer_opt import main as infer_opt

MARKER = "// -----"
TRANSFORMS = {
    *("canonicalize", "cse", "sccp", "inline", "symbol-dce", "symbol-privatize", "loop-invariant-code-motion", "control-flow-sink"),
    *("mem2reg", "sroa", "remove-dead-values", "strip-debuginfo", "print-op-stats", "topological-sort", "snapshot-op-locations"),
    *("view-op-graph", "composite-fixed-point-pass", "print-ir", "generate-runtime-verification"),
    *("loop-invariant-subset-hoisting", "bubble-down-memory-space-casts"),
}
FOREIGN = {"test"}
"""Dialects that share their name with one of ours and nothing else."""
SECONDS = 30


@dataclass(frozen=True)
class Run:
    """One RUN line: the arguments of mlir-opt and those of FileCheck, None where the output is not checked."""

    arguments: tuple[str, ...]
    check: tuple[str, ...] | None
    errors_too: bool


@dataclass(frozen=True)
class Outcome:
    """What came of one chunk under one RUN line: the kind, and the reason where it is not `passes`."""

    kind: str
    reason: str = ""


def tool(*names: str) -> str:
    """The first of these programs that is installed."""
    for name in names:
        found = shutil.which(name) or shutil.which(f"/usr/lib/llvm-22/bin/{name}")
        if found:
            return found
    raise SystemExit(f"{names[0]} is not installed (Debian: mlir-22-tools, llvm-22-tools)")


def run_lines(text: str) -> Iterator[Run]:
    """The RUN lines of a test that are one mlir-opt, with or without a FileCheck behind it."""
    joined = re.sub(r"\\\n\s*//\s*RUN:", " ", text)
    for command in re.findall(r"//\s*RUN:\s*(.+)", joined):
        stages = [shlex.split(stage.replace("2>&1", "")) for stage in re.split(r"(?<!\|)\|(?!\|)", command)]
        names = [stage[0] if stage else "" for stage in stages]
        if names == ["mlir-opt"]:
            yield Run(tuple(stages[0][1:]), None, False)
        elif names == ["mlir-opt", "FileCheck"]:
            yield Run(tuple(stages[0][1:]), tuple(stages[1][1:]), "2>&1" in command.partition("|")[0])


def passes_of(arguments: Sequence[str]) -> set[str]:
    """The names of the passes that are run, without those of the ops they are nested on."""
    found = set()
    for word in arguments:
        name, _, given = word.lstrip("-").partition("=")
        if name in ("pass-pipeline", "p"):
            found |= set(re.findall(r"[\w-]+(?![\w.(-])", re.sub(r"\{[^}]*\}", "", given)))
        elif word.startswith("-") and name in known_passes():
            found.add(name)
    return found


@cache
def known_passes() -> frozenset[str]:
    """The passes of mlir-opt."""
    said = subprocess.run([tool("mlir-opt-22", "mlir-opt"), "--help"], capture_output=True, text=True, check=False).stdout
    return frozenset(re.findall(r"^ {6}--([\w-]+)", said, re.MULTILINE))


class TooLong(Exception):
    """A run of infer-opt that took more than SECONDS."""


def _too_long(*_: object) -> None:
    raise TooLong


def placed(arguments: Sequence[str], file: Path) -> list[str]:
    """Arguments with lit's substitutions made."""
    return [word.replace("%s", str(file)).replace("%t", f"{file}.tmp") for word in arguments]


def ours(arguments: Sequence[str], file: Path) -> tuple[int, str, str]:
    """infer-opt's exit code, output and messages."""
    out, err = io.StringIO(), io.StringIO()
    words = placed(arguments, file)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        code = infer_opt(words, io.StringIO(), out, err)
    except TooLong:
        return 124, "", f"more than {SECONDS} s"
    finally:
        signal.alarm(0)
    return code, out.getvalue(), err.getvalue()


def theirs(arguments: Sequence[str], file: Path, text: str | None = None) -> tuple[int, str, str]:
    """mlir-opt's exit code, output and messages."""
    words = placed(arguments, file)
    command = [tool("mlir-opt-22", "mlir-opt"), *words]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout, done.stderr


def accepts(check: Sequence[str], file: Path, output: str) -> str:
    """FileCheck's first complaint about an output, empty where it has none."""
    command = [tool("FileCheck-22", "FileCheck"), *(word.replace("%s", str(file)) for word in check), "--allow-empty"]
    done = subprocess.run(command, input=output, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else next((line for line in done.stderr.splitlines() if "error" in line), "not accepted")


def dialects_of(file: Path) -> set[str] | None:
    """The dialects of a chunk's ops and types as mlir-opt reads them, None where it does not."""
    code, out, _ = theirs(["--allow-unregistered-dialect", "--mlir-print-op-generic", "--mlir-print-local-scope", str(file)], file)
    bare = re.sub(r'(?<=[\w=] )"(?:[^"\\]|\\.)*"(?!\()', "", out)
    return (
        {name.partition(".")[0] for name in re.findall(r'"([a-zA-Z_]\w*\.[\w.]+)"\(|[!#](\w+)[.<]', bare) for name in name if name}
        if code == 0
        else None
    )


def normal(output: str, file: Path) -> str | None:
    """An output in mlir-opt's own form, None where it cannot read it."""
    flags = ["--allow-unregistered-dialect", "--mlir-print-op-generic", "--mlir-print-local-scope", "-"]
    code, out, _ = theirs(flags, file, output)
    return out if code == 0 else None


def judge(run: Run, file: Path, have: frozenset[str], theirs_too: frozenset[str]) -> Outcome:
    """One chunk under one RUN line."""
    there = theirs(run.arguments, file)
    if there[0] != 0 or (run.check is not None and accepts(run.check, file, there[1] + there[2] * run.errors_too)):
        return Outcome("not on its own")
    used = dialects_of(file)
    lacking = sorted(name for name in used or () if name in theirs_too and name not in have)
    if lacking:
        return Outcome("dialect", ", ".join(lacking))
    code, out, err = ours(run.arguments, file)
    if run.check is not None and code == 0 and not accepts(run.check, file, out + err * run.errors_too):
        return Outcome("passes")
    if run.check is None and code == 0:
        return Outcome("passes")
    if code != 0:
        first = next((line for line in err.splitlines() if "error" in line), err[:200])
        return Outcome("fails", re.sub(r"^.*?error: ", "", first)[:110])
    mine = normal(out, file)
    if mine is not None and mine == normal(there[1], file):
        return Outcome("passes")
    return Outcome("fails", "another result")


def chunks(checkout: Path, under: Sequence[str], only: str) -> Iterator[tuple[Path, int, str, list[Run]]]:
    """The chunks of the tests with the RUN lines that count."""
    for folder in under:
        for file in sorted((checkout / folder).rglob("*.mlir")):
            text = file.read_text(encoding="utf-8")
            runs = [
                run
                for run in run_lines(text)
                if (named := passes_of(run.arguments)) and named <= TRANSFORMS and (not only or only in named)
            ]
            if runs:
                yield from ((file, line, chunk, runs) for line, chunk in split(text, MARKER) if chunk.strip())


def main() -> int:
    """All chunks; the count of each outcome, and the reasons."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("checkout", type=Path)
    options.add_argument("--under", nargs="*", default=["mlir/test/Transforms"], help="folders below the checkout")
    options.add_argument("--only", default="", help="a pass: only RUN lines with it")
    options.add_argument("--file", default="", help="only files whose name has this in it")
    options.add_argument("--least", type=float, default=60, help="percent of the chunks that must pass")
    options.add_argument("--verbose", action="store_true", help="every chunk that fails")
    args = options.parse_args()
    have = frozenset({*discovery.our_dialects(), *make_context().registered_dialect_names, "builtin"}) - FOREIGN
    listed = subprocess.run([tool("mlir-opt-22", "mlir-opt"), "--show-dialects"], capture_output=True, text=True, check=True).stdout
    known = frozenset(re.findall(r"[a-z]\w*", listed.partition(":")[2]))
    counts: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    by_pass: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path, line, text, runs in chunks(args.checkout, args.under, args.only):
            if args.file not in path.name:
                continue
            file = Path(folder) / path.name
            file.write_text(text, encoding="utf-8")
            for run in runs:
                outcome = judge(run, file, have, known)
                counts[outcome.kind] += 1
                reasons[outcome.kind, outcome.reason] += 1
                by_pass["+".join(sorted(passes_of(run.arguments))), outcome.kind] += 1
                if args.verbose and outcome.kind == "fails":
                    print(f"{path.name}:{line}: {' '.join(run.arguments)}\n    {outcome.reason}", flush=True)
    for (kind, reason), count in sorted(reasons.items(), key=lambda item: (item[0][0], -item[1])):
        if kind in ("fails", "dialect"):
            print(f"{count:4} {kind}: {reason}")
    for name in sorted({name for name, _ in by_pass}):
        print(f"{name}: {by_pass[name, 'passes']} of {by_pass[name, 'passes'] + by_pass[name, 'fails']}")
    tried = counts["passes"] + counts["fails"]
    share = 100 * counts["passes"] / max(tried, 1)
    print(
        f"{tried} chunks, {counts['passes']} pass ({share:.0f} %); not counted: {counts['dialect']} of dialects that are not here, "
        f"{counts['not on its own']} that mlir-opt does not pass on their own"
    )
    return int(share < args.least or not tried)


if __name__ == "__main__":
    sys.exit(main())
