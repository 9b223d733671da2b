# make run       the whole arena at http://127.0.0.1:8000/
# make demo      an arena of invented models with a full board, at http://localhost:8010/, without PyTorch
# make check     ruff, djhtml, mypy, import-linter, and prettier and tsc where npm is, in less than a minute
# make test-fast the tests without an arena, a browser, PostgreSQL and local models, in a minute and a half
# make test      what every change must pass, in five minutes
# make test-all  the slow tests too
# make coverage  how much of arena and ratings the tests reach, and that it is not less than before
# make bench-ratings PEERS=python   the engine beside others, timed in one run; see benchmarks/ratings.py
# make bench-generation             answers of a local model, timed in one run; see benchmarks/generation.py
# make bench-page                   first visits, a long battle frame by frame, and how fast keys answer; see benchmarks/page.py
# make bench-lighthouse             what Lighthouse gives each kind of page; see benchmarks/lighthouse.py
# make bench-markup                 Markdown of long answers while it is written: time and bytes; see benchmarks/markup.py
# make bench-board                  the leaderboard with many votes and many open pages; see benchmarks/board.py
# make bench-data                   votes in and out in every format, and a million; what redaction finds; programs at once
# make bench-blind                  how well the pace of the words tells who writes, in each pacing; see benchmarks/blind.py
# make train-adapter                the arena's own LoRA adapter anew, in some minutes; see training/README.md
# make format    code, templates, scripts and styles, set as make check wants them
# make translations                 the catalogues in locale/ with every string that the arena shows
# make lock                         requirements.lock and requirements-dev.lock anew, after a change of requirements*.txt
# make screenshots                  every page and state, at three widths, in both themes and languages; README's battle

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check
INSTALL_LOCKED := $(PIP) install --no-deps --require-hashes -r
PYTEST := $(PYTHON) -m pytest -q -n 2 --dist loadgroup
TEMPLATES := .venv/bin/djhtml --tabwidth 2
# Tried by running them: a version manager's stand-in can be found and still not start.
CANDIDATES := python3.12 python3.11 python3
RUNS_THE_ARENA := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
HAS_BUNDLED_REDIS := import sys; sys.exit(sys.version_info >= (3, 13))

# Where the shell forbids compiled modules, each of the arena's many processes would compile all of them again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run demo check format test-fast test test-all coverage provided bench-ratings bench-generation bench-page bench-lighthouse bench-markup bench-board bench-data bench-blind train-adapter translations lock screenshots
.DEFAULT_GOAL := run

run: .venv/installed
	@$(PYTHON) manage.py up

demo: .venv/installed-locked
	@ARENA_DEMO=yes ARENA_VAR=$${ARENA_VAR:-var/demo} ARENA_PORT=$${ARENA_PORT:-8010} $(PYTHON) manage.py up

check: .venv/installed-dev
	$(call step,ruff check,$(PYTHON) -m ruff check)
	$(call step,ruff format,$(PYTHON) -m ruff format --check)
	$(call step,djhtml,$(TEMPLATES) --check templates)
	$(call step,mypy,$(PYTHON) -m mypy)
	$(call step,prettier and tsc,$(PYTHON) -m tests.scripts)
	$(call step,import-linter,.venv/bin/lint-imports --no-logo)

test-fast: .venv/installed-dev
	$(call step,the fast tests,$(PYTEST) -m "not slow and not arena" --ignore tests/backends --ignore tests/supervisor)

test: check provided
	$(call step,the tests,$(PYTHON) -m tests.both_databases)

test-all: check provided
	$(call step,all tests,$(PYTHON) -m tests.both_databases --slow)

coverage: .venv/installed-dev
	$(call step,the tests with coverage,$(PYTEST) -m "not slow and not arena" --cov --cov-report=term:skip-covered)

provided: .venv/installed-dev
	$(call step,what the tests need,$(PYTHON) -m tests.provide)

bench-ratings: .venv/installed
	@OPENBLAS_NUM_THREADS=1 $(PYTHON) -m benchmarks.ratings --peers "$(PEERS)"

bench-generation: .venv/installed-dev
	@$(PYTHON) -m benchmarks.generation

bench-page: .venv/installed-dev
	@$(PYTHON) -m benchmarks.first_load
	@$(PYTHON) -m benchmarks.page
	@$(PYTHON) -m benchmarks.hand

bench-lighthouse: .venv/installed-dev
	@$(PYTHON) -m benchmarks.lighthouse

bench-markup: .venv/installed-dev
	@$(PYTHON) -m benchmarks.markup

bench-board: .venv/installed-dev
	@$(PYTHON) -m benchmarks.board
	@$(PYTHON) -m benchmarks.open_pages

bench-data: .venv/installed
	@$(PYTHON) -m benchmarks.data
	@$(PYTHON) -m benchmarks.pii
	@$(PYTHON) -m benchmarks.api_streams

bench-blind: .venv/installed
	@$(PYTHON) -m benchmarks.blind

train-adapter: .venv/installed
	@$(PYTHON) manage.py prepare_models smollm2-135m-instruct
	@$(PYTHON) -m training.train_adapter

translations: .venv/installed-dev
	@$(PYTHON) -m tests.translations

screenshots: .venv/installed-dev
	@$(PYTHON) -m tests.screenshots
	@$(PYTHON) -m tests.moving_picture

# What is locked stays as it is unless a requirement says otherwise; UPGRADE=--upgrade takes the newest of all.
# The second file has only what the first has not.
lock: .venv/installed-dev
	@$(PYTHON) -m uv pip compile --quiet $(UPGRADE) requirements.txt requirements-models.txt -o requirements.lock
	@$(PYTHON) -m uv pip compile --quiet $(UPGRADE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' requirements.lock)

format: .venv/installed-dev
	@$(PYTHON) -m ruff format
	@$(TEMPLATES) templates
	@$(PYTHON) -m tests.scripts --format

define step
@echo; echo "=== $(1)"; $(2) || { echo "=== stopped at: $(1)"; exit 1; }
endef

# A lock is complete, so nothing else is asked for; what torch needs beyond it, its own build says.
.venv/installed-locked: requirements.lock | .venv/bin/pip
	$(INSTALL_LOCKED) requirements.lock
	@touch $@

.venv/installed: .venv/installed-locked requirements-torch.txt
	$(PIP) install -r requirements-torch.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(INSTALL_LOCKED) requirements-dev.lock
	@touch $@

.venv/bin/pip:
	@for python in $(CANDIDATES); do \
		if $$python -c "$(RUNS_THE_ARENA)" 2>/dev/null; then \
			echo "Making .venv with $$($$python --version)"; \
			$$python -c "$(HAS_BUNDLED_REDIS)" || command -v redis-server >/dev/null || \
				echo "On Python 3.13 and newer please install redis-server yourself (apt or brew install)."; \
			exec $$python -m venv .venv; \
		fi; \
	done; \
	echo "The arena needs Python 3.11 or 3.12 with its venv module; none of these is one: $(CANDIDATES)."; \
	echo "Install one with: apt install python3 python3-venv, or: brew install python@3.12."; exit 1
