"""The operands of ONNX's operators that are lists of integers."""

from __future__ import annotations

from inferir.passes.framework.lowering.registry import integer_lists

LISTS: dict[str, tuple[int, ...]] = {
    "Reshape": (1,),
    "Expand": (1,),
    "ConstantOfShape": (0,),
    "Pad": (1, 3),
    "Slice": (1, 2, 3, 4),
    "Split": (1,),
    "Tile": (1,),
    "TopK": (1,),
    "Squeeze": (1,),
    "Unsqueeze": (1,),
    "Resize": (3,),
    "CenterCropPad": (1,),
    **{f"Reduce{kind}": (1,) for kind in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")},
}
"""The operands, by operator, that are lists of integers."""
STRICT = ("ConstantOfShape", "Expand", "Pad", "Slice")
"""Operators whose lists say how many dimensions there are: a number is an error there, as the standard has it."""

integer_lists("onnx", LISTS, STRICT)
