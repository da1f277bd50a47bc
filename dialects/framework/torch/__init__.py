"""torch's operators as ops: `framework.aten.linear`, `framework.aten.add.Tensor`; a default overload has no suffix.

| in the program                                    | namespace                        |
|---------------------------------------------------|----------------------------------|
| `torch.ops.aten`                                  | `framework.aten`                 |
| `torch.ops.quantized_decomposed`, `torchao`       | `framework.quantized_decomposed`, `framework.torchao` |
| `torch.ops.higher_order` (cond, while_loop, ...)  | `framework.higher_order`         |
| `operator`, `math`, `torch.sym_*` between sizes   | `framework.sym`                  |

Arguments that are no tensors are attributes under the names of the signature. One that the program computes (a size) is an operand; a list of
sizes with computed ones has `-9223372036854775808` in their places and the operands in order. `segments` counts the values of each operand of
the table's row where they do not stand one each. A number in the place of a tensor (`x - 1`) is an attribute.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from inferir.dialects.framework.schema import Table, read_table
from inferir.dialects.framework.sources import Source

NAMESPACES = ("aten", "quantized_decomposed", "torchao", "higher_order", "sym")
COMPUTED = -(1 << 63)
"""Stands in a list of sizes for one that is an operand."""


@cache
def torch_table() -> Table:
    """The committed table of torch's operators, read when first asked for."""
    return read_table(Path(__file__).with_name("table.json"))


SOURCE = Source(domains={n: n for n in NAMESPACES}, table=torch_table)
