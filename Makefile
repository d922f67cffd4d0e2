# The four commands of a contributor. `make demo` and `make test` need nothing but a Python:
# they make .venv themselves, from PYTHON, with the exact packages of requirements.lock.

PYTHON ?= python3
UV     ?= uv
BIN    := .venv/bin
READY  := .venv/.ready

.PHONY: help demo test check format bench soak screenshots lock clean

help:
	@echo "make demo    one borough of made-up data: the weekly job, and its emails"
	@echo "make test    everything a change must pass (make check is the same)"
	@echo "make format  put the code into its one format"
	@echo "make bench   the measurements"
	@echo "make screenshots  pictures of the pages, in build/screenshots (needs Chromium)"
	@echo "make soak    the long tests: 1,000 histories of down-time, 100,000 hostile digests"
	@echo "make lock    renew requirements.lock from pyproject.toml (needs uv; UPGRADE=--upgrade for newer packages)"
	@echo "make clean   remove .venv and everything made here"
	@echo "PYTHON=python3.12 chooses another Python than python3, for a new .venv."

demo: $(READY)
	$(BIN)/alerter demo

test: check

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --cov --cov-report=
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --include='alerter/domain/*,alerter/pipeline/*' --fail-under=100

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-build-isolation --editable '.[bench]'
	$(BIN)/python -m bench

soak: $(READY)
	ALERTER_SOAK_HISTORIES=1000 $(BIN)/python -m pytest -q tests/domain/test_owing_histories.py
	ALERTER_SOAK=1 $(BIN)/python -m pytest -q tests/mail/test_hostile_digests.py

screenshots: $(READY)
	$(BIN)/python -m tests.screenshots

# Hashes only: no index, no path and no host, so that the file means the same on every machine.
lock:
	$(UV) pip compile pyproject.toml --extra all --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --quiet $(UPGRADE) --output-file requirements.lock

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find alerter bench migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Made anew whenever the lock or pyproject.toml changed, so that .venv never holds anything else.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "alerter needs Python 3.11 or newer, and $(PYTHON) is missing or older." >&2; \
		echo "Name a newer one: make $(or $(MAKECMDGOALS),test) PYTHON=python3.12" >&2; exit 1; }
	@rm -f $@
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@
