"""The patterns of `propagate-layout`: transposes appear at windowed ops, move towards the results, and cancel where they meet."""

from inferir.core.rewriting import Pattern
from inferir.passes.inference.layout import meeting, moving, windows

PATTERNS: tuple[Pattern, ...] = tuple(v for m in (windows, moving, meeting) for v in vars(m).values() if isinstance(v, Pattern))
