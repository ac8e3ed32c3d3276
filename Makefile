# Two commands matter: `make demo` (to the first answer) and `make test` (to the passing tests).
DEPECHE := .venv/bin/depeche
DEMO := $(CURDIR)/build/demo-archive
PORT ?= 8501
SERVE ?= 1

.PHONY: help setup models test-models demo serve test lint types check-imports check-migrations pytest evaluate clean

help:
	@echo "make demo      set up, ingest data/sample, answer three questions, serve the pages on 127.0.0.1:$(PORT)"
	@echo "               (SERVE=0 make demo stops before the pages)"
	@echo "make test      set up, then every check and test"
	@echo "make evaluate  the sample's evaluation set, answered by quoting; fails below a floor of floors.toml"

setup:
	@scripts/setup.sh

models: setup
	@$(DEPECHE) models pull multilingual-e5-small qwen2.5-coder-1.5b

test-models: setup
	@$(DEPECHE) models pull multilingual-e5-small all-minilm-l6-v2 qwen2.5-coder-0.5b

demo: models
	@$(DEPECHE) --archive $(DEMO) ingest data/sample
	@$(DEPECHE) --archive $(DEMO) ask "When did the Berlin Wall open?"
	@$(DEPECHE) --archive $(DEMO) ask "Combien de mineurs ont été sauvés au Chili en 2010 ?"
	@$(DEPECHE) --archive $(DEMO) ask "Who won the 2031 Rugby World Cup?"
	@if [ "$(SERVE)" != 0 ]; then $(DEPECHE) --archive $(DEMO) serve --port $(PORT); fi

serve: models
	@$(DEPECHE) --archive $(DEMO) serve --port $(PORT)

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup
	@.venv/bin/mypy

check-imports: setup
	@.venv/bin/lint-imports

check-migrations: setup
	@.venv/bin/pytest -q tests/db -k migration

pytest: test-models
	@.venv/bin/pytest

test: lint types check-imports pytest

evaluate: models
	@$(DEPECHE) eval data/evaluation --extractive --floors data/evaluation/floors.toml

clean:
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
