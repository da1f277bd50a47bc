"""Passes on a command line: a pipeline as text, and each pass as a flag of its own, as with mlir-opt."""

from __future__ import annotations

from collections.abc import Sequence

from inferir.core import discovery
from inferir.core.pipeline import Nested, Pipeline, parse_pipeline


def pass_flags(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments without passes given as flags, and those passes as pipeline text: `--fold-x=option=1` is `fold-x{option=1}`."""
    for index, word in enumerate(argv):  # plug-ins bring more names
        option, equals, path = word.partition("=")
        if option in ("--plugin", "--load-pass-plugin", "--load-dialect-plugin") and (equals or index + 1 < len(argv)):
            discovery.load_plugin(path if equals else argv[index + 1])
    if not any(word.startswith("--") for word in argv):
        return list(argv), []
    known = discovery.quick_names()
    rest, flags = [], []
    for word in argv:
        name, equals, given = word.lstrip("-").partition("=")
        if word.startswith("--") and name in known:
            flags.append(f"{name}{{{given}}}" if equals else name)
        else:
            rest.append(word)
    return rest, flags


def pipeline_from(text: str, flags: Sequence[str]) -> Pipeline:
    """The passes of a pipeline text, then those given as flags, each on the ops it is for."""
    elements = list(parse_pipeline(text).elements)
    for flag in flags:
        for element in parse_pipeline(flag).elements:
            anchor = None if isinstance(element, Nested) else discovery.anchor_of(element.name)
            elements.append(element if anchor in (None, "builtin.module") else Nested(str(anchor), (element,)))
    return Pipeline(tuple(elements))
