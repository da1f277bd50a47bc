"""The patterns of `convert-inference-to-cpu`, one file for each family of ops."""

from importlib import import_module
from pkgutil import iter_modules

from inferir.core.rewriting import Pattern

FAMILIES = tuple(import_module(f"{__name__}.{name}") for name in sorted(m.name for m in iter_modules(__path__)))
PATTERNS: tuple[Pattern, ...] = tuple(
    value
    for module in FAMILIES
    for value in vars(module).values()
    if isinstance(value, Pattern) and value.function.__module__ == module.__name__
)
