"""infer-opt's options: one line each, spelled as mlir-opt spells them."""

from collections.abc import Mapping, Sequence
from typing import Any

from inferir.tools.command_line import CommandLine

EXAMPLE = "infer-opt model.mlir --pass-pipeline='builtin.module(func.func(canonicalize,cse),fold-batch-norm)' -o out.mlir"

How = Mapping[str, Any]

FLAG: How = {"action": "store_true"}


def switch(default: bool) -> How:
    """An option that mlir-opt writes `--x`, `--x=1` or `--x=0`."""
    return {"nargs": "?", "const": True, "default": default, "type": truth, "metavar": "0|1"}


def truth(text: str) -> bool:
    """`1`, `true`, `0` or `false`."""
    if text not in ("0", "1", "true", "false"):
        raise ValueError(text)
    return text in ("1", "true")


def names(text: str) -> list[str]:
    """Names between commas."""
    return [n for n in text.split(",") if n]


NUMBER: How = {"type": int, "metavar": "N"}
PASSES: How = {"type": names, "action": "extend", "default": [], "metavar": "PASS,..."}
FILE: How = {"metavar": "FILE"}
REGEX: How = {"metavar": "REGEX"}

GROUPS: dict[str, dict[str, tuple[How, str]]] = {
    "input and output": {
        "--version": (FLAG, "say which version this is, and stop"),
        "-o": ({"dest": "output", "default": "-", **FILE}, "where the result goes; '-' (the default) is standard output"),
        "--split-input-file": (
            {"nargs": "?", "const": "// -----", "metavar": "MARKER"},
            "treat the parts of the file between '// -----' lines apart; an error in one leaves the others",
        ),
        "--output-split-marker": ({"default": "// -----", "metavar": "MARKER"}, "what stands between the parts of the output"),
        "--allow-unregistered-dialect": (FLAG, "accept ops of unknown dialects"),
        "--no-implicit-module": (FLAG, "the text must be one builtin.module"),
        "--like-xdsl-opt": (FLAG, "take the other arguments, and report, as xdsl-opt does (-p, -t, --parsing-diagnostics, ...)"),
        "--irdl-file": ({"action": "append", "default": [], **FILE}, "define dialects from an IRDL file first"),
    },
    "tests": {
        "--emit-test": (FLAG, "print a lit test of the input and the passes instead of the result; of wrong passes, one that fails"),
    },
    "passes": {
        "--pass-pipeline": ({"default": "", "metavar": "TEXT"}, "passes to run, as in mlir-opt; a pass is also a flag: --canonicalize --cse"),
        "--dump-pass-pipeline": (FLAG, "write the pipeline that will run, all options given, to stderr"),
        "--explain-pipeline": (FLAG, "say what each pass of the pipeline is for, and stop"),
        "--list-passes": (FLAG, "list all passes with their options, and stop"),
        "--show-dialects": (FLAG, "list all dialects, and stop"),
        "--mlir-very-unsafe-disable-verifier-on-parsing": (FLAG, "do not verify what was read"),
        "--verify-each": (switch(True), "verify after each pass (default 1)"),
        "--max-applications": (NUMBER, "apply at most N patterns in all, whichever pass they are of"),
        "--run-reproducer": (FLAG, "run the pipeline that the input, a reproducer, names"),
    },
    "diagnostics": {
        "--verify-diagnostics": (
            {"nargs": "?", "const": "all", "choices": ["all", "only-expected"]},
            "compare what is reported with the expected-error/warning/remark/note comments of the input",
        ),
        "--mlir-diagnostic-verbosity-level": (
            {"choices": ["errors", "warnings", "remarks"], "default": "remarks"},
            "leave out what is less than this",
        ),
        "--mlir-disable-diagnostic-notes": (FLAG, "leave notes out"),
        "--mlir-print-op-on-diagnostic": (switch(True), "show the source line of an error (default 1)"),
        "--mlir-print-stacktrace-on-diagnostic": ({"dest": "debug", "action": "store_true"}, "the same as --debug"),
    },
    "printing": {
        "--mlir-print-op-generic": (FLAG, "print the generic form"),
        "--mlir-print-debuginfo": (FLAG, "print locations, by alias"),
        "--mlir-pretty-debuginfo": (FLAG, "print locations for readers, not for parsers"),
        "--mlir-print-local-scope": (FLAG, "print locations in place, without aliases"),
        "--mlir-elide-elementsattrs-if-larger": (NUMBER, "leave out dense constants of more than N elements"),
        "--mlir-print-elementsattrs-with-hex-if-larger": (NUMBER, "print dense constants of more than N elements as one hexadecimal string; -1: none"),
        "--mlir-elide-resource-strings-if-larger": (NUMBER, "leave out resources of more than N characters"),
        "--mlir-print-skip-regions": (FLAG, "print '{...}' for regions"),
        "--mlir-print-value-users": (FLAG, "print who uses each result as a comment"),
        "--mlir-print-unique-ssa-ids": (FLAG, "give no name twice in a file"),
        "--mlir-use-nameloc-as-prefix": (FLAG, "name values after their source nodes"),
        "--mlir-print-assume-verified": (FLAG, "print without verifying the result first"),
        "--verify-roundtrip": (FLAG, "print, read back, print: the texts must be equal"),
    },
    "watching passes": {
        "--mlir-print-ir-before": (PASSES, "print the IR before these passes"),
        "--mlir-print-ir-after": (PASSES, "print the IR after these passes"),
        "--mlir-print-ir-before-all": (FLAG, "print the IR before every pass"),
        "--mlir-print-ir-after-all": (FLAG, "print the IR after every pass"),
        "--mlir-print-ir-after-change": (FLAG, "print the IR after a pass only when the pass changed it"),
        "--mlir-print-ir-after-failure": (FLAG, "print the IR after a pass that failed"),
        "--mlir-print-ir-module-scope": (FLAG, "print the whole module even for nested passes"),
        "--mlir-print-ir-tree-dir": ({"metavar": "DIR"}, "write what is printed as a tree of files"),
        "--mlir-timing": (FLAG, "report how long everything took"),
        "--mlir-timing-display": ({"choices": ["tree", "list"], "default": "tree"}, "nested, or longest first"),
        "--mlir-output-format": ({"choices": ["text", "json"], "default": "text"}, "of the timing report"),
        "--log-actions-to": (FILE, "log every pass and every attempt of a pattern; '-' is stderr"),
        "--log-mlir-actions-filter": ({"type": names, "default": [], "metavar": "PLACE,..."}, "log actions on ops at file:line[:column] only"),
        "--profile-actions-to": (FILE, "write the actions as a Chrome trace; '-' is stderr"),
        "--mlir-debug-counter": (
            {"default": "", "metavar": "TAG-skip=N,TAG-count=N"},
            "skip the first actions and run only some; TAG is pass-execution or apply-pattern (attempts)",
        ),
        "--mlir-print-debug-counter": (FLAG, "report what the counters saw"),
        "--remarks-filter": (REGEX, "report all remarks of the passes that match: passed, missed, failed, analysis"),
        "--remarks-filter-passed": (REGEX, "report where patterns were applied"),
        "--remarks-filter-missed": (REGEX, "report where patterns declined, and why"),
        "--remarks-filter-failed": (REGEX, "report passes that failed"),
        "--remarks-filter-analyse": (REGEX, "report what passes counted"),
        "--remark-format": ({"choices": ["emitRemark", "yaml"], "default": "emitRemark"}, "remarks as diagnostics or as a YAML file"),
        "--remark-policy": ({"choices": ["all", "final"], "default": "all"}, "all remarks, or each once"),
        "--remarks-output-file": ({"default": "mlir-remarks.yaml", **FILE}, "where YAML remarks go"),
        "--mlir-pass-statistics": (FLAG, "report what the passes counted"),
        "--mlir-pass-statistics-display": ({"choices": ["pipeline", "list"], "default": "pipeline"}, "nested, or summed by pass"),
        "--pattern-stats": (FLAG, "report how often each pattern was applied"),
        "--why-not": ({"action": "append", "default": [], "metavar": "PATTERN"}, "say where a pattern was tried and why it declined"),
        "--check-numerics": (
            {"nargs": "?", "const": "", "metavar": "RTOL,ATOL"},
            "run the program before and after every pass; stop at the first that changes a result, naming pattern and op",
        ),
        "--trials": (NUMBER, "of --check-numerics: how many choices of sizes and values are tried (default: one of each kind)"),
        "--seed": ({"type": int, "default": 0, "metavar": "N"}, "of --check-numerics: the first seed"),
        "--input": ({"dest": "input_file", "default": "", "metavar": "X.npz"}, "of --check-numerics: try these inputs only"),
        "--mlir-pass-pipeline-crash-reproducer": (FILE, "write a reproducer there when a pass fails"),
        "--mlir-pass-pipeline-local-reproducer": (FLAG, "the reproducer holds only the pass that failed"),
        "--mlir-generate-reproducer": (FILE, "write a reproducer there before anything runs"),
        "--mlir-disable-threading": (FLAG, "accepted: passes always run one after the other"),
    },
}  # fmt: skip


def spelled_out(argv: Sequence[str]) -> list[str]:
    """The arguments, with the value of every option whose value may be left out: it never takes the next word, as in mlir-opt."""
    implied = {name: how["const"] for table in GROUPS.values() for name, (how, _) in table.items() if how.get("nargs") == "?"}
    return [f"{word}={'1' if implied[word] is True else implied[word]}" if word in implied else word for word in argv]


def options() -> CommandLine:
    """The argument parser."""
    parser = CommandLine("infer-opt", "Run passes on IR text.", EXAMPLE)
    parser.add_argument("input", nargs="?", default="-", help="IR text; '-' (the default) is standard input")
    for title, table in GROUPS.items():
        group = parser.add_argument_group(title)
        for name, (how, text) in table.items():
            group.add_argument(name, help=text, **how)
    parser.add_plugin()
    parser.add_weights_from()
    return parser
