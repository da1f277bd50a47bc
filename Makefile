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

lit: setup  ## the FileCheck tests (ISOLATE=1: every tool as a process)
	$(BIN)/lit -s tests/lit $(if $(ISOLATE),--param isolate=1)

check: lint lit  ## what every commit must pass: lint, lit and the quick tests
	$(BIN)/pytest tests/unit

test: lint lit  ## all tests
	$(BIN)/pytest

.PHONY: help setup lint lit test check
