"""The optimisation levels that hold on any target; each contains the one before it.

A target's own pipelines (`passes/<target>/pipeline.py`) begin with these.
"""

from inferir.core import pipeline

NONE = pipeline("")

BASIC = pipeline(
    NONE,
    "cse",
    "fold-batch-norm",  # O3: the scale and shift of a batch norm belong to the filter
)

EXTENDED = pipeline(BASIC)

LAYOUT = pipeline(EXTENDED)
