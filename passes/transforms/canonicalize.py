"""Bring every op into its canonical form and drop what does nothing.

  %0 = inference.reshape %x shape [2, 8] : (tensor<4x4xf32>) -> tensor<2x8xf32>
  %1 = inference.reshape %0 shape [4, 4] : (tensor<2x8xf32>) -> tensor<4x4xf32>
  %2 = inference.relu %1 : tensor<4x4xf32>
becomes
  %2 = inference.relu %x : tensor<4x4xf32>

The laws of our dialects are the patterns in `passes/transforms/canonicalization/`, one file per family of ops, found there;
the dialects of xDSL (arith, scf, memref, ...) and of plug-ins bring their own.
"""

import importlib
import pkgutil
from dataclasses import replace

from xdsl.folder import Folder
from xdsl.ir import Operation
from xdsl.traits import ConstantLike, HasCanonicalizationPatternsTrait, HasFolder
from xdsl.transforms.dead_code_elimination import region_dce

from inferir.core import Context, Pass, Pattern, Rewriter, apply_patterns, rewrites
from inferir.core.rewriting import stock_pattern
from inferir.core.traits import HasCanonicalizer
from inferir.core.walk import walk
from inferir.passes.transforms import canonicalization


def our_patterns() -> tuple[Pattern, ...]:
    """The patterns of every file in `canonicalization/`."""
    found: dict[Pattern, None] = {}
    for name in sorted(m.name for m in pkgutil.iter_modules(canonicalization.__path__)):
        module = importlib.import_module(f"{canonicalization.__name__}.{name}")
        found |= dict.fromkeys(v for v in vars(module).values() if isinstance(v, Pattern))
    return tuple(found)


@rewrites()
def fold(op: Operation, rw: Rewriter) -> str | None:
    """An op whose own folder knows its value is that value (for the dialects of xDSL)."""
    if Folder(rw.ctx).replace_with_fold(op, rw) is None:
        return "its folder finds nothing"


def stock_patterns(ctx: Context, root: Operation) -> list[Pattern]:
    """The patterns and folders that ops of the loaded dialects, and those inside `root`, bring themselves."""
    op_types = dict.fromkeys([*ctx.loaded_ops, *{type(op) for op in walk(root)}])
    out = [replace(fold, op_types=tuple(t for t in op_types if t.has_trait(HasFolder) and not t.has_trait(ConstantLike)))]
    for op_type in op_types:
        for trait in op_type.get_traits_of_type(HasCanonicalizationPatternsTrait):
            out += [stock_pattern(p, op_type) for p in trait.get_patterns(op_type)]
        for trait in op_type.get_traits_of_type(HasCanonicalizer):
            out += trait.patterns()
    return out if out[0].op_types else out[1:]


class Canonicalize(Pass):
    """Later passes match one form instead of many, and what computes nothing costs nothing."""

    patterns = our_patterns()

    def run(self, op: Operation, ctx: Context) -> None:
        """Apply all patterns inside `op` until none applies."""
        patterns = [*self.patterns, *stock_patterns(ctx, op)]
        apply_patterns(op, patterns, ctx, self.log)
        while drop_unreachable(op):
            apply_patterns(op, patterns, ctx, self.log)


def drop_unreachable(root: Operation) -> bool:
    """Remove the blocks that control never reaches; whether there were any."""
    branching = [r for op in walk(root) for r in op.regions if r.first_block is not r.last_block]
    return sum(region_dce(region) for region in branching if region.parent is not None) > 0
