# GenreSite: `make run` to use it, `make test` to check it. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
export WEB_WORKERS ?= 2
# Where `make train` finds the training films and the weights to start from (docs/models.md).
DATA ?= data
GLOVE ?= var/cache/glove-100d/glove.6B.100d.txt
ENCODER ?= var/cache/minilm-l6-v2
BACKBONE ?= var/cache/efficientnet-lite0/efficientnet-lite0-57934424.pth
MODELS ?= var/models

.PHONY: help run setup test test-postgres check lint schema fuzz train bench screenshots messages admin clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

$(VENV)/installed: requirements.txt requirements-web.txt requirements-training.txt constraints.txt
	@scripts/make_venv.sh $(VENV)
	@echo "Installing the packages; this takes some minutes the first time."
	$(PY) -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(PY) -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(VENV)/installed ## make the environment and bring the database up to date
	@$(PY) manage.py prepare_site --bare

# Not PORT itself: honcho gives each of its processes a PORT of its own.
run: export BIND ?= 127.0.0.1:$(PORT)
run: $(VENV)/installed ## start everything and print the address; Ctrl-C stops all of it
	@$(PY) manage.py prepare_site --port $(PORT)
	@exec $(VENV)/bin/honcho start

test: $(VENV)/installed-dev ## run the whole test suite
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-postgres: $(VENV)/installed-dev ## run every test that touches the database on a real PostgreSQL
	$(PY) scripts/with_postgres.py $(PY) -m pytest -n 2 --dist loadfile -m "not browser and not services" --ignore tests/predictor/ml --ignore tests/test_architecture.py --ignore tests/test_docs.py $(ARGS)

lint: $(VENV)/installed-dev ## ruff, mypy, migrations and the API schema in step
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PY) manage.py makemigrations --check --dry-run
	@mkdir -p var && $(PY) manage.py spectacular --validate --fail-on-warn --file var/openapi.yaml
	diff -q docs/openapi.yaml var/openapi.yaml || { echo "docs/openapi.yaml is old: run make schema and commit it."; exit 1; }

schema: $(VENV)/installed ## write the API's description to docs/openapi.yaml
	$(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

fuzz: $(VENV)/installed-dev ## ask the API whatever its description allows, for ten minutes
	$(PY) scripts/fuzz_api.py $(ARGS)

check: lint test ## everything that must hold before a commit

train: $(VENV)/installed ## train models of every kind: DATA=folder ENCODER=folder GLOVE=file BACKBONE=file
	$(PY) manage.py train_model --kind plot --recipe lstm-glove --data $(DATA) --glove $(GLOVE) --output $(MODELS)
	$(PY) manage.py train_model --kind plot --recipe encoder --data $(DATA) --encoder-weights $(ENCODER) --output $(MODELS)
	$(PY) manage.py train_model --kind poster --recipe backbone --data $(DATA) --backbone-weights $(BACKBONE) --output $(MODELS)
	$(PY) manage.py train_model --kind both --recipe late-fusion --data $(DATA) --output $(MODELS)

bench: $(VENV)/installed-dev ## print the headline figures, each against a peer in the same run
	$(PY) benchmarks/serving.py
	$(PY) benchmarks/imports.py
	$(PY) benchmarks/batch.py

screenshots: $(VENV)/installed-dev ## write every page in both themes and two widths to var/screenshots
	$(PY) scripts/screenshots.py

messages: $(VENV)/installed-dev ## bring the translations in step with the source
	$(PY) scripts/messages.py

admin: $(VENV)/installed ## make an account that runs the site
	$(PY) manage.py createsuperuser

clean: ## remove the environment and caches; the data under var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
