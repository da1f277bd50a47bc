"""Epilogues whose operands and results have other element types than the accumulators."""

from typing import Any

import numpy as np
import pytest

from inferir.core.types import element_type
from inferir.dialects import inference as inf
from tests.unit.cpu_ops import both

rng = np.random.default_rng(3)


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("to", [np.int8, np.uint8, np.int32, np.float16, np.float64])
def test_gemm_stores_another_type(to: type, heavy: bool):
    """A long epilogue runs after the tile is done, on values that y cannot hold."""
    factors = [rng.standard_normal((7, 20)).astype(np.float32) * 10, rng.standard_normal((20, 33)).astype(np.float32)]
    mask = rng.integers(0, 2, (7, 33)).astype(np.bool_)
    chain = _Chain(to, heavy)
    ((got, want),) = both([*factors, mask], chain)
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got.astype(np.float64), want.astype(np.float64), rtol=2e-3, atol=1.01 if np.dtype(to).kind in "iu" else 1e-4)


class _Chain:
    """cast(select(mask, x w, |x w|)), with a tanh in between where it is heavy."""

    def __init__(self, to: type, heavy: bool):
        self.to, self.heavy = to, heavy

    def __call__(self, x: Any, w: Any, mask: Any) -> list[Any]:
        ops: list[Any] = [inf.MatmulOp.make(x, w)]
        if self.heavy:
            ops.append(inf.TanhOp.make(ops[-1].results[0]))
        ops.append(inf.AbsOp.make(ops[-1].results[0]))
        ops.append(inf.SelectOp.make(mask, ops[-2].results[0], ops[-1].results[0]))
        if np.dtype(self.to).kind == "u":
            ops.append(inf.AbsOp.make(ops[-1].results[0]))
        ops.append(inf.CastOp.make(ops[-1].results[0], to=element_type(self.to)))
        return ops
