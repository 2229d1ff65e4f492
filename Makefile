# Everything a developer or an operator calls. `make setup` is enough to run the server.

PYTHON ?= python3
REQUIRE ?=
UPGRADE ?=
PYTEST_ARGS ?=
WORKERS ?= 2
DEMO_ARGS ?=
BENCH_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet $(UPGRADE)

# Files of tests are dealt out to processes; each has its own databases, and its own PostgreSQL.
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile

# What cannot be tested here is skipped; named here, its absence is an error.
ifeq ($(REQUIRE),all)
export FEDINOTE_REQUIRE := postgresql,libretranslate,browser,interop,shared,media
else ifneq ($(REQUIRE),)
export FEDINOTE_REQUIRE := $(REQUIRE)
endif

.DEFAULT_GOAL := help
.PHONY: help setup run demo dev-setup test check format size bench pictures lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(BIN)/fedinote  ## make .venv with the locked packages and the command `fedinote`

run: setup  ## start the server
	$(BIN)/fedinote serve

demo: setup  ## two servers, two languages, one conversation (DEMO_ARGS="--fresh --translate-with phrasebook")
	$(BIN)/python -m tools.demo $(DEMO_ARGS)

dev-setup: setup $(VENV)/.dev  ## add what tests and checks need

test: dev-setup  ## run the tests on SQLite, then on PostgreSQL where it is installed (REQUIRE=all: nothing may be missing)
	$(PYTEST) --database=sqlite $(PYTEST_ARGS)
	@if $(BIN)/python -m tests.support.postgres; then \
		echo "$(PYTEST) --database=postgresql $(PYTEST_ARGS)"; \
		$(PYTEST) --database=postgresql $(PYTEST_ARGS); \
	else \
		case ",$$FEDINOTE_REQUIRE," in *,postgresql,*) exit 1;; esac; \
		echo "Not tested on PostgreSQL."; \
	fi

check: dev-setup  ## formatting, lint, types, import contracts, sizes, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/size.py
	$(if $(wildcard tests/docs),$(BIN)/python -m pytest tests/docs)

format: dev-setup  ## put formatting and import order right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

size: dev-setup  ## the figures of file and function sizes
	$(BIN)/python tools/size.py

bench: dev-setup  ## measure the server: CPU, requests, memory (BENCH_ARGS="--quick --database=postgresql")
	$(BIN)/python -m bench $(BENCH_ARGS)

pictures: dev-setup  ## make the pictures of docs/pictures anew (needs Chromium)
	$(BIN)/python -m tools.pictures

lock: dev-setup  ## renew the lock files after a change of dependencies (UPGRADE=--upgrade: newest versions)
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group build --extra detect --extra media --extra readings --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## remove .venv, caches and what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment knows its own path: one that was copied or moved would run the code of the other place.
ifneq ($(shell cat $(VENV)/.created 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.created
endif

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit("FediNote needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	@printf '%s\n' "$(CURDIR)" > $@

$(VENV)/.locked: requirements.lock $(VENV)/.created
	$(PIP) install --require-hashes --requirement requirements.lock
	@touch $@

# The lock holds the build backend too, so this step reaches for no network.
$(BIN)/fedinote: pyproject.toml $(VENV)/.locked
	$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.locked
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@
