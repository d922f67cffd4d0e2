# The four commands of a contributor. `make demo` and `make test` need nothing but a Python:
# they make .venv themselves, from PYTHON, with the exact packages of requirements.lock.

PYTHON ?= python3
UV     ?= uv
BIN    := .venv/bin
READY  := .venv/.ready
LOCK    = $(UV) pip compile pyproject.toml --extra all --extra dev --universal --python-version 3.11 --no-strip-extras \
	--generate-hashes --no-annotate --no-header --quiet

SOAKS  := tests/domain/test_owing_histories.py tests/domain/test_never_late.py tests/mail/test_hostile_digests.py \
	tests/faults/test_hostile_files.py tests/faults/test_random_servers.py tests/faults/test_early_replies.py \
	tests/faults/test_dripping_servers.py tests/faults/test_every_system_call.py \
	tests/faults/test_links_shown_elsewhere.py tests/faults/test_impossible_dates.py tests/web/test_doors.py tests/web/test_links_change_nothing.py \
	tests/soak

.PHONY: help demo test check lowest format bench faults soak safeguards screenshots documents lock clean

help:
	@echo "make demo    one borough of made-up data: the weekly job, and its emails"
	@echo "make test    everything a change must pass (make check is the same)"
	@echo "make lowest  the tests with the lowest versions that pyproject.toml allows"
	@echo "make format  put the code into its one format"
	@echo "make bench   the measurements"
	@echo "make faults  break it on purpose, and write docs/fault-matrix.md anew"
	@echo "make soak    the long proofs of reliability, some hours: docs/reliability.md"
	@echo "make safeguards  take each safeguard away in turn: do the tests notice?"
	@echo "make screenshots  pictures of the emails and the pages, in build/screenshots and docs/pictures (needs Debian's chromium)"
	@echo "make documents  draws docs/architecture.md from the code, and sorts docs/decisions.md"
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
	$(BIN)/mypy --platform win32
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadscope --durations=10 --cov --cov-report=
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --include='alerter/domain/*,alerter/pipeline/*,alerter/statistics/*' --fail-under=100

# The bounds of pyproject.toml are true at their lower end too. What runs for long, and what needs a browser,
# has nothing to do with them.
lowest: .venv-lowest/.ready
	.venv-lowest/bin/python -m pytest -q --numprocesses=auto --dist=loadscope --ignore=tests/faults --ignore=tests/soak \
		--ignore=tests/bench --ignore=tests/web/test_browser.py --ignore=tests/reports/test_browser.py -p no:cacheprovider

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[bench]'
	$(BIN)/python -m bench

faults: $(READY)
	ALERTER_FAULT_TABLE=1 $(BIN)/python -m pytest -q tests/faults

soak: $(READY)
	ALERTER_SOAK=1 $(BIN)/python -m pytest -q --durations=20 $(SOAKS)
	ALERTER_SOAK=1 $(BIN)/python -m pytest -q --durations=20 -m hypothesis $(SOAKS:%=--deselect=%)

# Takes the safeguards away one by one, in a copy of the tree, and says which of them nobody misses.
safeguards: $(READY)
	$(BIN)/python -m tests.soak.removal

screenshots: $(READY)
	$(BIN)/python -m tests.mail.screenshots
	$(BIN)/python -m tests.screenshots

documents: $(READY)
	$(BIN)/python -m tests.architecture
	$(BIN)/python -m tests.contents

# Hashes only: no index, no path and no host, so that the file means the same on every machine.
lock:
	$(LOCK) $(UPGRADE) --output-file requirements.lock
	$(LOCK) --resolution lowest-direct --output-file requirements.lowest.lock

clean:
	rm -rf .venv .venv-lowest .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find alerter bench migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv-lowest/.ready: requirements.lowest.lock pyproject.toml
	@rm -f $@
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --requirement $<
	.venv-lowest/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

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
