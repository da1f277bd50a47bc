"""A target that writes a numpy script: what one op does is one line of it."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from inferir.backends.interpreter.model import main_of, ports_of
from inferir.backends.target import LEVELS, Target
from inferir.core import Context, InferError, constant_value
from inferir.dialects import inference as inf

LINES = {inf.AddOp: "{} + {}", inf.MulOp: "{} * {}", inf.NegOp: "-{}", inf.ReluOp: "np.maximum({}, 0)"}
"""What the ops that this target takes are in numpy."""


class Script:
    """A model as the text of a Python function, and that function."""

    def __init__(self, module: ModuleOp, ctx: Context):
        main = main_of(module)
        self.inputs, self.outputs = ports_of(main)
        self.constants: dict[str, np.ndarray] = {}
        names: dict[SSAValue, str] = {a: f"x{a.index}" for a in main.body.block.args}
        lines = [f"def main({', '.join(names.values())}):"]
        for op in main.body.block.ops:
            operands = [names[v] for v in op.operands]
            if isinstance(op, func.ReturnOp):
                lines.append(f"    return [{', '.join(operands)}]")
                continue
            name = names[op.results[0]] = f"v{len(names)}"
            if isinstance(op, inf.ConstantOp):
                self.constants[name] = constant_value(op.value, ctx)
            elif type(op) in LINES:
                lines.append(f"    {name} = {LINES[type(op)].format(*operands)}")
            else:
                raise InferError(f"target 'script' has no line for {op.name}", op.location)
        self.text = "\n".join(lines) + "\n"
        known: dict[str, Any] = {"np": np, **self.constants}
        exec(self.text, known)  # noqa: S102  (the text is our own)
        self.main = known["main"]

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Outputs by name."""
        results = self.main(*(np.asarray(inputs[port.name]) for port in self.inputs))
        return dict(zip((port.name for port in self.outputs), results, strict=True))

    def __call__(self, *inputs: Any) -> np.ndarray | tuple[np.ndarray, ...]:
        """The same by position."""
        outputs = tuple(self.run(dict(zip((port.name for port in self.inputs), inputs, strict=True))).values())
        return outputs[0] if len(outputs) == 1 else outputs

    def close(self) -> None:
        """Nothing to give back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def load(artefact: Script, num_threads: int | None) -> Script:
    """What was built runs as it is, in one thread."""
    return artefact


TARGET = Target(
    name="script",
    pipelines={level: f"inference-none,desk-to-inference,inference-{level}" for level in LEVELS},
    build=Script,
    load=load,
)

__all__ = ["TARGET", "Script"]
