"""torch's numbers and names for element types, as the archive of an exported program has them (`ScalarType` of its schema)."""

from __future__ import annotations

from xdsl.dialects import builtin
from xdsl.dialects.builtin import ComplexType, IntegerType, Signedness
from xdsl.ir import Attribute

_UNSIGNED = Signedness.UNSIGNED

ELEMENTS: dict[int, Attribute] = {
    1: IntegerType(8, _UNSIGNED),
    2: IntegerType(8),
    3: IntegerType(16),
    4: IntegerType(32),
    5: IntegerType(64),
    6: builtin.f16,
    7: builtin.f32,
    8: builtin.f64,
    10: ComplexType(builtin.f32),
    11: ComplexType(builtin.f64),
    12: IntegerType(1),
    13: builtin.bf16,
    28: IntegerType(16, _UNSIGNED),
    29: builtin.Float8E4M3FNType(),
    30: builtin.Float8E5M2Type(),
    31: builtin.Float8E4M3FNUZType(),
    32: builtin.Float8E5M2FNUZType(),
    33: builtin.Float8E8M0FNUType(),
    34: IntegerType(32, _UNSIGNED),
    35: IntegerType(64, _UNSIGNED),
}
"""ScalarType -> element type."""

LAYOUTS = {0: "unknown", 1: "sparse_coo", 2: "sparse_csr", 3: "sparse_csc", 4: "sparse_bsr", 5: "sparse_bsc", 6: "mkldnn", 7: "strided"}
MEMORY_FORMATS = {0: "unknown", 1: "contiguous_format", 2: "channels_last", 3: "channels_last_3d", 4: "preserve_format"}
