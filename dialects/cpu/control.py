"""Control flow at level 3. On tensors `cpu.if` and `cpu.loop` mean what `inference.if` and `inference.loop` mean.

On buffers nothing is yielded: the regions write to memory, and the ops read conditions and limits from it.

    cpu.if %c {                                    // %c: memref<i1>
      cpu.map %x outs %y {...} : ...
    } {
      cpu.map %z outs %y {...} : ...
    }
    cpu.loop %number limit %n condition %c {       // %number: memref<i64>, the loop writes the number of the run there
    ^bb0(%i: index):
      ...
      cpu.yield %more : memref<i1>                 // whether to go on; nothing: until the limit
    }
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects.builtin import IndexType, MemRefType
from xdsl.ir import Attribute, SSAValue

from inferir.core import define
from inferir.dialects.cpu.base import any_sizes
from inferir.dialects.inference.control import Branch, Repetition, yielded


def on_buffers(*values: SSAValue | None) -> bool:
    """Whether some value is memory."""
    return any(v is not None and isinstance(v.type, MemRefType) for v in values)


@define
class IfOp(Branch):
    """One of two regions, by a condition: `inference.if` with kernels in its regions; both end in `cpu.yield`.

    condition  one boolean
    """

    name = "cpu.if"
    size_relations = any_sizes

    def infer_types(self) -> list[Attribute]:
        """What both regions yield, joined; nothing on buffers."""
        return [] if on_buffers(self.condition) else super().infer_types()

    def verify_(self) -> None:
        """As `inference.if` on tensors; nothing is yielded on buffers."""
        if not on_buffers(self.condition):
            super().verify_()
        elif self.outs or yielded(self.then) or yielded(self.otherwise):
            self.error("on buffers it has no results, and its regions yield nothing")


@define
class LoopOp(Repetition):
    """A region again and again: `inference.loop` with kernels in its body, which ends in `cpu.yield`.

    limit      how often at most, one i64; absent: no bound
    condition  whether it runs at all, one i1; absent: it does
    carried    the values the first run gets; on buffers, memory for the number of the run, one i64
    """

    name = "cpu.loop"
    size_relations = any_sizes

    def infer_types(self) -> list[Attribute]:
        """As `inference.loop` on tensors; nothing on buffers."""
        return [] if on_buffers(*self.operands) else super().infer_types()

    def verify_(self) -> None:
        """As `inference.loop` on tensors; on buffers the body gets an index and yields at most a condition."""
        if not on_buffers(*self.operands):
            super().verify_()
        elif [a.type for a in self.body.block.args] != [IndexType()] or len(yielded(self.body)) > 1 or len(self.carried) != 1 or self.outs:
            self.error("on buffers it has memory for the number of the run; the body takes an index and yields at most a condition")

    def evaluate(self, operands: Sequence[Any], **context: Any) -> list[Any]:
        """Run the body until the limit or the condition ends it."""
        if not on_buffers(*self.operands):
            return super().evaluate(operands, **context)
        limit, condition, (number,) = self.arrays_of(operands)
        most = None if limit is None else int(np.asarray(limit).reshape(-1)[0])
        go, turn = condition is None or bool(condition.any()), 0
        while go and (most is None or turn < most):
            number[...] = turn
            go = all(np.asarray(more).any() for more in context["run"](self.body, turn))
            turn += 1
        return []
