"""Every pass on values of unknown rank, and of known rank but unknown sizes: it does less, and does not crash.

The modules are those of the passes' lit tests, with the types of arguments opened and what follows inferred again.
"""

import re
from collections.abc import Iterator

import pytest
from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, ModuleOp, TensorType, UnrankedTensorType
from xdsl.ir import Attribute, Operation, SSAValue

from inferir.core import InferError, Op, PassManager, make_context, parse
from inferir.core.types import opened
from inferir.dialects.cpu import CPU
from tests.unit.lit_cases import CASES, GOOD, ROOT, add_weights

KINDS = {"rank": lambda type: UnrankedTensorType(type.element_type), "sizes": opened}
"""What is not known of an argument."""


class DoesNotFit(Exception):
    """An op of the module does not take the new types."""


def change(value: SSAValue, type: Attribute) -> None:
    """Give a value another type."""
    value._type = type  # pyright: ignore[reportAttributeAccessIssue]


def infer_again(function: func.FuncOp) -> None:
    """The types of results from those of arguments, in program order. Raises DoesNotFit."""
    for op in function.walk():
        if op is function or not isinstance(op, Op) or not op.operands or not op.results:
            continue
        try:
            types = op.infer_types()
        except (InferError, AssertionError) as problem:
            raise DoesNotFit from problem
        for result, type in zip(op.results, types, strict=True):
            change(result, type)
    last = next(op for op in function.walk() if isinstance(op, func.ReturnOp))
    types = [v.type for v in last.operands]
    function.function_type = FunctionType.from_lists([a.type for a in function.args], types)
    function.properties.pop("res_attrs", None)


def variants(module: ModuleOp, kind: str) -> Iterator[ModuleOp]:
    """Copies of a module with all arguments of its functions opened, and one after the other."""
    tensors = [i for f in functions(module) for i, a in enumerate(f.args) if isinstance(a.type, TensorType)]
    for chosen in [None, *dict.fromkeys(tensors)]:
        copy = module.clone()
        for function in functions(copy):
            for index, argument in enumerate(function.args):
                if isinstance(argument.type, TensorType) and chosen in (None, index):
                    change(argument, KINDS[kind](argument.type))
            if kind == "rank" or chosen is None:
                function.properties.pop("arg_attrs", None)
            infer_again(function)
        yield copy


def functions(module: ModuleOp) -> list[func.FuncOp]:
    """Its functions with a body."""
    return [f for f in module.walk() if isinstance(f, func.FuncOp) and not f.is_declaration]


def is_open(op: Operation) -> bool:
    """Whether an op is of a level that has values of unknown rank."""
    return type(op) not in CPU.operations


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", GOOD, ids=[CASES[i].name for i in GOOD])
def test_a_pass_leaves_alone_what_it_cannot_know(index: int, kind: str):
    case = CASES[index]
    ctx = make_context(case.unregistered)
    module = parse(case.text, case.name, ctx)
    if not all(is_open(op) for op in module.walk()):
        return
    add_weights(module, ctx)
    made = variants(module, kind)
    while True:
        try:
            copy = next(made, None)
        except DoesNotFit:
            break
        if copy is None:
            break
        try:
            PassManager(case.pipeline, ctx).run(copy)
        except InferError as problem:
            assert not re.search("crashed|did not come to an end", str(problem)), f"{problem}\n{copy}"


def test_a_rank_is_asked_for_where_that_can_be_declined():
    """`ranked`, `shape_of` and `element_of` raise what drivers take for a reason; an assertion is a crash."""
    asserted = re.compile(r"assert isinstance\([^()]*\.type, TensorType\)")
    files = [
        f
        for folder in ("passes/inference", "passes/transforms", "passes/framework", "dialects/inference")
        for f in (ROOT / folder).rglob("*.py")
    ]
    files += (ROOT / "passes/cpu/inference_to_cpu").rglob("*.py")
    assert len(files) > 100
    assert [str(f.relative_to(ROOT)) for f in files if asserted.search(f.read_text("utf-8"))] == []
