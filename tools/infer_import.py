"""infer-import: a model file of any framework to IR text in the framework dialect.

infer-import model.onnx -o model.mlir               text, and the weights in model.safetensors beside it
infer-import model.onnx | infer-opt -               text on standard output; weights stay in the model file, the text says where
infer-import model.onnx -o model.mlir --dims batch=1,seq=8 --report
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.ir import Attribute, Operation

from inferir.core import Context, WeightAttr, make_context, text_of, verify
from inferir.core.constants import dense_attribute
from inferir.core.diagnostics import node_names
from inferir.core.files import write_whole
from inferir.core.sidecar import ATTRIBUTE, places_of
from inferir.core.weights import write_safetensors
from inferir.dialects.framework import CustomOp, SourceOp, TensorAttr
from inferir.tools.command_line import CommandLine, UsageError, exit_status, refuse_overwriting, sizes
from inferir.tools.console import console
from inferir.tools.model_source import imported
from inferir.tools.rendered_errors import rendered
from inferir.whole_file import is_special


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Import; 0 when it worked, 1 with one line on `stderr` when it did not. Nothing is written then."""
    return exit_status("infer-import", stderr, lambda: _import(argv, stdout, stderr))


def _import(argv: Sequence[str], stdout: TextIO, stderr: TextIO) -> None:
    args = _parser().parse(argv, stdout)
    if args is None:
        return
    refuse_overwriting(args.output, args.model)
    with rendered("infer-import", {}, args.plugin):
        ctx = make_context()
        path = Path(args.model)
        module, warnings = imported(path, ctx, args.dims)
        verify(module)
        stderr.writelines(f"{path}: warning: {warning}\n" for warning in warnings)
        _write(module, ctx, args, stdout)
        if args.report:
            stderr.writelines(line + "\n" for line in report(module, ctx))


def report(module: ModuleOp, ctx: Context) -> Iterator[str]:
    """What was imported: operators with their counts, operators no table knows, weights."""
    known: Counter[str] = Counter()
    custom: dict[tuple[str, str], list[Operation]] = {}
    for op in module.walk():
        if isinstance(op, SourceOp):
            known[f"{op.name}-{op.version}"] += 1
        elif isinstance(op, CustomOp):
            custom.setdefault((op.domain, op.op_type), []).append(op)
    yield f"{sum(known.values())} operators of {len(known)} kinds"
    yield from (f"  {count:6} {name}" for name, count in sorted(known.items(), key=lambda item: (-item[1], item[0])))
    if custom:
        yield f"{sum(map(len, custom.values()))} operators of {len(custom)} kinds that no table knows"
    for (domain, name), ops in custom.items():
        yield f'  {len(ops):6} {name} from {domain}, first at node "{(node_names(ops[0].location) or ["?"])[0]}"'
    types = [ctx.weights.type_of(key) for key in ctx.weights.keys()]  # noqa: SIM118
    total = sum(math.prod(shape) * dtype.itemsize for shape, dtype in types)
    yield f"{len(ctx.weights)} weights, {total / 2**20:.1f} MiB"


def _write(module: ModuleOp, ctx: Context, args: argparse.Namespace, stdout: TextIO) -> None:
    """The text, and beside it the weights unless they stay where they are."""
    target = None if args.output == "-" else Path(args.output)
    copy = args.weights == "copy" if args.weights is not None else not (target is None or is_special(target))
    if copy and (target is None or is_special(target)):
        raise UsageError("--weights=copy needs a file to write to (-o)")
    keys = list(ctx.weights.keys())
    if target is None or not copy:
        loose = [key for key in keys if ctx.weights.source_of(key) is None]
        _write_out(module, ctx, set(loose))
        if len(loose) < len(keys):
            module.attributes[ATTRIBUTE] = places_of(ctx.weights, Path.cwd() if target is None or is_special(target) else target.parent)
        _write_text(target, text_of(module, debuginfo=args.mlir_print_debuginfo), stdout)
    else:
        sidecar = target.with_suffix(".safetensors")
        if keys and sidecar == target:
            raise UsageError(f"the weights go to '{sidecar}', the text must have another name")
        refuse_overwriting(str(sidecar) if keys else None, args.model)
        if keys:
            module.attributes[ATTRIBUTE] = StringAttr(sidecar.name)
        text = text_of(module, debuginfo=args.mlir_print_debuginfo)
        if keys:
            write_safetensors(sidecar, ctx.weights, keys)
        _write_text(target, text, stdout)


def _write_out(module: ModuleOp, ctx: Context, keys: set[str]) -> None:
    """Put weights that lie in no file (decoded ones) into the text as `dense`."""
    if not keys:
        return
    for op in module.walk():
        for name, value in op.properties.items():
            op.properties[name] = _with_dense(value, ctx, keys)


def _with_dense(value: Attribute, ctx: Context, keys: set[str]) -> Attribute:
    if isinstance(value, WeightAttr) and value.key.data in keys:
        return dense_attribute(ctx.weights.get(value.key.data))
    if isinstance(value, TensorAttr):
        inner = _with_dense(value.value, ctx, keys)
        return value if inner is value.value else inner
    return value


def _write_text(target: Path | None, text: str, stdout: TextIO) -> None:
    if target is None:
        stdout.write(text)
    else:
        write_whole(target, text)


def _parser() -> CommandLine:
    parser = CommandLine(
        "infer-import", "Import a model of any framework as IR text in the framework dialect.", "infer-import model.onnx -o model.mlir"
    )
    parser.add_argument("model", metavar="MODEL", help="a model file; what it is, its content says")
    parser.add_argument(
        "-o", dest="output", default="-", metavar="M.mlir", help="where the text goes; '-' (the default) is standard output"
    )
    parser.add_argument("--dims", type=sizes, default={}, help="sizes for symbolic dimensions: batch=1,seq=8")
    parser.add_argument(
        "--weights",
        choices=["copy", "reference"],
        help="copy them to a safetensors file beside the text (the default with -o), or say where they lie (the default without)",
    )
    parser.add_argument("--report", action="store_true", help="list operators and weights on standard error")
    parser.add_argument("--mlir-print-debuginfo", action="store_true", help="print locations: the name of every op's source node")
    parser.add_plugin()
    return parser


def run() -> int:
    """The console entry point."""
    return console("infer-import", main)
