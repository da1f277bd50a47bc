"""Every lit file of a pass, run chunk by chunk in this process: the numbers stay, a second run changes nothing, every pattern fires.

The inputs and weights are random and seeded. A chunk whose functions the executor cannot run (calls without a body, ops of
dialects without semantics) still counts for the patterns.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import Operation

import inferir.passes
from inferir.core import Context, Executor, InferError, Pass, PassManager, Pattern, discovery, make_context, parse, text_of
from inferir.core.dims import parse_dim, symbols
from inferir.core.executor import SEMANTICS, argument_dims
from inferir.core.rewriting import constant_attribute_of
from inferir.core.string_codes import strings_of
from tests.unit.lit_cases import CASES, GOOD, SIZES, add_weights, random_array


@dataclass
class Run:
    """A module before and after its passes, and what the passes logged."""

    ctx: Context
    before: ModuleOp
    after: ModuleOp
    passes: list[Pass] = field(default_factory=list)


@cache
def run(index: int) -> Run:
    """The passes of a case applied once."""
    case = CASES[index]
    ctx = make_context(case.unregistered)
    module = parse(case.text, case.name, ctx)
    before = module.clone()
    add_weights(module, ctx)
    manager = PassManager(case.pipeline, ctx)
    for step in manager.passes():
        step.log.keep_reasons = True
    with suppress(InferError) if case.fails else nullcontext():
        manager.run(module)
    return Run(ctx, before, module, manager.passes())


def arguments(function: func.FuncOp) -> list[np.ndarray]:
    """Seeded inputs of a function; arguments that name the same symbol agree on it."""
    names: set[str] = set()
    for index in range(len(function.args)):
        for dim in argument_dims(function, index) or ():
            names |= symbols(parse_dim(dim)) if isinstance(dim, str) else set()
    sizes = {name: SIZES[i % len(SIZES)] for i, name in enumerate(sorted(names))}
    arrays = [random_array(a.type, sizes, f"arg{i}", argument_dims(function, i)) for i, a in enumerate(function.args)]
    known = [strings_of(function.arg_attrs, i) for i in range(len(arrays))]
    return [np.array(["other", *texts], object)[a % (len(texts) + 1)] if texts else a for a, texts in zip(arrays, known, strict=True)]


def runnable(op: Operation) -> bool:
    """Whether the executor has semantics for an op and all it holds."""
    return all(
        hasattr(o, "evaluate") or o.name in SEMANTICS or not o.results or constant_attribute_of(o.results[0]) is not None
        for o in op.walk()
        if o is not op
    )


def functions(module: ModuleOp) -> dict[str, func.FuncOp]:
    """The functions of a module that can be run on tensors, and so can all they call."""
    found = {
        op.sym_name.data: op
        for op in module.ops
        if isinstance(op, func.FuncOp)
        and not op.is_declaration
        and runnable(op)
        and all(isinstance(t, TensorType) for t in op.function_type.inputs.data)
    }
    while lost := [name for name, op in found.items() if any(callee not in found for callee in callees(op))]:
        for name in lost:
            del found[name]
    return found


def callees(function: func.FuncOp) -> Iterator[str]:
    """The names of the functions that a function calls."""
    return (op.callee.string_value() for op in function.walk() if isinstance(op, func.CallOp))


@pytest.mark.parametrize("index", GOOD, ids=[CASES[i].name for i in GOOD])
def test_the_numbers_stay(index: int):
    result = run(index)
    after = functions(result.after)
    for name, function in functions(result.before).items():
        if name not in after:
            continue
        bound = after[name]  # a pass may fix or bind sizes: the inputs have those that both take
        inputs = arguments(bound if len(bound.args) == len(function.args) else function)
        try:
            expected = Executor(result.before, result.ctx).call(name, inputs)
        except InferError:
            with pytest.raises(InferError):
                Executor(result.after, result.ctx).call(name, inputs)
            continue
        got = Executor(result.after, result.ctx).call(name, inputs)
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            assert a.shape == b.shape and a.dtype == b.dtype
            if b.dtype.kind == "O":
                assert a.tolist() == b.tolist()
                continue
            scale = np.abs(b[np.isfinite(b)]).max(initial=0) if b.dtype.kind in "fc" else 0
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5 * scale)


@pytest.mark.parametrize("index", GOOD, ids=[CASES[i].name for i in GOOD])
def test_a_second_run_changes_nothing(index: int):
    result = run(index)
    again = result.after.clone()
    once = text_of(again)  # a copy's blocks have no names
    PassManager(CASES[index].pipeline, result.ctx).run(again)
    assert text_of(again) == once


def modules() -> Iterator[Any]:
    """Every module below passes/."""
    for info in pkgutil.walk_packages(inferir.passes.__path__, "inferir.passes."):
        yield importlib.import_module(info.name)


def all_patterns() -> list[Pattern]:
    """Every pattern defined below passes/, each once."""
    found: dict[str, Pattern] = {}
    for module in modules():
        found |= {v.origin: v for v in vars(module).values() if isinstance(v, Pattern) and v.origin}
    return list(found.values())


@cache
def fired() -> set[str]:
    """The names of the patterns that some lit test makes fire."""
    return {name for i in range(len(CASES)) for p in run(i).passes for name, count in p.log.applied.items() if count}


@cache
def reasons() -> set[tuple[str, str]]:
    """The (pattern, reason) pairs with which patterns declined in the lit tests."""
    return {(pattern.name, reason) for i in range(len(CASES)) for p in run(i).passes for pattern, _, reason in p.log.declined}


def test_every_pattern_fires_in_a_lit_test():
    assert [f"{p.name} ({p.origin})" for p in all_patterns() if p.name not in fired()] == []


def test_names_of_patterns_are_unique_within_a_pass():
    for name in discovery.pass_modules():
        names = [p.name for p in discovery.find_pass(name).patterns]
        assert len(names) == len(set(names)), name


def test_every_reason_to_decline_has_a_case():
    missing = []
    for module in modules():
        if not any(isinstance(v, Pattern) for v in vars(module).values()):
            continue
        for name, said in declared_reasons(Path(str(module.__file__)).read_text("utf-8")):
            if not any(n == name and re.fullmatch(said, r, re.DOTALL) for n, r in reasons()):
                missing.append(f"{module.__name__}.{name}: {said}")
    assert missing == []


def declared_reasons(source: str) -> Iterator[tuple[str, str]]:
    """(pattern, regular expression) of every reason that the patterns of a file give as a string."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef) or not any("rewrites" in ast.unparse(d) for d in node.decorator_list):
            continue
        for statement in ast.walk(node):
            match statement:
                case ast.Return(value=ast.Constant(value=str(text))):
                    yield node.name, re.escape(text)
                case ast.Return(value=ast.JoinedStr(values=parts)):
                    yield node.name, "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".*" for p in parts)


def test_a_reason_without_a_case_would_be_found():
    source = '@rewrites(A)\ndef f(op, rw):\n    if a:\n        return "too big"\n    return f"{n} left"\n'
    assert set(declared_reasons(source)) == {("f", "too\\ big"), ("f", ".*\\ left")}
