"""infer-run: run a model and print a summary of its outputs.

    infer-run m.infer --input x.npz --output y.npz
    infer-run m.infer --input random --dims batch=8 --profile

A package needs numpy and nothing else.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TextIO

import inferir
from inferir.backends.runtime.arrays import describe, random_inputs, read_inputs, write_npz
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError
from inferir.tools.command_line import CommandLine, UsageError, sizes


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run; 0 when it worked, 1 with one line on `stderr` when it did not."""
    try:
        args = _parser().parse(argv, stdout)
        if args is not None:
            with inferir.load(args.model, args.num_threads) as model:
                _run(model, args, stdout)
    except (ModelError, UsageError) as e:
        stderr.write(f"infer-run: error: {e}\n")
        return 1
    return 0


def _run(model: Model, args: argparse.Namespace, stdout: TextIO) -> None:
    """One inference: inputs, outputs, summary, times."""
    random = args.input == "random"
    inputs = random_inputs(model.inputs, args.dims, args.seed) if random else read_inputs(args.input, model.inputs)
    outputs, times = model.profile(inputs) if args.profile else (model.run(inputs), [])
    if args.output:
        write_npz(args.output, outputs)
    stdout.writelines(describe(name, array) + "\n" for name, array in outputs.items())
    if args.profile:
        _print_profile(times, stdout)


def _print_profile(times: list[tuple[str, float]], stdout: TextIO) -> None:
    """Every launch in order, its time and its share."""
    if not times:
        stdout.write("the program records no times of its launches\n")
        return
    total = sum(seconds for _, seconds in times)
    stdout.writelines(f"{seconds * 1e6:10.1f} us {seconds / max(total, 1e-12):6.1%}  {name}\n" for name, seconds in times)
    stdout.write(f"{total * 1e6:10.1f} us {1:6.1%}  total of {len(times)} launches\n")


def _parser() -> CommandLine:
    parser = CommandLine("infer-run", "Run a model and print a summary of its outputs.", "infer-run m.infer --input x.npz --output y.npz")
    parser.add_argument("model", metavar="M.infer", help="a package written by infer-compile")
    parser.add_argument("--input", required=True, help="an npz file (keys: input names, or in0, in1, ...), or 'random'")
    parser.add_argument("--output", help="write the outputs to this npz file")
    parser.add_argument(
        "--dims", type=sizes, default={}, help="sizes of symbolic dimensions for random inputs: batch=1,seq=8 (default 1 each)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random inputs (default 0)")
    parser.add_argument("--num-threads", type=int, help="default: the processors this process may use")
    parser.add_argument("--profile", action="store_true", help="print the time of every kernel launch")
    return parser


def run() -> None:
    """The command line."""
    sys.exit(main(sys.argv[1:], sys.stdin, sys.stdout, sys.stderr))
