"""The search for a smaller module: every step makes a smaller one that verifies and asks whether it is still interesting.

First each function returns as early a value as will do, found by halves; then ops go from the last to the first, in halves,
quarters and so on; then single steps change control flow, nesting, signatures and attributes. This goes on until nothing helps.
"""

from __future__ import annotations

from collections.abc import Callable

from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.traits import ConstantLike, IsTerminator

from inferir.core.diagnostics import InferError
from inferir.core.reduction.early_return import functions_that_return, places, return_at
from inferir.core.reduction.removal import removable, remove
from inferir.core.reduction.steps import steps
from inferir.core.verifier import verify
from inferir.core.walk import walk

Interesting = Callable[[ModuleOp], bool]
Change = Callable[[ModuleOp], bool]


def reduce(module: ModuleOp, interesting: Interesting) -> ModuleOp:
    """The smallest module found that is still interesting. `module` itself must be, and is left as it is."""
    return _Search(module, interesting).run()


def size(module: ModuleOp) -> int:
    """How many ops a module holds, functions and terminators not counted."""
    return sum(
        1
        for op in walk(module)
        if not isinstance(op, ModuleOp | func.FuncOp) and not op.has_trait(IsTerminator, value_if_unregistered=False)
    )


class _Search:
    def __init__(self, module: ModuleOp, interesting: Interesting):
        self.best = module
        self.interesting = interesting

    def run(self) -> ModuleOp:
        while self._return_early() | self._remove_in_chunks() | self._single_steps():
            pass
        return self.best

    def _try(self, change: Change) -> bool:
        """Apply a change to a copy; the copy is the best module from now on if it verifies and is interesting."""
        copy = self.best.clone()
        try:
            if not change(copy):
                return False
            _drop_unused_constants(copy)
            verify(copy)
        except InferError:
            return False
        if not self.interesting(copy):
            return False
        self.best = copy
        return True

    def _return_early(self) -> bool:
        """Let every function return the first of its values that will do."""
        changed = False
        for index in range(len(functions_that_return(self.best))):
            function = functions_that_return(self.best)[index]
            first, last = 0, len(places(function)) - 1
            while first < last:
                middle = (first + last) // 2
                if self._try(lambda m, i=index, k=middle: return_at(m, i, k)):
                    changed, last = True, middle
                else:
                    first = middle + 1
                last = min(last, len(places(functions_that_return(self.best)[index])) - 1)
        return changed

    def _remove_in_chunks(self) -> bool:
        """Take ops away from the last to the first, in halves, quarters and so on."""
        changed = False
        step = max(1, len(removable(self.best)) // 2)
        while step:
            start = len(removable(self.best))
            while start > 0:
                first = max(0, start - step)
                changed |= self._try(lambda m, a=first, b=start: remove(m, a, b))
                start = first
            step //= 2
        return changed

    def _single_steps(self) -> bool:
        """Try each step that the module offers; an accepted one renumbers those after it, so the rest is offered anew."""
        changed, skip = False, 0
        while True:
            offered = list(steps(self.best))
            if skip >= len(offered):
                return changed
            for change in offered[skip:]:
                if self._try(change):
                    changed = True
                    break
                skip += 1


def _drop_unused_constants(module: ModuleOp) -> None:
    for op in list(walk(module)):
        if (
            op.has_trait(ConstantLike, value_if_unregistered=False)
            and op.parent is not None
            and all(r.first_use is None for r in op.results)
        ):
            op.detach()
            op.erase()
