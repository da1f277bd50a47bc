"""Every op of the inference dialect is documented, and the example in its documentation is valid text."""

import re

import pytest

from inferir.core import Op, make_context, parse, text_of, verify
from inferir.dialects.inference import Inference

OPS = [op for op in Inference.operations if issubclass(op, Op)]
EXAMPLE = re.compile(r"Example:\n((?:\s+.*\n?)+)")


def example_of(op: type[Op]) -> str | None:
    """The lines after `Example:` in the docstring."""
    found = EXAMPLE.search(op.__doc__ or "")
    return found.group(1) if found else None


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_an_op_says_what_it_computes(op: type[Op]):
    assert op.__doc__ and len(op.__doc__.splitlines()[0]) > 4


@pytest.mark.parametrize("op", [op for op in OPS if example_of(op)], ids=lambda op: op.name)
def test_the_example_parses_verifies_and_prints_back(op: type[Op]):
    joined = re.sub(r"\n\s+:", " :", example_of(op) or "")
    for number, line in enumerate(s.strip() for s in joined.splitlines() if s.strip().startswith("%")):
        body, _, types = line.rpartition(" : ")
        if "(...)" in types:
            continue
        used = list(dict.fromkeys(re.findall(r"%[a-z]\w*", body.partition("=")[2])))
        operand_types = types[1 : types.index(") ->")].split(", ") if types.startswith("(") else [types] * len(used)
        arguments = ", ".join(f"{n}: {t}" for n, t in zip(re.findall(r"%[a-z]\w*", body.partition("=")[2]), operand_types, strict=True))
        arguments = ", ".join(dict.fromkeys(arguments.split(", ")))
        text = f"func.func @f({arguments}) {{\n  {line}\n  return\n}}"
        ctx = make_context()
        module = parse(text, f"{op.name}.{number}", ctx)
        verify(module)
        printed = text_of(module)
        assert body.partition(" = ")[2] in printed
        assert text_of(parse(printed, "again", ctx)) == printed
