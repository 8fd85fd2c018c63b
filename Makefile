# Every target sets up .venv by itself; `make` alone lists the targets.
SHELL := /bin/sh
PYTHON := .venv/bin/python
BIN := .venv/bin
QUICK := $(wildcard tests/domain tests/rulebook tests/architecture)

.DEFAULT_GOAL := help
.PHONY: help demo up test quick faults bench check fmt fmt-check lint types arch pins clean setup

help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@./deploy/bootstrap.sh

##@ Jalankan / Run
demo: setup ## Two promotions, a swap and a promosi jabatan from start to end, then stay up (ONCE=1: then stop; FRESH=1: from nothing; LOCALE=en)
	@$(BIN)/jenjang demo $(if $(ONCE),--once) $(if $(FRESH),--fresh)

up: setup ## PostgreSQL, Temporal, worker, relay and API in one go; Ctrl-C stops them
	@$(BIN)/jenjang up

##@ Uji / Test
test: setup ## All tests, on real PostgreSQL and Temporal
	@$(PYTHON) -m pytest -n auto --dist loadgroup $(ARGS)

quick: setup ## The tests that need no server
	@$(PYTHON) -m pytest -q $(QUICK)

faults: setup ## Rounds of faults on real processes, then every protection switched off in turn (MINUTES=3, SEED=1)
	@$(PYTHON) -m tests.faults.lab.campaign --minutes $(or $(MINUTES),3) --seed $(or $(SEED),1)
	@$(PYTHON) -m tests.faults.lab.controls --seed $(or $(SEED),1)

bench: setup ## Speed, as ratios against floors measured in the same run
	@$(PYTHON) -m deploy.bench

##@ Periksa / Check
check: fmt-check lint types arch quick ## Everything that needs no server: format, lint, types, imports, quick tests

fmt: setup ## Format the code
	@$(BIN)/ruff format
	@$(BIN)/ruff check --select I --fix

fmt-check: setup
	@$(BIN)/ruff format --check

lint: setup ## Lint (every rule of ruff; the exceptions are in pyproject.toml)
	@$(BIN)/ruff check

types: setup ## Types (mypy, strict)
	@$(BIN)/mypy

arch: setup ## Who may import whom
	@$(BIN)/lint-imports --no-logo

##@ Rawat / Maintain
pins: setup ## Renew deploy/requirements.txt from deploy/requirements.in
	@PATH="$$PATH:.cache/tools/bin" uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	    --no-header --no-emit-index-url --output-file deploy/requirements.txt deploy/requirements.in

clean: ## Remove .venv, caches and output; the data in .jenjang stays
	@rm -rf .venv .cache out dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
