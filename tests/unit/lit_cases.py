"""The chunks of the lit files of passes, as modules with weights: for tests that run all of them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from xdsl.dialects.builtin import DYNAMIC_INDEX, IntegerType, ModuleOp

from inferir.core import Context
from inferir.core.constants import WeightAttr
from inferir.core.dims import evaluate, parse_dim
from inferir.core.rewriting import constant_attribute_of
from inferir.core.types import numpy_dtype

ROOT = Path(__file__).resolve().parents[2]
LIT = ROOT / "tests" / "lit" / "passes"
SIZES = (3, 2, 5, 4)
"""Sizes that unknown dimensions get, by the order of their names."""


@dataclass
class Case:
    """One chunk of a lit file under one RUN line."""

    name: str
    text: str
    pipeline: str
    fails: bool = False
    unregistered: bool = False
    """Whether ops of unknown dialects are accepted."""


def cases() -> Iterator[Case]:
    """Every chunk of every lit file of a pass; those that fail on purpose count for the reasons alone."""
    for file in sorted(LIT.rglob("*.mlir")):
        text = file.read_text("utf-8")
        for number, line in enumerate(re.findall(r"// RUN: ((?:not )?infer-opt .*--pass-pipeline=.*)$", text, re.MULTILINE)):
            words = shlex.split(line.partition("|")[0])
            pipeline = next(w.partition("=")[2] for w in words if w.startswith("--pass-pipeline="))
            chunks = re.split(r"^// -----$", text, flags=re.MULTILINE) if "--split-input-file" in words else [text]
            for chunk in chunks:
                label = re.search(r"@(\w+)", chunk)
                name = f"{file.relative_to(LIT).with_suffix('')}:{label[1] if label else 'chunk'}{f':{number}' if number else ''}"
                fails = words[0] == "not" or "--verify-diagnostics" in words
                yield Case(name, chunk, pipeline, fails, "--allow-unregistered-dialect" in words)


CASES = list(cases())
GOOD = [index for index, case in enumerate(CASES) if not case.fails]


def add_weights(module: ModuleOp, ctx: Context) -> None:
    """Positive random numbers for every weight the text names: variances are roots' operands."""
    for op in module.walk():
        value = constant_attribute_of(op.results[0]) if len(op.results) == 1 else None
        if isinstance(value, WeightAttr) and value.key.data not in ctx.weights:
            ctx.weights.add(value.key.data, random_array(op.results[0].type, {}, value.key.data, positive=True))


def random_array(type: Any, sizes: dict[str, int], seed: str, dims: Any = None, positive: bool = False) -> np.ndarray:
    """Seeded numbers of a type; unknown dimensions by the symbols that `dims` names."""
    rng = np.random.default_rng(crc32(seed.encode()))
    shape = []
    for axis, size in enumerate(type.get_shape()):
        if size == DYNAMIC_INDEX:
            named = dims[axis] if dims is not None and isinstance(dims[axis], str) else f"{seed}.{axis}"
            size = evaluate(parse_dim(named), sizes) if dims is not None else sizes.setdefault(named, SIZES[len(sizes) % len(SIZES)])
            if not isinstance(size, int):
                size = sizes.setdefault(named, SIZES[len(sizes) % len(SIZES)])
        shape.append(size)
    dtype = numpy_dtype(type.element_type)
    if dtype.kind in "iub":
        return rng.integers(
            0, 2 if dtype.kind == "b" or (isinstance(type.element_type, IntegerType) and type.element_type.width.data == 1) else 4, shape
        ).astype(dtype)
    values = rng.uniform(0.5, 1.5, shape) if positive else rng.standard_normal(shape)
    return values.astype(dtype)
