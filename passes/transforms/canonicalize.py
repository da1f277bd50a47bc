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
from typing import Annotated, Any

from xdsl.dialect_interfaces.constant_materialization import ConstantMaterializationInterface
from xdsl.folder import Folder
from xdsl.ir import Attribute, Operation, SSAValue, TypeAttribute
from xdsl.traits import ConstantLike, HasCanonicalizationPatternsTrait, HasFolder

from inferir.core import Context, InferError, Pass, Pattern, Rewriter, make_context, rewrites
from inferir.core.diagnostics import did_you_mean
from inferir.core.driver import GreedyDriver
from inferir.core.rewriting import stock_pattern
from inferir.core.traits import HasCanonicalizer
from inferir.core.walk import walk
from inferir.passes.transforms import canonicalization
from inferir.passes.transforms.flow.simplify_regions import simplify_regions
from inferir.passes.transforms.folding.arith import FOLDED
from inferir.passes.transforms.folding.arith import fold as fold_arith

LEVELS = ("disabled", "normal", "aggressive")


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
    if op.name in FOLDED:
        value = fold_arith(op, [ConstantLike.get_constant_value(operand) for operand in op.operands])
        made = _constant(value, op, rw.ctx) if value is not None else None
        if made is not None:
            rw.replace(op, made)
            return None
    if Folder(rw.ctx).replace_with_fold(op, rw) is None:
        return "its folder finds nothing"


def _constant(value: Attribute | SSAValue, op: Operation, ctx: Context) -> Operation | SSAValue | None:
    """What an op's result becomes: a value, or the constant op for an attribute where its dialect makes one."""
    if isinstance(value, SSAValue):
        return value
    interface = ctx.get_dialect(op.dialect_name()).get_interface(ConstantMaterializationInterface)
    type = op.results[0].type
    return interface.materialize_constant(value, type) if interface is not None and isinstance(type, TypeAttribute) else None


def stock_patterns(ctx: Context, root: Operation) -> list[Pattern]:
    """The patterns and folders that ops of the loaded dialects, and those inside `root`, bring themselves."""
    op_types = dict.fromkeys([*ctx.loaded_ops, *{type(op) for op in walk(root)}])
    out = [replace(fold, op_types=tuple(t for t in op_types if _folds(t)))]
    for op_type in op_types:
        out += patterns_of(op_type)
    return out if out[0].op_types else out[1:]


def _folds(op_type: type[Operation]) -> bool:
    return op_type.name in FOLDED or (op_type.has_trait(HasFolder) and not op_type.has_trait(ConstantLike))


def patterns_of(op_type: type[Operation]) -> list[Pattern]:
    """The patterns that an op brings itself, one of xDSL's or one of a plug-in's."""
    stock = op_type.get_traits_of_type(HasCanonicalizationPatternsTrait)
    out = [stock_pattern(p, op_type) for trait in stock for p in trait.get_patterns(op_type)]
    for trait in op_type.get_traits_of_type(HasCanonicalizer):
        out += trait.patterns()
    return out


class Canonicalize(Pass):
    """Later passes match one form instead of many, and what computes nothing costs nothing. The options are mlir-opt's."""

    patterns = our_patterns()
    top_down: Annotated[bool, "look at what stands first first"] = True
    region_simplify: Annotated[str, "what is done to blocks: disabled, normal, aggressive (merges equal ones too)"] = "normal"
    max_iterations: Annotated[int, "how often patterns are applied and regions simplified in turn; -1: until nothing changes"] = 10
    max_num_rewrites: Annotated[int, "rewrites within an iteration; -1: any number"] = -1
    test_convergence: Annotated[bool, "fail where something still applies at the end"] = False
    disable_patterns: Annotated[tuple[str, ...], "patterns that are left out"] = ()
    enable_patterns: Annotated[tuple[str, ...], "the only patterns, beside folding"] = ()
    filter_dialects: Annotated[tuple[str, ...], "only patterns for ops of these dialects"] = ()

    def __init__(self, **options: Any):
        super().__init__(**options)
        if self.region_simplify not in LEVELS:
            raise InferError(f"pass 'canonicalize': option 'region-simplify' takes {', '.join(LEVELS)}, not '{self.region_simplify}'")

    def run(self, op: Operation, ctx: Context) -> None:
        """Apply patterns inside `op` and simplify its regions, in turn, until neither changes anything. Raises InferError for names of
        patterns or dialects that there are not, and with `test-convergence` where something still applies at the end."""
        patterns = self.chosen(ctx, op)
        rewrites_left = self.max_num_rewrites if self.max_num_rewrites >= 0 else None
        iteration = 0
        again = True
        while again and iteration != self.max_iterations:
            iteration += 1
            driver = GreedyDriver(patterns, ctx, self.log, rewrites_left)
            driver.top_down = self.top_down
            driver.run(op)
            again = self._simplify(op) or not driver.finished
        if again and self.test_convergence:
            raise InferError(f"canonicalize did not converge within {iteration} iterations", op.location)

    def _simplify(self, op: Operation) -> bool:
        return self.region_simplify != "disabled" and simplify_regions(op, self.region_simplify == "aggressive")

    def chosen(self, ctx: Context, root: Operation) -> list[Pattern]:
        """The patterns that the options leave."""
        patterns = [*self.patterns, *stock_patterns(ctx, root)]
        for name in (*self.disable_patterns, *self.enable_patterns):
            if all(p.name != name for p in patterns):
                _must_exist("pattern", name, {p.name for p in all_patterns(ctx)})
        for name in self.filter_dialects:
            _must_exist("dialect", name, set(ctx.registered_dialect_names))
        out = [p for p in patterns if p.name not in self.disable_patterns]
        if self.enable_patterns:
            out = [p for p in out if p.name in (*self.enable_patterns, fold.name)]
        if self.filter_dialects:
            op_types = [t for t in ctx.loaded_ops if t.name.partition(".")[0] in self.filter_dialects]
            out = [p if p.name == fold.name else _within(p, op_types) for p in out]
            out = [p for p in out if p.op_types]
        return out


def _within(pattern: Pattern, op_types: list[type[Operation]]) -> Pattern:
    """A pattern for those of its ops that are of some types."""
    return replace(pattern, op_types=tuple(t for t in op_types if not pattern.op_types or issubclass(t, pattern.op_types)))


def _must_exist(what: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise InferError(f"canonicalize: there is no {what} '{name}'{did_you_mean(name, known)}")


def all_patterns(ctx: Context) -> list[Pattern]:
    """The patterns of every dialect that is registered."""
    every = make_context()
    ops = [op_type for name in sorted(ctx.registered_dialect_names) for op_type in every.get_dialect(name).operations]
    return [*our_patterns(), fold, *(p for op_type in ops for p in patterns_of(op_type))]
