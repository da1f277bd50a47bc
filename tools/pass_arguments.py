"""Passes on a command line: a pipeline as text, and each pass as a flag of its own, as with mlir-opt."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from inferir.core import discovery
from inferir.core.pipeline import Nested, Pipeline, parse_pipeline
from inferir.core.plugins import load_plugin, plugged
from inferir.tools.command_line import PLUGIN, UsageError
from inferir.tools.opt_options import GROUPS

LONG_OPTIONS = frozenset(["--help", "--debug", "--weights-from", *PLUGIN, *(option for table in GROUPS.values() for option in table)])


def pass_flags(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments without passes given as flags, and those passes as pipeline text: `--fold-x=option=1` is `fold-x{option=1}`."""
    for path in plugin_paths(argv):  # they bring more names
        load_plugin(path)
    argv = [two_dashes(word) for word in argv]
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


def plugin_paths(argv: Sequence[str]) -> list[str]:
    """The plug-in files that a command line names."""
    found = []
    for word, following in zip(argv, [*argv[1:], ""], strict=False):
        option, equals, path = word.partition("=")
        if option.startswith("-") and f"--{option.lstrip('-')}" in PLUGIN:
            found.append(path if equals else following)
    return [path for path in found if path]


def listed() -> str:
    """The passes that can be given as flags, for the end of `--help`: those of plug-ins with what they do, the others by name."""
    from inferir.core.listing import summary

    ours = sorted(discovery.pass_modules())
    lines = ["passes (each is a flag; --list-passes tells more, and lists xDSL's):", *wrap(", ".join(ours), 98, break_on_hyphens=False)]
    lines += [f"--{name:<30} {summary(cls)}" for name, cls in sorted(plugged().passes.items())]
    return "\n  ".join(lines)


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
