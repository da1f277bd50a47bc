"""Count the ops that each model has left after `basic`, beside what other optimisers leave.

    .venv/bin/python benchmarks/node_counts.py              # print the table
    .venv/bin/python benchmarks/node_counts.py --write      # put it into docs/performance.md
    .venv/bin/python benchmarks/node_counts.py resnet50     # one model

Constants do not count, as in the other columns. The other columns are what ONNX Runtime 1.32 (basic), onnxsim and onnxslim left of the same
files, measured once on one machine; ours are measured now. Exit status 1 where a model keeps more nodes than the best of them.
"""

import argparse
import sys
import time
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.traits import ConstantLike, IsTerminator

sys.path.insert(0, str(Path(__file__).parent))
import zoo

from inferir.core import Op, PassManager, make_context
from inferir.frontends import import_model

PERFORMANCE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- node counts: begin -->", "<!-- node counts: end -->"
PEERS = {  # nodes: as imported, ONNX Runtime basic, onnxsim, onnxslim
    "squeezenet": (69, 67, 68, 67),
    "resnet50": (176, 123, 123, 123),
    "shufflenet": (203, 154, 154, 154),
    "densenet121": (910, 491, 550, 491),
    "inception_v1": (144, 142, 143, 142),
    "inception_v2": (509, 164, 233, 164),
    "mobilenetv2": (100, 100, 100, 100),
    "alexnet": (24, 22, 24, 22),
    "vgg19": (46, 44, 46, 44),
}


def count(module: ModuleOp) -> int:
    """The ops of a module that compute something."""
    return sum(isinstance(op, Op) and not op.has_trait(ConstantLike) and not op.has_trait(IsTerminator) for op in module.walk())


def measure(name: str, level: str) -> tuple[int, int, float]:
    """(ops before the level, ops after it, seconds that it took)."""
    path = zoo.model(name)
    ctx = make_context()
    module = import_model(path, ctx)
    PassManager("framework-to-eval,convert-framework-to-inference", ctx).run(module)
    before = count(module)
    manager = PassManager(f"inference-{level}", ctx, verify_each=False)
    start = time.process_time()
    manager.run(module)
    return before, count(module), time.process_time() - start


def table(names: list[str], level: str) -> tuple[list[str], bool]:
    """The rows of the table, and whether no model keeps more nodes than the best peer."""
    rows = ["| model | imported | inferir | ONNX Runtime basic | onnxsim | onnxslim | seconds |", "|---|---|---|---|---|---|---|"]
    best = True
    for name in names:
        _, after, seconds = measure(name, level)
        imported, *peers = PEERS.get(name, ("", "", "", ""))
        rows.append(f"| {name} | {imported} | {after} | {' | '.join(map(str, peers))} | {seconds:.2f} |")
        best &= name not in PEERS or after <= min(PEERS[name][1:])
    return rows, best


def main(argv: list[str] | None = None) -> int:
    """Print or write the table; 1 where a peer is better."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(zoo.MODELS))
    parser.add_argument("--level", default="basic")
    parser.add_argument("--write", action="store_true", help="replace the table in docs/performance.md")
    options = parser.parse_args(argv)
    rows, best = table(options.models, options.level)
    print("\n".join(rows))
    if options.write:
        text = PERFORMANCE.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        PERFORMANCE.write_text(f"{head}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return int(not best)


if __name__ == "__main__":
    sys.exit(main())
