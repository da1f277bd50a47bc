"""Weights beside text: the module attribute `inference.weights` names a safetensors file relative to the text."""

from __future__ import annotations

from pathlib import Path

from xdsl.dialects.builtin import ModuleOp, StringAttr

from inferir.core.context import Context

ATTRIBUTE = "inference.weights"


def attach_weights(module: ModuleOp, ctx: Context, folder: Path) -> None:
    """Make the sidecar's weights known to the context, reading only its header. A sidecar that is not there is an error
    only once a weight of it is looked at."""
    named = module.attributes.get(ATTRIBUTE)
    if isinstance(named, StringAttr) and (folder / named.data).is_file():
        ctx.weights.add_safetensors(folder / named.data)
