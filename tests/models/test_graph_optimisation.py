"""The level `basic` on whole models: the numbers stay, no peer leaves fewer nodes, and a second run finds nothing to do."""

import models
import node_counts
import numpy as np
import pytest
import zoo

from inferir.core import Context, PassManager, execute, make_context, text_of
from inferir.core.pass_manager import Scope
from inferir.frontends import import_model

RUN = ("lenet", "lenet_dyn", "mbv3_se_block", "squeezenet", "shufflenet")
"""Models small enough for the reference executor; the others are held by the tests that compile them."""


def imported(name: str, ctx: Context):
    """A model in the inference dialect."""
    module = import_model(zoo.model(name), ctx)
    PassManager("framework-to-eval,convert-framework-to-inference", ctx).run(module)
    return module


@pytest.mark.parametrize("name", RUN)
def test_the_numbers_stay(name: str):
    ctx = make_context()
    module = imported(name, ctx)
    inputs = zoo.inputs(name, batch=1)
    before = execute(module, inputs, ctx)
    PassManager("inference-basic", ctx).run(module)
    for got, expected in zip(execute(module, inputs, ctx), before, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("name", [name for name in node_counts.PEERS if name not in models.MODELS])
def test_no_optimiser_leaves_fewer_nodes(name: str):
    _, after, _ = node_counts.measure(name, "basic")
    assert after <= min(found["nodes"] for found in node_counts.PEERS[name].values() if found is not None)


@pytest.mark.parametrize("name", ["densenet121", "inception_v2", "shufflenet", "mbv3_se_block"])
def test_twice_is_once_and_always_the_same(name: str):
    texts = []
    for _ in range(2):
        ctx = make_context()
        module = imported(name, ctx)
        PassManager("inference-basic", ctx).run(module)
        texts.append(text_of(module))
        PassManager("inference-basic", ctx).run(module)
        assert text_of(module) == texts[-1]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", models.DYNAMIC)
def test_what_passes_keep_of_one_another_changes_nothing(name: str):
    """In one pipeline passes share the shape analysis; each by itself makes its own."""
    path = models.onnx_file(name, small=True)
    ctx = make_context()
    module = import_model(path, ctx)
    manager = PassManager("inference-basic", ctx)
    alone = module.clone()
    manager.run(module)
    for step in manager.root.steps:
        for one in (f"{step.anchor}({inner.spec()})" for inner in step.steps) if isinstance(step, Scope) else (step.spec(),):
            PassManager(one, ctx).run(alone)
    assert text_of(alone) == text_of(module)
