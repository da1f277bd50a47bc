"""infer-run: run a model and print a summary of its outputs.

    infer-run m.infer --input x.npz --output y.npz
    infer-run m.infer --input random --dims batch=8 --profile
    infer-run m.onnx --input random --target interpreter --reference onnxruntime

A package needs numpy and nothing else; a model file or IR text is compiled first.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import inferir
from inferir.backends.runtime.arrays import arrays_in, contract, describe, differ, random_inputs, read_inputs, write_npz
from inferir.backends.runtime.package import is_package
from inferir.backends.runtime.program import ModelError
from inferir.tools.command_line import CommandLine, UsageError, exit_status, refuse_overwriting, sizes
from inferir.tools.console import console


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run; 0 when it worked, 1 with one line on `stderr` when it did not, or when the outputs are not those of the reference."""
    return exit_status("infer-run", stderr, lambda: _run(argv, stdin, stdout), ModelError)


def _run(argv: Sequence[str], stdin: TextIO, stdout: TextIO) -> bool:
    """One inference: inputs, outputs, summary, times, differences. False where the outputs are not those of the reference."""
    args = _parser().parse(argv, stdout)
    if args is None:
        return True
    refuse_overwriting(args.output, args.model, args.input)
    if args.model != "-" and is_package(args.model):
        return _run_package(args, stdout)
    if args.model != "-" and not Path(args.model).is_file():
        raise ModelError(f"{args.model}: {'not an ordinary file' if Path(args.model).exists() else 'No such file or directory'}")
    try:
        from inferir.core.files import read_text
        from inferir.tools.driver import compile_model, compiling
    except ImportError as e:
        raise ModelError(f"{args.model} is not a package, and the compiler cannot be loaded: {e}") from None
    with compiling("infer-run", args.plugin) as ctx:
        ctx.weight_folders += args.weights_from
        source = read_text("-", stdin) if args.model == "-" else Path(args.model)
        with compile_model(
            source, args.target or "cpu", args.opt_level or "layout", args.num_threads, args.dims, ctx=ctx, cpu=args.cpu
        ) as model:
            inputs = _inputs(args, model)
            outputs = _outputs(args, model, inputs, stdout)
        if args.reference is None:
            return True
        if args.reference == "interpreter":
            expected = compile_model(source, "interpreter", "none", dims=args.dims).run(inputs)
        else:
            expected = _onnxruntime(source, inputs)
    return _compare(outputs, arrays_in(expected), args.reference, stdout)


def _run_package(args: argparse.Namespace, stdout: TextIO) -> bool:
    for option in ("target", "cpu", "opt_level", "reference"):
        if getattr(args, option) is not None:
            raise UsageError(f"--{option.replace('_', '-')} needs the model: {args.model} is compiled already")
    with inferir.load(args.model, args.num_threads) as model:
        _outputs(args, model, _inputs(args, model), stdout)
    return True


def _inputs(args: argparse.Namespace, model: Any) -> dict[str, np.ndarray]:
    """The inputs that `--input` names."""
    return random_inputs(model.inputs, args.dims, args.seed) if args.input == "random" else read_inputs(args.input, model.inputs)


def _outputs(args: argparse.Namespace, model: Any, inputs: dict[str, np.ndarray], stdout: TextIO) -> dict[str, np.ndarray]:
    """Run, write and summarise."""
    if args.profile and not hasattr(model, "profile"):
        raise UsageError("--profile needs native code: this target does not time its kernels")
    try:
        results, times = model.profile(inputs) if args.profile else (model.run(inputs), [])
    except ModelError as e:
        raise ModelError(f"{e}{_sizes_to_give(args, model)}") from None
    outputs = arrays_in(results)
    if args.output:
        write_npz(args.output, outputs)
    stdout.writelines(describe(name, array) + "\n" for name, array in outputs.items())
    if args.profile:
        _print_profile(times, stdout)
    return outputs


def _sizes_to_give(args: argparse.Namespace, model: Any) -> str:
    """What to say where random inputs of the sizes that were not given do not run."""
    names = dict.fromkeys(d for port in model.inputs for d in port.dims if isinstance(d, str) and d.isidentifier() and d not in args.dims)
    return f"; sizes not given are 1: --dims {','.join(f'{n}=...' for n in names)}" if args.input == "random" and names else ""


def _onnxruntime(path: str | Path, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """ONNX Runtime's outputs, by its own names."""
    try:
        import onnxruntime
    except ImportError:
        raise ModelError("--reference onnxruntime needs it installed: pip install onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return {o.name: np.asarray(y) for o, y in zip(session.get_outputs(), session.run(None, inputs), strict=True)}
    except Exception as e:  # noqa: BLE001  (onnxruntime's own classes derive from nothing narrower)
        raise ModelError(f"onnxruntime cannot run '{path}': {str(e).splitlines()[0]}") from None


def _compare(outputs: dict[str, np.ndarray], expected: dict[str, np.ndarray], reference: str, stdout: TextIO) -> bool:
    """Print the largest error of each output; whether all are within the numerics contract. Outputs pair up by position."""
    fine = len(outputs) == len(expected)
    if not fine:
        stdout.write(f"{len(outputs)} outputs, {len(expected)} of {reference}: NOT AS MANY\n")
    for (name, y), ref in zip(outputs.items(), expected.values(), strict=False):
        if odd := differ(y, ref):
            stdout.write(f"{name}: {odd} of {reference}: CANNOT BE COMPARED\n")
            fine = False
            continue
        worst, share = contract(y, ref)
        stdout.write(
            f"{name}: max error {worst:.3g} against {reference}, {share:.3g} of what is allowed{'' if share <= 1 else ': TOO FAR OFF'}\n"
        )
        fine &= share <= 1
    return fine


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
    parser.add_argument(
        "model", metavar="MODEL", help="a package written by infer-compile, a model file, or IR text (.mlir; - for standard input)"
    )
    parser.add_argument("--input", required=True, help="an npz file (keys: input names, or in0, in1, ...), or 'random'")
    parser.add_argument("--output", help="write the outputs to this npz file")
    parser.add_argument(
        "--dims", type=sizes, default={}, help="sizes of symbolic dimensions for random inputs: batch=1,seq=8 (default 1 each)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random inputs (default 0)")
    parser.add_argument("--num-threads", type=int, help="default: the processors this process may use")
    parser.add_argument("--profile", action="store_true", help="print the time of every kernel launch")
    parser.add_argument("--target", help="of a model that is no package: cpu (default), interpreter")
    parser.add_cpu()
    parser.add_argument("--opt-level", help="of a model that is no package: none, basic, extended or layout (default)")
    parser.add_argument("--reference", choices=("interpreter", "onnxruntime"), help="run there too and print the differences")
    parser.add_plugin()
    parser.add_weights_from()
    return parser


def run() -> int:
    """The console entry point."""
    return console("infer-run", main)
