"""The table of what agrees with its reference (`make agreement` measures all of it): complete, without misses but known ones, and true."""

import agreement
import models
import pytest

KNOWN = {"data/lenet_qdq", "data/lenet_qdq_perchannel"}
"""Bit-equal to ONNX Runtime without optimisations; what is stored is its fused result, one step of the quantisation away."""


def test_the_table_has_every_model_at_every_level():
    wanted = {(name, level) for name in agreement.names() for level in agreement.LEVELS}
    assert wanted <= agreement.read_table().keys()


def test_everything_agrees():
    misses = {name for (name, _), cells in agreement.read_table().items() if not all(map(agreement.agrees, cells))}
    assert misses <= KNOWN


@pytest.mark.parametrize("level", agreement.LEVELS)
@pytest.mark.parametrize("name", [f"data/{n}" for n in agreement.FIXTURES])
def test_fixture(name: str, level: str):
    assert agreement.worse(agreement.row_of(name, level)) == []


@pytest.mark.parametrize("name", [f"small/{n}-torchscript" for n in models.TORCH])
def test_older_exporter(name: str):
    assert agreement.worse(agreement.row_of(name, "layout")) == []
