# Needs Python 3.10 or newer, make and the package index; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARTICLE := fixtures/doubled-section/input.txt

# Goals given together run in the order given: `make -j clean test` cleans first.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test oldest faults manual quality bench screenshots clean

help: ## Show this.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Clean an article that says a section twice, and show what went.
	@echo 'cat $(ARTICLE) | dedupe-text --diff --verbose'
	@echo '(long lines are shortened here)'
	@echo
	@diff=$$(cat $(ARTICLE) | $(BIN)/dedupe-text --diff --verbose --stdin-filename article.txt) && \
		printf '\n%s\n' "$$diff" | sed 's/^\(.\{76\}[^ ]*\) .*/\1 …/'

test: $(READY) ## Check style, types and imports, and run all tests.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

oldest: $(READY) ## Run the tests of Scrapy with the oldest one that is supported.
	$(BIN)/python -m venv --clear $(VENV)/oldest
	$(BIN)/python -m pip --python $(VENV)/oldest install --quiet --editable . --group oldest
	$(VENV)/oldest/bin/python -m pytest tests/test_scrapy.py

faults: $(READY) ## Let each call of a run fail, and kill 500 runs; about an hour.
	DEDUPE_TEXT_TRIALS=all $(BIN)/python -m pytest -s tests/test_faults.py \
		tests/test_killed_runs.py tests/test_shared_folders.py

manual: $(READY) ## Make the manual page and the shell completions anew, in share/.
	$(BIN)/python tools/manual.py

quality: $(READY) ## Measure what is found and what is hurt, on the data in DEDUPE_TEXT_DATA.
	$(BIN)/python -m bench.quality

bench: $(READY) ## Measure what it costs, beside other tools; about ten minutes.
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.peers
	$(BIN)/python -m bench.scaling
	$(BIN)/python -m bench.hostile

screenshots: $(READY) ## Take the pictures of the report, with chromium.
	$(BIN)/python -m bench.screenshots

clean: ## Remove everything that was made here.
	rm -rf $(VENV) build dist .hypothesis .*_cache
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +

# The pip of a new environment may be too old to know dependency groups.
$(READY): pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and \
		f"Python 3.10 or newer is needed; {sys.executable} is older. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@
