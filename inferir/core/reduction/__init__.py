"""Shrink a module while something still holds of it."""

from inferir.core.reduction.search import Interesting as Interesting
from inferir.core.reduction.search import reduce as reduce
from inferir.core.reduction.search import size as size
