"""From a model to something that runs: what infer-compile, infer-run and `inferir.compile` share."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from inferir.backends.host.text import host_op
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import Program
from inferir.backends.runtime.variants import Sizes, Variants
from inferir.backends.target import Runnable, find_target
from inferir.core import Context, InferError, Note, PassManager, make_context, text_of
from inferir.core.diagnostics import did_you_mean
from inferir.core.executor import Executor
from inferir.core.walk import walk
from inferir.dialects.cpu import FALLBACK
from inferir.passes.inference.fix_dims import fix_sizes
from inferir.tools.model_source import Source, context_for, read
from inferir.tools.rendered_errors import rendered

PRECISIONS = ("f32",)


def compile_model(
    model: Source,
    target: str = "cpu",
    opt_level: str = "layout",
    num_threads: int | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str = "f32",
    ctx: Context | None = None,
    fallback: bool = True,
    cpu: str | None = None,
) -> Runnable:
    """The model ready to run; `inferir.compile` describes the arguments. Raises InferError."""
    if precision not in PRECISIONS:
        raise InferError(f"no precision '{precision}' (there is {', '.join(PRECISIONS)})")
    own = context_for(model, ctx) if ctx is None or isinstance(model, ModuleOp) else ctx
    again = context_for(model, ctx)  # before anything is added to its weights
    artefact, _ = build(model, target, opt_level, dims or {}, own, fallback, cpu)
    loaded = find_target(target).load(artefact, num_threads)
    if isinstance(loaded, Model):
        loaded.variants = Variants(lambda sizes: _for_sizes(model, again, target, opt_level, dims or {}, num_threads, fallback, cpu, sizes))
    return loaded


def _for_sizes(
    model: Source,
    known: Context,
    target: str,
    opt_level: str,
    dims: Mapping[str, int],
    num_threads: int | None,
    fallback: bool,
    cpu: str | None,
    sizes: Sizes,
) -> Runnable | None:
    """The model for inputs of some fixed sizes; None where it has no meaning for them."""
    ctx = context_for(model, known)
    try:
        module = read(model, ctx, dims)
        fix_sizes(Executor(module, ctx).function("main"), sizes)
        artefact, _ = lowered(module, target, opt_level, ctx, fallback, cpu)
        return find_target(target).load(artefact, num_threads)
    except InferError:
        return None


def build_program(
    model: Source,
    target: str,
    opt_level: str,
    dims: Mapping[str, int],
    ctx: Context,
    keep_ir: bool = False,
    fallback: bool = True,
    cpu: str | None = None,
) -> Program:
    """The model as a program that can be packaged. Raises InferError."""
    program, module = build(model, target, opt_level, dims, ctx, fallback, cpu)
    if not isinstance(program, Program):
        raise InferError(f"target '{target}' runs models in this process only: it makes no package")
    if keep_ir:
        program.ir["lowered"] = text_of(module)
    return program


def build(
    model: Source, target: str, opt_level: str, dims: Mapping[str, int], ctx: Context, fallback: bool = True, cpu: str | None = None
) -> tuple[Any, ModuleOp]:
    """The target's artefact, and the lowered module it was made from. Raises InferError, without `fallback` also where an op has no kernel."""
    return lowered(read(model, ctx, dims), target, opt_level, ctx, fallback, cpu)


def lowered(
    module: ModuleOp, target: str, opt_level: str, ctx: Context, fallback: bool = True, cpu: str | None = None
) -> tuple[Any, ModuleOp]:
    """The target's artefact of a module, which is lowered for a machine (None: its own, else the host). Raises InferError."""
    chosen = find_target(target)
    chosen.prepare(module, cpu)
    PassManager(chosen.pipeline(opt_level), ctx).run(module)
    pass_on_warnings(ctx)
    if not fallback:
        refuse_fallback(module)
    return chosen.build(module, ctx), module


def translated(model: Source, kind: str, target: str, opt_level: str, dims: Mapping[str, int], ctx: Context, cpu: str | None) -> str:
    """The final code of a model as text of a kind that the target prints. Raises InferError."""
    chosen = find_target(target)
    if kind not in chosen.texts:
        there = f"there are {', '.join(chosen.texts)}" if chosen.texts else "it prints none"
        raise InferError(f"target '{target}' has no text '{kind}'{did_you_mean(kind, chosen.texts)} ({there})")
    module = read(model, ctx, dims)
    chosen.prepare(module, cpu)
    if not chosen.is_lowered(module):
        PassManager(chosen.pipeline(opt_level), ctx).run(module)
        pass_on_warnings(ctx)
    return chosen.texts[kind](module, ctx)


def pass_on_warnings(ctx: Context) -> None:
    """The first warning of a compilation as one of Python's, with how many more there are."""
    found = [d.message for d in ctx.diagnostics if d.severity == "warning"]
    if found:
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        warnings.warn(found[0] + more, stacklevel=4)


def refuse_fallback(module: ModuleOp) -> None:
    """Raise one InferError that lists every op the pipeline left to the reference executor, and why."""
    left = [(op, host_op(op)) for op in walk(module) if FALLBACK in op.attributes]
    if left:
        what = "an operator has" if len(left) == 1 else f"{len(left)} operators have"
        notes = [Note(f"{host.op}: {host.reason}", op.location) for op, host in left[1:]]
        first, host = left[0]
        raise InferError(f"{what} no native code: {host.op}: {host.reason}", first.location, notes)


@contextmanager
def compiling(tool: str, plugins: Sequence[str] = ()) -> Iterator[Context]:
    """A context for one compilation with the plug-ins loaded; InferErrors leave the block as the text a person reads."""
    sources: dict[str, str] = {}
    with rendered(tool, sources, plugins):
        ctx = make_context()
        ctx.sources = sources
        yield ctx
