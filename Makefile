# Two commands on a fresh machine: `make demo` and `make test`. Both make and use .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Some machines ask for it; then each of the hundreds of processes that the tests start compiles all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check-code check-tests system storm bench golden clean

help:
	@echo "make demo   set up, and build the example newsroom into public/"
	@echo "make test   set up, and run every gate: lint, types, floors, tests"
	@echo "make clean  remove what the two have made"

demo: $(VENV)/demo
	@$(BIN)/feeds build
	@echo
	@echo "Look at:  public/newsletters/weekly/next.html   the next issue, as subscribers will see it"
	@echo "          public/newsletters/weekly/next.eml    the same as a complete message"
	@echo "          public/news/atom.xml                  the feed, for a feed reader"
	@echo "Go on:    edit an article in content/ and run  $(BIN)/feeds build  again,"
	@echo "          or start your own:                   $(BIN)/feeds init ../mine"

test: check-code check-tests

check-code: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

NODE := $(patsubst %,tests/%/node_modules,readers browser mjml storage)

check-tests: $(VENV)/test system $(NODE)
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term --cov-fail-under=90

$(VENV)/python: Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: feeds needs Python 3.11 or later (make PYTHON=python3.12 …)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/demo: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable .
	@$(BIN)/python -m compileall -q feeds
	@touch $@

$(VENV)/test: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable '.[test]'
	@$(BIN)/python -m compileall -q feeds
	@touch $@ $(VENV)/demo

# What the tests need of the system, installed where it is not found (Debian): see tests/system.
system:
	@sh tests/system

tests/%/node_modules: tests/%/package-lock.json
	cd tests/$* && npm ci --silent --no-audit --no-fund
	@touch $@

clean:
	rm -rf $(VENV) public dist $(NODE)

# Long, and not for CI: 100,000 hostile articles, and a crawler among 50,000.
storm: $(VENV)/test system $(NODE)
	FEEDS_EXAMPLES=1000 $(BIN)/pytest -n 2 tests/storm/*.py

# Ratios, side by side in one run; never a test.
bench: $(VENV)/test system $(NODE)
	$(BIN)/pytest -q -s tests/bench/digest.py
	$(BIN)/python -m tests.bench.messages
	$(BIN)/python -m tests.bench.ledger sqlite 100000
	$(BIN)/python -m tests.bench.ledger postgresql 1000000 filled
	$(BIN)/python -m tests.bench.fleet
	$(BIN)/python -m tests.bench.web
	$(BIN)/python -m tests.bench.generators

golden: $(VENV)/test
	UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/test_example.py -k 'golden or sums or every_file'
