"""Tables of keys and values: every lane of a vector halves the keys for itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from xdsl.ir import SSAValue

from inferir.core import Rewriter, rewrites
from inferir.dialects import inference as inf
from inferir.passes.cpu.inference_to_cpu.building import reshaped, shape_of
from inferir.passes.cpu.inference_to_cpu.program import Program, Scalar, generate


@rewrites(inf.LookupOp)
def lookup(op: inf.LookupOp, rw: Rewriter) -> str | None:
    """The last key that is not above x, found in steps of powers of two; its value if it is x, else `other`"""
    keys = rw.array(op.keys)
    if keys is None:
        return "its keys are computed"
    try:
        op.check_keys(keys)
    except ValueError as problem:
        return str(problem)
    if shape_of(op.values)[0] < 0:
        return "the number of its values is not known"
    missing = len(keys) > 0 and bool(keys[-1] != keys[-1])
    count = len(keys) - missing
    steps = [1 << k for k in reversed(range(max(count - 1, 0).bit_length()))]
    last = np.repeat(keys[:count][-1:], sum(steps) + 1 - count)  # no step leads beyond these

    def body(s: Program, at: list[Any], x: SSAValue, keys: SSAValue, values: SSAValue, other: SSAValue) -> Scalar:
        value, otherwise = s.load(x, at), s.load(other, [0])
        found: Scalar = otherwise
        if count:
            here: Scalar = s.value(0)
            for step in steps:
                here = s.where(s.load(keys, [here + step]) <= value, here + step, here)
            found = s.where(s.load(keys, [here]).equals(value), s.load(values, [s.smaller(here, count - 1)]), otherwise)
        return s.where(value.differs(value), s.load(values, [count]), found) if missing else found

    padded, other = rw.const(np.concatenate([keys[:count], last])) if count else op.keys, reshaped(op.other, (1,), rw)
    return generate(op, [op.x, op.keys, op.values, op.other], body, rw, instead=[op.x, padded, op.values, other])
