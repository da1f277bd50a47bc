"""Count the ops that each model has left after `basic`, beside what other optimisers leave, and what both cost.

    .venv/bin/python benchmarks/node_counts.py              # print the table
    .venv/bin/python benchmarks/node_counts.py --peers      # run the other optimisers again (needs the extra `zoo`)
    .venv/bin/python benchmarks/node_counts.py --write      # put the table into docs/performance.md
    .venv/bin/python benchmarks/node_counts.py resnet50     # one model

Constants do not count. What the others leave is kept in peer_nodes.json. Exit status 1 where a model keeps more nodes than the best of them.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.traits import ConstantLike, IsTerminator

sys.path.insert(0, str(Path(__file__).parent))
import models
import optimizers
import zoo

from inferir.core import Op, PassManager, make_context
from inferir.frontends import import_model

PERFORMANCE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- node counts: begin -->", "<!-- node counts: end -->"
MEASURED = Path(__file__).parent / "peer_nodes.json"
PEERS: dict[str, dict[str, dict[str, float] | None]] = json.loads(MEASURED.read_text("utf-8"))
"""Nodes and seconds by model and optimiser; null where it fails."""
LIGHT = tuple(m for m in zoo.MODELS if m not in zoo.SMALL)
MODELS = (*LIGHT, *(f"small/{m}" for m in models.MODELS), *(f"small/{m}-torchscript" for m in models.TORCH), *models.MODELS)


def file_of(name: str) -> Path:
    """The file of a model of either zoo; small/NAME is the small variant, small/NAME-torchscript the same by torch's older exporter."""
    kind, _, base = name.rpartition("/")
    plain = base.removesuffix("-torchscript")
    return models.onnx_file(plain, kind == "small", base != plain) if plain in models.MODELS else zoo.model(name)


def count(module: ModuleOp) -> int:
    """The ops of a module that compute something."""
    return sum(isinstance(op, Op) and not op.has_trait(ConstantLike) and not op.has_trait(IsTerminator) for op in module.walk())


def measure(name: str, level: str) -> tuple[int, int, float]:
    """(ops before the level, ops after it, seconds that it took)."""
    path = file_of(name)
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
    rows = ["| model | imported | inferir | " + " | ".join(optimizers.PEERS) + " | seconds | onnxsim's |", "|---" * 9 + "|"]
    best = True
    for name in names:
        before, after, seconds = measure(name, level)
        peers = PEERS.get(name, {})
        left = [found["nodes"] if (found := peers.get(p)) is not None else "fails" for p in optimizers.PEERS] if peers else [""] * 4
        theirs = peers.get("onnxsim")
        last = f"{seconds:.2f} | {theirs['seconds']:.2f}" if theirs else f"{seconds:.2f} |"
        rows.append(f"| {name} | {before} | {after} | {' | '.join(map(str, left))} | {last} |")
        best &= after <= min((n for n in left if isinstance(n, int)), default=after)
    return rows, best


def main(argv: list[str] | None = None) -> int:
    """Print or write the table; 1 where a peer is better."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(MODELS))
    parser.add_argument("--level", default="basic")
    parser.add_argument("--write", action="store_true", help="replace the table in docs/performance.md")
    parser.add_argument("--peers", action="store_true", help="run the other optimisers and keep what they leave")
    options = parser.parse_args(argv)
    for name in options.models if options.peers else ():
        PEERS[name] = {peer: optimizers.measure(peer, file_of(name)) for peer in optimizers.PEERS}
        MEASURED.write_text(json.dumps(PEERS, indent=1) + "\n", "utf-8")
    rows, best = table(options.models, options.level)
    print("\n".join(rows))
    if options.write:
        text = PERFORMANCE.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        PERFORMANCE.write_text(f"{head}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return int(not best)


if __name__ == "__main__":
    sys.exit(main())
