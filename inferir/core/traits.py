"""Traits of ours; `traits = traits_def(Pure(), HasCanonicalizer(lambda: (mix_of_silence,)))` in an op's class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xdsl.traits import OpTrait

from inferir.core.rewriting import Pattern


@dataclass(frozen=True)
class HasCanonicalizer(OpTrait):
    """The op brings patterns to `canonicalize`. They are given by a function, as they are written below the class they match."""

    patterns: Callable[[], Sequence[Pattern]]
