"""Passes on a command line: a pipeline as text, and each pass as a flag of its own, as with mlir-opt."""

from __future__ import annotations

from collections.abc import Sequence

from inferir.core import discovery
from inferir.core.pipeline import Nested, Pipeline, parse_pipeline
from inferir.tools.command_line import UsageError
from inferir.tools.opt_options import GROUPS

LONG_OPTIONS = frozenset(["--help", "--debug", *(option for table in GROUPS.values() for option in table)])


def pass_flags(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments without passes given as flags, and those passes as pipeline text: `--fold-x=option=1` is `fold-x{option=1}`."""
    argv = [two_dashes(word) for word in argv]
    for index, word in enumerate(argv):  # plug-ins bring more names
        option, equals, path = word.partition("=")
        if option in ("--plugin", "--load-pass-plugin", "--load-dialect-plugin") and (equals or index + 1 < len(argv)):
            discovery.load_plugin(path if equals else argv[index + 1])
    if not any(word.startswith("--") for word in argv):
        return argv, []
    known = discovery.quick_names()
    rest, flags = [], []
    for word in argv:
        name, equals, given = word.lstrip("-").partition("=")
        if word.startswith("--") and name in known:
            flags.append(f"{name}{{{given}}}" if equals else name)
        else:
            rest.append(word)
    return rest, flags


def two_dashes(word: str) -> str:
    """An option or pass that is spelled with one dash, as LLVM's command lines allow, with two."""
    name = word.lstrip("-").partition("=")[0]
    single = word[:1] == "-" and word[:2] != "--" and len(name) > 1
    return f"-{word}" if single and (f"--{name}" in LONG_OPTIONS or name in discovery.quick_names()) else word


def pipeline_from(text: str, flags: Sequence[str]) -> Pipeline:
    """The passes of a pipeline text, or those given as flags, each on the ops it is for. Raises UsageError where both are given."""
    if text and flags:
        raise UsageError(f"--{flags[0].partition('{')[0]} beside a pass pipeline: put the pass into the pipeline, where its place is clear")
    elements = list(parse_pipeline(text).elements)
    for flag in flags:
        for element in parse_pipeline(flag).elements:
            anchor = None if isinstance(element, Nested) else discovery.anchor_of(element.name)
            elements.append(element if anchor in (None, "builtin.module") else Nested(str(anchor), (element,)))
    return Pipeline(tuple(elements))
