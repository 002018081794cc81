# Every target is one readable command; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
LOCAL := PYTHONPATH=deploy/local $(BIN)/python -m controlplane
KUBECONFIG_LOCAL := .local/kubeconfig
KIND := PYTHONPATH=deploy/local $(BIN)/python -m kindcluster
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
IMAGE ?= podwright:$(VERSION)
BASE ?= python:3.13-slim
CONTEXT := dist/image-$(shell echo $$PPID)
LOCKING := $(BIN)/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header

.DEFAULT_GOAL := help
.PHONY: help run test lint unit integration smoke conformance e2e bench cluster cluster-down kind kind-down generate image manifests lock clean

help:  ## This text
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

unit: .venv/ready  ## Rules, engine parts and simulation: no cluster, half a minute on two cores
	@$(BIN)/pytest -q -n auto tests --ignore=tests/integration --ignore=tests/e2e -m "not cluster" --timeout=20

integration: .venv/ready  ## Against a real control plane, built and started when needed
	@$(LOCAL) build
	@$(BIN)/pytest -q tests/integration --timeout=300

smoke: .venv/ready
	@$(BIN)/pytest -q tests/conformance -m smoke --timeout=120

conformance: .venv/ready  ## Every scenario beside the built-in kind, which also has to agree with itself
	@$(LOCAL) build
	@$(BIN)/pytest -q tests/conformance -m cluster --twice --timeout=300

e2e: .venv/ready  ## On real nodes, in a kind cluster; PART="placement services" for some, KEEP=1 keeps the cluster
	@$(BIN)/pytest -v -n 4 --maxschedchunk=1 --durations=15 --timeout=300 -o timeout_func_only=true \
	  $(if $(PART),$(foreach part,$(PART),$(or $(wildcard tests/e2e/test_$(part)*.py),$(error There is no part $(part) in tests/e2e))),tests/e2e)

bench: .venv/ready  ## Ours beside kube-controller-manager, about an hour; BENCH="--pods 1000 --samples 3" for less, "--kinds statefulset,daemonset" for others
	@$(LOCAL) build
	@PYTHONPATH=operator:deploy/local:tests:tests/integration $(BIN)/python -m bench run $(BENCH)

cluster: .venv/ready  ## Start a control plane that stays; kubeconfig in .local/kubeconfig
	@$(LOCAL) up --nodes 10 --kubeconfig $(KUBECONFIG_LOCAL)

cluster-down: .venv/ready  ## Stop that control plane and remove everything of it
	@$(LOCAL) down

kind: .venv/ready  ## A kind cluster of real nodes, without a registry; kubeconfig in .local/kind/kubeconfig
	@$(KIND) up --kubeconfig .local/kind/kubeconfig

kind-down: .venv/ready  ## Remove that kind cluster and put the kernel's settings back
	@$(KIND) down

generate: .venv/ready  ## Write crds/, the roles in deploy/ and the README's table anew
	@PYTHONPATH=operator:deploy/local $(BIN)/python deploy/generate.py

image: .venv/ready  ## The operator's image; IMAGE=name:tag and BASE=an image with Python 3.13
	@docker version > /dev/null 2>&1 || { echo "make image needs Docker, and none answers: install or start it (on Debian .ci/docker does), then again."; exit 1; }
	@docker image inspect $(BASE) > /dev/null 2>&1 || { echo "Fetching $(BASE) ..." && docker pull --quiet $(BASE) > /dev/null; } || { echo "Docker can neither find nor fetch $(BASE): name an image with Python 3.13 that it has, BASE=..."; exit 1; }
	@mkdir -p $(CONTEXT)/wheels && cp operator/requirements.txt $(CONTEXT)
	@echo "Fetching what goes into the image (25 MB) ..."
	@machine=$$(docker version --format '{{.Server.Arch}}' | sed 's/amd64/x86_64/; s/arm64/aarch64/') && \
	  $(BIN)/pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --python-version 3.13 \
	  --platform manylinux_2_28_$$machine --platform manylinux2014_$$machine --dest $(CONTEXT)/wheels \
	  --requirement operator/requirements.txt --requirement operator/requirements-build.txt
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(CONTEXT)/wheels .
	@echo "Building $(IMAGE) (about 30 s) ..."
	@docker build --quiet --file operator/Dockerfile --build-arg BASE=$(BASE) --tag $(IMAGE) $(CONTEXT) > /dev/null
	@rm -rf $(CONTEXT)
	@docker image inspect --format '{{index .RepoTags 0}}: {{.Size}} bytes, {{.Architecture}}' $(IMAGE)

manifests: .venv/ready  ## One file per way of installing, for a release, in dist/; IMAGE=name:tag
	@mkdir -p dist
	@kubectl=$$(command -v kubectl || echo "$$($(LOCAL) build)/kubectl") && \
	for each in podwright=deploy podwright-kinds=deploy/kinds podwright-operator=deploy/install podwright-namespaced=deploy/namespaced; do \
	  file=dist/$${each%=*}.yaml && $$kubectl kustomize $${each#*=} --output $$file && \
	  sed -i 's|image: podwright:.*|image: $(IMAGE)|' $$file && echo $$file || exit 1; \
	done

lock: .venv/ready  ## Choose the image's packages anew: operator/requirements*.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@{ echo '# Everything in the image, with its hashes. Written by `make lock`.'; $(LOCKING) pyproject.toml; } > operator/requirements.txt
	@{ echo '# What installs it while the image is built. Written by `make lock`.'; echo pip | $(LOCKING) -; } > operator/requirements-build.txt

clean:  ## Remove the virtual environment and what tools left
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
