# make demo: set up and run the main job.  make test: set up and pass the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types check bench schemas lock clean

demo: $(VENV)/ready
	@$(BIN)/bmad demo

test: $(VENV)/ready
	@$(BIN)/python -m pytest

lint: $(VENV)/ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/ready
	@$(BIN)/mypy

# All that CI checks.
check:
	@bash .ci/run

bench: $(VENV)/ready
	@$(BIN)/python -m bench

schemas: $(VENV)/ready
	@$(BIN)/python -m bmad.store.schemas

# Needs uv; the lock holds for every platform, with hashes.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bmad needs Python 3.11 or newer; name one: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) build dist
