"""`infer-opt --emit-test`: the lit test of a module and a pipeline.

    // RUN: infer-opt %s --plugin=%S/mine.py --my-pass | filecheck %s
    // Checks written by infer-opt --emit-test; infer-update-checks renews them.

The checks say what comes out. Where the pipeline is wrong (it changes what the program computes, or fails) there is nothing
right to compare with, and the test is that this no longer happens: it fails until the fault is mended.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ModuleOp

from inferir.core import InferError, PassManager, text_of
from inferir.core.constants import WeightAttr, dense_attribute
from inferir.core.context import Context
from inferir.core.instruments.numerics import CheckNumerics
from inferir.core.sidecar import ATTRIBUTE
from inferir.core.split_input import MARKER
from inferir.core.walk import walk
from inferir.tools.check_lines import NOTE, checks, functions, with_checks

if TYPE_CHECKING:
    import argparse

SMALL = 1024
"""Bytes of a weight that is written into the test; larger ones are left to the seed."""


@dataclass
class Outcome:
    """What a pipeline made of a module: the text before, the text after (None where the pipeline is wrong), and what to say of it."""

    before: str
    after: str | None
    remarks: list[str]


def run_for_test(module: ModuleOp, manager: PassManager) -> Outcome:
    """Run the pipeline, comparing what the program computes before and after each pass."""
    self_contained(module, manager.ctx)
    before = unwrapped(text_of(module, ctx=manager.ctx))
    manager.instruments = [*manager.instruments, CheckNumerics(manager.ctx, must_run=False)]
    try:
        manager.run(module)
    except InferError as error:
        return Outcome(before, None, [in_one_line(text) for text in (f"Was wrong: {error}", *(n.message for n in error.notes))])
    laws = {}
    for step in manager.passes():
        for pattern in step.patterns:
            if step.log.applied.get(pattern.name) and pattern.law:
                laws[pattern.name] = pattern.law.partition("\n")[0]
    return Outcome(before, unwrapped(text_of(module, ctx=manager.ctx)), [f"{name}: {law}" for name, law in laws.items()])


def lit_test(outcomes: Sequence[Outcome], args: argparse.Namespace, flags: Sequence[str], pipeline: str) -> str:
    """The test of the parts of an input."""
    options = " ".join(run_options(args, flags, pipeline, any(o.after is None for o in outcomes)))
    head = [f"// RUN: infer-opt %s {options} | filecheck %s", NOTE, ""]
    return "\n".join(head) + "\n" + f"\n{MARKER}\n\n".join(part_text(o) for o in outcomes)


def part_text(outcome: Outcome) -> str:
    """One part: what was done or what was wrong, then the module with its checks."""
    said = "".join(f"// {line}\n" for line in outcome.remarks)
    if outcome.after is not None:
        return said + with_checks(outcome.before, checks(outcome.before, outcome.after))
    blocks = [(f.name, [f"// CHECK-LABEL: {f.name}{f.header[:1].strip()}", "// CHECK:         return"]) for f in functions(outcome.before)]
    return said + with_checks(outcome.before, [b for b in blocks if b[0].startswith("func.func")])


def run_options(args: argparse.Namespace, flags: Sequence[str], pipeline: str, wrong: bool) -> Iterator[str]:
    """The options that the RUN line repeats; paths are relative to the test."""
    folder = Path.cwd() if args.output == "-" else Path(args.output).resolve().parent
    for option, paths in (("--plugin", args.plugin), ("--irdl-file", args.irdl_file)):
        for path in paths:
            yield f"{option}=%S/{Path(os.path.relpath(path, folder)).as_posix()}"
    if args.allow_unregistered_dialect:
        yield "--allow-unregistered-dialect"
    if args.split_input_file:
        yield "--split-input-file"
    if args.run_reproducer or args.pass_pipeline:
        yield f"--pass-pipeline={shlex.quote(pipeline if args.run_reproducer else args.pass_pipeline)}"
    if not args.run_reproducer:
        yield from (f"--{shlex.quote(flag.replace('{', '=').removesuffix('}'))}" for flag in flags)
    if args.check_numerics is not None or wrong:
        yield "--check-numerics" + (f"={args.check_numerics}" if args.check_numerics else "")


def self_contained(module: ModuleOp, ctx: Context) -> None:
    """Write small weights into the text and leave the sidecar behind."""
    if module.attributes.pop(ATTRIBUTE, None) is None:
        return
    for op in walk(module):
        for name, value in op.properties.items():
            if isinstance(value, WeightAttr) and value.key.data in ctx.weights:
                array = ctx.weights.get(value.key.data)
                if array.nbytes <= SMALL:
                    op.properties[name] = dense_attribute(array)


def unwrapped(text: str) -> str:
    """The text without a module around it that says nothing."""
    lines = text.splitlines()
    if lines and lines[0] == "builtin.module {":
        lines = [line.removeprefix("  ") for line in lines[1:-1]]
    return "\n".join(lines) + "\n"


def in_one_line(message: str) -> str:
    """A message in one line; of a place in a file, the file's name without its folders."""
    return re.sub(r"\((?:[^()]*/)?([^/()]+:\d+)\)", r"(\1)", " ".join(message.split()))
