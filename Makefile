PYTHON ?= python3.11
BIN := .venv/bin

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.stamp  ## make the virtual environment with everything in it
.venv/.stamp: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@

lint: setup  ## ruff and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

test: setup  ## all tests
	$(BIN)/pytest

check: lint  ## what every commit must pass: lint, lit and the quick tests
	$(BIN)/pytest tests/unit

.PHONY: help setup lint test check
