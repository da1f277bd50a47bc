"""The trials that `--trials`, `--seed` and `--input` ask for, in the tools that compare what programs compute."""

from __future__ import annotations

import argparse

from inferir.backends.runtime.arrays import read_inputs
from inferir.backends.runtime.program import ModelError
from inferir.core.trials import Trial, trials
from inferir.tools.command_line import UsageError


def tried(args: argparse.Namespace) -> list[Trial]:
    """The trials. Raises UsageError where there would be none or the file cannot be read."""
    if args.trials is not None and args.trials < 1:
        raise UsageError(f"--trials takes 1 or more, not {args.trials}: without a trial nothing is compared")
    if not args.input_file:
        return trials(args.trials, args.seed)
    try:
        return [Trial(f"inputs of {args.input_file}", seed=args.seed, fixed=read_inputs(args.input_file, ()))]
    except ModelError as problem:
        raise UsageError(str(problem)) from None
