"""Write `tflite_cases.npz`: small TFLite files of one operator and what LiteRT's reference kernels compute of them.

    python tests/conformance/generate_tflite.py            (needs `pip install ai-edge-litert`)

Only this file imports LiteRT; the tests read what it wrote.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
from tflite_cases import cases
from tflite_writer import Case, write

ARCHIVE = Path(__file__).with_name("tflite_cases.npz")


def results(case: Case, inputs: list[np.ndarray]) -> tuple[bytes, list[np.ndarray]]:
    """The file, of the first version that LiteRT takes, and what its reference kernels give; its default kernels where there are none."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType  # pyright: ignore[reportMissingImports]

    problem: Exception | None = None
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        for version in range(1, 8):
            model = write(case, version)
            try:
                interpreter = Interpreter(model_content=model, experimental_op_resolver_type=resolver)
                interpreter.allocate_tensors()
            except (RuntimeError, ValueError) as refusal:
                problem = problem or refusal
                continue
            for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
                interpreter.set_tensor(detail["index"], value)
            interpreter.invoke()
            return model, [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]
    assert problem is not None
    raise problem


def stored(case: Case) -> dict[str, np.ndarray]:
    """The arrays of a case."""
    inputs = [o.value for o in case.operands if o is not None and not o.constant and not o.variable]
    model, outputs = results(case, inputs)
    out = {"model": np.frombuffer(model, np.uint8)}
    out |= {f"in{i}": v for i, v in enumerate(inputs)}
    return out | {f"out{i}": v for i, v in enumerate(outputs)}


def main() -> int:
    """Write the archive; cases that LiteRT refuses are named and left out."""
    refused = []
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for case in cases():
            try:
                arrays = stored(case)
            except (RuntimeError, ValueError) as problem:
                refused.append(f"{case.name}: {str(problem).splitlines()[0][:150]}")
                continue
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.save(buffer, array)
                archive.writestr(zipfile.ZipInfo(f"{case.operator}/{case.name}/{name}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED)
    sys.stderr.write("\n".join(refused) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
