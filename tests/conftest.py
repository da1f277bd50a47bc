"""`pytest --fences right tests/unit/test_cpu_rows.py`: native code with fences around its memory (see tests/fuzz/fences.py)."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fences", choices=("left", "right"), help="pages that cannot be touched on either side of every buffer")


def pytest_configure(config: pytest.Config) -> None:
    side = config.getoption("--fences")
    if side:
        from fences import install

        install(side)
