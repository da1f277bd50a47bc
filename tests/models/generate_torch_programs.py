"""Write the programs of `data/torch` that hold what the fixtures do not: state, writes through views, sizes in arithmetic.

    python tests/models/generate_torch_programs.py          # in an environment that has torch

`<name>.pt2` is what torch.export.save writes, `<name>.npz` the inputs `in0, in1, ...` and torch's outputs `out0, out1, ...`: what the program returns, then
the new values of the buffers and inputs it writes to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "data/torch"
torch: Any = __import__("torch")


class Cache(torch.nn.Module):
    """Writes to a buffer, to its input, and to tensors through views of views."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("cache", torch.zeros(4, 8))
        self.linear = torch.nn.Linear(8, 8)

    def forward(self, x: Any, position: Any) -> Any:
        y = torch.relu_(self.linear(x))
        y[:, 0] = 1.0
        self.cache.index_copy_(0, position, y[:1])
        x.add_(1)
        y = y.view(-1, 2, 4).transpose(1, 2)
        y[:, 1:3] += 2
        return y.reshape(x.shape[0], -1) + self.cache.sum()


class Sizes(torch.nn.Module):
    """Sizes that are computed from those of the inputs."""

    def forward(self, x: Any, y: Any) -> Any:
        both = torch.cat([x, y], 1)
        rows = both.shape[0] * both.shape[1]
        mask = torch.arange(both.shape[1]) % 2 == 0
        padded = torch.nn.functional.pad(both.masked_fill(mask[None, :, None], 0.0), (0, 0, 1, 2))
        return both.reshape(rows, -1).softmax(-1), padded[:, 1 : both.shape[1] + 1], both.mean((0, 1)) * rows


def write(name: str, program: Any, inputs: tuple[Any, ...], **options: Any) -> None:
    """One program, its inputs and outputs."""
    exported = torch.export.export(program, inputs, strict=False, **options)
    torch.export.save(exported, FOLDER / f"{name}.pt2")
    state = [v.detach().clone() for v in program.buffers()]
    arrays = {f"in{i}": v.detach().clone().numpy() for i, v in enumerate([*inputs, *state])}
    outputs = program(*inputs)
    written = [
        v for v, old in zip([*inputs, *program.buffers()], arrays.values(), strict=True) if not np.array_equal(v.detach().numpy(), old)
    ]
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    arrays |= {f"out{i}": v.detach().numpy() for i, v in enumerate([*outputs, *written])}
    np.savez(FOLDER / f"{name}.npz", **arrays)


def main() -> None:
    """All of them."""
    torch.manual_seed(0)
    batch, first, second = torch.export.Dim("batch", min=2, max=9), torch.export.Dim("first", max=64), torch.export.Dim("second", max=64)
    write("state", Cache().eval(), (torch.randn(5, 8), torch.tensor([2])), dynamic_shapes=({0: batch}, None))
    shapes = ({0: batch, 1: first}, {0: batch, 1: second})
    write("sizes", Sizes(), (torch.randn(3, 4, 5), torch.randn(3, 6, 5)), dynamic_shapes=shapes)


if __name__ == "__main__":
    main()
