"""A compiled model, ready to call.

    model = load("m.infer", num_threads=2)
    y = model(x)                          # by position: an array, or a tuple when there are several outputs
    model.run({"input": x})["logits"]     # by name

Inputs are checked before anything runs. Symbolic dimensions take their values from the inputs' shapes and must agree with each other.
"""

import importlib
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from inferir.backends.runtime.elements import NUMPY_NAMES, read, shown
from inferir.backends.runtime.native import BroadcastError, NativeCode, NativeFunction
from inferir.backends.runtime.program import DTYPES, ModelError, Port, Program
from inferir.backends.runtime.variants import Variants

_HOST = "inferir.backends.host.model"  # runs what is not native; it needs the compiler, so it is named here and imported when it is needed


class Model:
    """A program loaded into this process. Safe to call from several threads."""

    def __init__(self, program: Program, num_threads: int | None = None):
        if program.target != "cpu":
            raise ModelError(f"this program was compiled for target '{program.target}'; only 'cpu' runs here")
        self.program = program
        self.inputs, self.outputs = program.inputs, program.outputs
        self.code = NativeCode(program, num_threads) if program.code else None
        self.num_threads = self.code.num_threads if self.code is not None else 1
        self._lacking = any(port.strings or port.dtype in NUMPY_NAMES for port in self.outputs)
        self.variants: Variants | None = None
        """Compiles the model again for sizes that are 1; None where there is no compiler."""
        self.prepare()

    def prepare(self) -> None:
        """Look up the program's one function."""
        if self.program.host or self.code is None:
            raise ModelError("not all of this program is native: it is opened with load_program")
        for port in (*self.inputs, *self.outputs):
            if port.dtype not in DTYPES:
                raise ModelError(f"'{port.name}' has element type {port.dtype}, which this inferir cannot pass")
        self.function = NativeFunction(self.code, self.program.main)

    def __repr__(self) -> str:
        return f"Model({', '.join(map(str, self.inputs))} -> {', '.join(map(str, self.outputs))})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the threads and give the memory back. Calling the model afterwards is an error."""
        if self.variants is not None:
            self.variants.close()
        if self.code is not None:
            self.code.close()

    def __call__(self, *inputs: Any) -> np.ndarray | tuple[np.ndarray, ...]:
        """Run on the inputs in order."""
        if len(inputs) != len(self.inputs):
            raise ModelError(f"the model takes {_count(len(self.inputs), 'input')} ({_names(self.inputs)}), {len(inputs)} given")
        outputs = self._shown(self.answer([self.check(*each) for each in zip(self.inputs, inputs, strict=True)]))
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Run on inputs by name, giving outputs by name."""
        return dict(zip((port.name for port in self.outputs), self._shown(self.answer(self._by_name(inputs))), strict=True))

    def profile(self, inputs: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], list[tuple[str, float]]]:
        """Run once, giving the outputs and the seconds of every launch in order (none where the program records none)."""
        times: list[tuple[str, float]] = []
        outputs = self._shown(self.answer(self._by_name(inputs), times))
        return dict(zip((p.name for p in self.outputs), outputs, strict=True)), times

    def answer(self, arrays: list[Any], times: list[tuple[str, float]] | None = None) -> list[Any]:
        """As `infer`; where a size that is 1 meets another, by the model that is compiled for it, if it can be compiled."""
        try:
            return self.infer(arrays, times)
        except BroadcastError as error:
            variant = None if self.variants is None else self.variants.find(self.inputs, arrays, error.names)
            if variant is None:
                raise
        return variant.answer(arrays, times)

    def infer(self, arrays: list[Any], times: list[tuple[str, float]] | None = None) -> list[Any]:
        """Run on inputs that were checked. `times` receives the name and the seconds of every launch, if asked for."""
        if times is None:
            return self.function(arrays)
        seconds: list[float] = []
        outputs = self.function(arrays, seconds)
        times += zip(self.program.launches, seconds, strict=False)
        return outputs

    def check(self, port: Port, value: Any) -> Any:
        """The value as an array native code can read: right type, right rank, fixed dimensions right, contiguous, aligned."""
        array = read(port, value)
        flags = array.flags
        return array if flags.c_contiguous and flags.aligned else _copied(port, array)

    def _shown(self, outputs: list[Any]) -> list[Any]:
        return [shown(*each) for each in zip(self.outputs, outputs, strict=True)] if self._lacking else outputs

    def _by_name(self, inputs: Mapping[str, Any]) -> list[Any]:
        expected = {port.name for port in self.inputs}
        unknown = [name for name in inputs if name not in expected]
        if unknown:
            raise ModelError(f"the model has no input '{unknown[0]}'; its inputs are {_names(self.inputs)}")
        missing = [port for port in self.inputs if port.name not in inputs]
        if missing:
            raise ModelError(f"input '{missing[0].name}' is missing; it is {missing[0]}")
        return [self.check(port, inputs[port.name]) for port in self.inputs]


def load_program(program: Program, num_threads: int | None = None) -> Model:
    """The program ready to call, whether all of it is native or only parts. Those need the compiler: without it a ModelError names them."""
    if not program.host:
        return Model(program, num_threads)
    try:
        host = importlib.import_module(_HOST)
    except ImportError as e:
        listed = ", ".join(dict.fromkeys(map(str, program.host_ops)))
        what = f"has operators without native code ({listed}), which need" if listed else "computes sizes between native parts, which needs"
        raise ModelError(f"the model {what} the compiler to run (pip install inferir; {e.name} is missing)") from None
    return host.HostedModel(program, num_threads)


def _copied(port: Port, array: np.ndarray) -> np.ndarray:
    """A contiguous copy."""
    try:
        return np.array(array, order="C")
    except MemoryError:
        raise ModelError(f"input '{port.name}' is not contiguous, and there is not enough memory for a copy of it") from None


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _names(ports: tuple[Port, ...]) -> str:
    return ", ".join(f"'{port.name}'" for port in ports)
