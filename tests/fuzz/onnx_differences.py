"""Where ONNX Runtime and we differ and ONNX's own reference implementation gives what we give, or the standard says nothing: each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import helper


@dataclass(frozen=True)
class Drawn:
    """A node that differs: its attributes, the operator set, operands and results as ONNX Runtime has them."""

    node: onnx.NodeProto
    opset: int
    operands: Sequence[Any]
    results: Sequence[Any]

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute."""
        found = next((a for a in self.node.attribute if a.name == name), None)
        value = default if found is None else helper.get_attribute_value(found)
        return value.decode() if isinstance(value, bytes) else value


@dataclass(frozen=True)
class Reason:
    """Why nodes of an operator may differ. `unspecified`: the standard does not say what is right, so there is no arbiter."""

    operators: str
    text: str
    test: Callable[[Drawn], bool]
    unspecified: bool = False


REASONS = [
    Reason(
        "Slice",
        "ONNX Runtime reads an end of INT_MAX under a negative step as the far end; the standard clamps it to the size, which leaves nothing",
        lambda d: any(np.any(np.asarray(v.array) == 2**31 - 1) for v in d.operands[1:]) and bool(np.any(d.operands[-1].array < 0)),
    ),
    Reason(
        "ConvTranspose",
        "SAME padding where the stride is larger than the window: the standard makes the result input * stride, ONNX Runtime cuts no pad below 0",
        lambda d: str(d.get("auto_pad")).startswith("SAME"),
    ),
    Reason(
        "MaxPool AveragePool LpPool",
        "SAME padding of a dilated window: ONNX Runtime computes the pads without the dilation",
        lambda d: str(d.get("auto_pad")).startswith("SAME") and max(d.get("dilations", [1])) > 1,
        unspecified=True,  # ONNX's reference implementation computes other numbers than either
    ),
    Reason(
        "AffineGrid",
        "align_corners of a dimension of 1: ONNX Runtime takes -1 where the standard's function has the centre",
        lambda d: d.get("align_corners") == 1 and 1 in np.asarray(d.operands[1].array)[2:],
    ),
    Reason(
        "GridSample",
        "cubic with border or reflection: ONNX Runtime moves the place into the image before it takes the neighbours, the standard each neighbour",
        lambda d: d.get("mode") in ("cubic", "bicubic") and d.get("padding_mode") != "zeros",
    ),
    Reason(
        "Resize",
        "align_corners: ONNX Runtime divides by the whole new size, the standard by scale * size",
        lambda d: d.get("coordinate_transformation_mode") == "align_corners",
    ),
    Reason(
        "TreeEnsembleClassifier",
        "ONNX Runtime takes the best among the classes that a leaf of the sample votes for, and two classes as one; the standard has all",
        lambda d: True,
    ),
    Reason(
        "SVMClassifier",
        "two classes without probabilities and no negative coefficient: ONNX's reference gives the second class, ONNX Runtime the one that wins",
        lambda d: len(d.get("rho", [])) == 1 and not d.get("prob_a") and min(d.get("coefficients")) >= 0,
    ),
    Reason(
        "Loop",
        "a stack of no runs: ONNX Runtime gives its elements 0 where their size is not declared, the standard does not say",
        lambda d: any(isinstance(r.array, np.ndarray) and r.array.shape[:1] == (0,) for r in d.results),
        unspecified=True,
    ),
    Reason("Dropout", "until version 10 the mask is not said in test mode", lambda d: d.opset < 12, unspecified=True),
    Reason("BlackmanWindow", "the ends cancel to rounding noise around 0", lambda d: d.results[0].array.size < 3, unspecified=True),
]


DECLINED = {
    "the rank of an operand is not known": "how many dimensions a value has only the run knows: its shape operand has no known length",
    "the places of elements under auto_pad of an unknown size": "MaxPool's Indices under SAME padding of a symbolic size are not computed",
}
"""What our conversion declines, by what its message says, and why."""


def explained(node: onnx.NodeProto, opset: int, operands: Sequence[Any], results: Sequence[Any]) -> Reason | None:
    """Why a node alone may differ; None where nothing explains it."""
    drawn = Drawn(node, opset, operands, results)
    return next((r for r in REASONS if node.op_type in r.operators.split() and r.test(drawn)), None)
