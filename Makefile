# Every target is one readable command; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
LOCAL := PYTHONPATH=deploy/local $(BIN)/python -m controlplane
KUBECONFIG_LOCAL := .local/kubeconfig

.DEFAULT_GOAL := help
.PHONY: help run test lint unit integration smoke conformance bench cluster cluster-down generate clean

help:  ## This text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/ready: pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "Podwright needs Python 3.11 or newer: install it, or name one with PYTHON=..."; exit 1; }
	@echo "Creating the virtual environment in .venv (about 30 s) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: .venv/ready  ## A cluster, the operator and an example, live until Ctrl-C; KUBECONFIG=path uses that cluster instead
	@PYTHONPATH=deploy/local $(BIN)/python -m demo $(if $(filter command%,$(origin KUBECONFIG)),--kubeconfig $(KUBECONFIG))

test: lint unit integration smoke  ## Everything: lint, unit, simulation, integration, a part of conformance
	@echo "All green: lint, rules and simulation, integration, smoke set of conformance."

lint: .venv/ready  ## Formatting, style, types, layers, generated files
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@PYTHONPATH=operator $(BIN)/lint-imports --no-logo
	@PYTHONPATH=operator:deploy/local $(BIN)/python deploy/generate.py --check

unit: .venv/ready  ## Rules, engine parts and simulation: no cluster, under 10 s
	@$(BIN)/pytest -q tests --ignore=tests/integration -m "not cluster" --timeout=20

integration: .venv/ready  ## Against a real control plane, built and started when needed
	@$(LOCAL) build
	@$(BIN)/pytest -q tests/integration --timeout=300

smoke: .venv/ready
	@$(BIN)/pytest -q tests/conformance -m smoke --timeout=120

conformance: .venv/ready  ## Every scenario beside the built-in kind, which also has to agree with itself
	@$(LOCAL) build
	@$(BIN)/pytest -q tests/conformance -m cluster --twice --timeout=300

bench: .venv/ready  ## Ours beside kube-controller-manager, about an hour; BENCH="--pods 1000 --samples 3" for less
	@$(LOCAL) build
	@PYTHONPATH=operator:deploy/local:tests:tests/integration $(BIN)/python -m bench run $(BENCH)

cluster: .venv/ready  ## Start a control plane that stays; kubeconfig in .local/kubeconfig
	@$(LOCAL) up --nodes 10 --kubeconfig $(KUBECONFIG_LOCAL)

cluster-down: .venv/ready  ## Stop that control plane and remove everything of it
	@$(LOCAL) down

generate: .venv/ready  ## Write crds/ and the tables in the README anew
	@PYTHONPATH=operator:deploy/local $(BIN)/python deploy/generate.py

clean:  ## Remove the virtual environment and what tools left
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
