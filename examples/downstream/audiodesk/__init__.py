"""What inferir's tools find here: a dialect, a pass, a pipeline, a target and a rule."""

from audiodesk import rules as rules  # a rule registers itself
from audiodesk.dialect import DESK
from audiodesk.lower_desk import LowerDesk
from audiodesk.target import TARGET
from inferir.core import pipeline

DESK_TO_INFERENCE = pipeline("canonicalize", "lower-desk", "cse")

__all__ = ["DESK", "DESK_TO_INFERENCE", "TARGET", "LowerDesk"]
