# Needs Python 3.10 or newer, make and the package index; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FUZZ := $(VENV)/fuzz/.ready
SUPPLY := $(VENV)/supply/.ready
PURE := $(VENV)/pure
RUNS := 100000
SECONDS := 3600
ARTICLE := fixtures/doubled-section/input.txt

# Goals given together run in the order given: `make -j clean test` cleans first.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test oldest faults manual quality bench screenshots laws fuzz soak audit sbom wheel clean

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
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

oldest: $(READY) ## Run the tests of Scrapy with the oldest one that is supported.
	$(BIN)/python -m venv --clear $(VENV)/oldest
	$(BIN)/python -m pip --python $(VENV)/oldest install --quiet --editable . --group oldest
	$(VENV)/oldest/bin/python -m pytest tests/test_scrapy.py

faults: $(READY) ## Let each call of a run fail, and kill 500 runs; about an hour.
	DEDUPE_TEXT_TRIALS=all $(BIN)/python -m pytest -s tests/test_faults.py \
		tests/test_killed_runs.py tests/test_shared_folders.py tests/test_jobs.py

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

laws: $(READY) ## Hold the laws that need no right answer on all data in DEDUPE_TEXT_DATA.
	$(BIN)/python -m bench.laws

fuzz: $(FUZZ) ## Fuzz every door, RUNS=100000 executions each.
	for door in slices text records memory lists; do \
		$(VENV)/fuzz/bin/python -m fuzz $$door -runs=$(RUNS) || exit; done

soak: $(READY) ## Clean without a rest for SECONDS=3600, and watch memory, files and answers.
	$(BIN)/python -m bench.soak $(SECONDS)

audit: $(SUPPLY) ## Ask whether a weakness is known in what is installed with the package.
	$(VENV)/supply/bin/pip-audit --strict --path $$($(PURE)/bin/python -c 'import sysconfig; \
		print(sysconfig.get_path("purelib"))')

sbom: $(SUPPLY) ## Write what is installed with the package to dist/sbom.json, as CycloneDX.
	mkdir -p dist
	$(VENV)/supply/bin/cyclonedx-py environment $(PURE)/bin/python --pyproject pyproject.toml \
		--output-reproducible -o dist/sbom.json

wheel: $(READY) ## Build the wheel into dist/; the same sources make the same bytes.
	$(BIN)/python -m hatchling build -t wheel -d dist

clean: ## Remove everything that was made here.
	rm -rf $(VENV) build dist .hypothesis .*_cache
	find src tests bench fuzz -name __pycache__ -prune -exec rm -rf {} +

# A tool for each chore in an environment of its own: none gets between the package and its own.
$(FUZZ): pyproject.toml $(READY)
	$(BIN)/python -m venv --clear $(VENV)/fuzz
	$(BIN)/python -m pip --python $(VENV)/fuzz install --quiet --editable '.[parquet]' --group fuzz
	@touch $@

$(SUPPLY): pyproject.toml $(READY)
	$(BIN)/python -m venv --clear $(VENV)/supply
	$(BIN)/python -m pip --python $(VENV)/supply install --quiet --group supply
	$(BIN)/python -m venv --clear --without-pip $(PURE)
	$(BIN)/python -m pip --python $(PURE) install --quiet '.[parquet,redis,scrapy,zstd]'
	$(BIN)/python -m pip --python $(PURE) uninstall --quiet --yes dedupe-text
	@touch $@

# The pip of a new environment may be too old to know dependency groups.
$(READY): pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and \
		f"Python 3.10 or newer is needed; {sys.executable} is older. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@
