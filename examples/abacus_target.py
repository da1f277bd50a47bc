"""A target from outside the tree: a dialect, a lowering to it and an executor, in one plug-in file.

infer-run m.mlir --input random --target abacus --plugin examples/abacus_target.py

The abacus adds and clamps at zero, one array at a time, and counts the beads it moves.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Dialect, Operation, SSAValue

from inferir.backends.interpreter.model import Interpreted, main_of
from inferir.backends.target import LEVELS, Target
from inferir.core import Context, ConversionTarget, Pass, Rewriter, convert_fully, define, rewrites
from inferir.core.executor import bind_inputs
from inferir.dialects import inference as inf
from inferir.dialects.inference.base import Binary, Unary

# The dialect: an op's text form, verifier and shape rule follow from its definition.


@define
class PushOp(Binary):
    """lhs + rhs, by pushing beads."""

    name = "abacus.push"

    def reference(self, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
        """numpy."""
        return lhs + rhs


@define
class ClampOp(Unary):
    """Negative columns go back to zero."""

    name = "abacus.clamp"

    def reference(self, x: np.ndarray) -> np.ndarray:
        """numpy."""
        return np.maximum(x, 0)


ABACUS = Dialect("abacus", [PushOp, ClampOp])


# The lowering: one law per op; what has no law is listed in one error.


@rewrites(inf.AddOp)
def push(op: inf.AddOp, rw: Rewriter) -> str | None:
    """add = push"""
    rw.replace(op, PushOp.make(op.lhs, op.rhs))


@rewrites(inf.ReluOp)
def clamp(op: inf.ReluOp, rw: Rewriter) -> str | None:
    """relu = clamp"""
    rw.replace(op, ClampOp.make(op.x))


class ConvertInferenceToAbacus(Pass):
    """The abacus has two moves."""

    patterns = (push, clamp)

    def run(self, op: Operation, ctx: Context) -> None:
        """Convert everything, or say what cannot be."""
        convert_fully(op, self.patterns, ConversionTarget(illegal_dialects=frozenset({"inference"})), ctx, self.log)


# The executor, and the target that ties the three together.


class Abacus(Interpreted):
    """Runs the moves in order; `beads` counts what was moved."""

    beads = 0

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Outputs by name."""
        main = main_of(self.module)
        values: dict[SSAValue, Any] = dict(zip(main.body.block.args, bind_inputs(main, inputs), strict=True))
        results = []
        for op in main.body.block.ops:
            operands = [values[v] for v in op.operands]
            if isinstance(op, PushOp | ClampOp):
                values[op.result] = op.reference(*operands)
                self.beads += values[op.result].size
            else:
                results = operands
        return dict(zip((port.name for port in self.outputs), results, strict=True))


def build(module: ModuleOp, ctx: Context) -> Abacus:
    """The lowered module as something that runs."""
    return Abacus(module, ctx)


TARGET = Target(
    name="abacus",
    pipelines={level: f"inference-{level},convert-inference-to-abacus" for level in LEVELS},
    build=build,
    load=lambda artefact, num_threads: artefact,
)
