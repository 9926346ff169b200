# Every need has one verb, the same here and in CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTRAS := standard,postgres,mysql,redis,memcached,images,yaml,bcrypt,test,conformance,dev

.PHONY: setup demo test test-slow check types docs bench tree conformance clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	test -x "$(BIN)/python" || $(PYTHON) -m venv "$(VENV)"
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS)]"
	"$(BIN)/python" -m compileall -q -j 0 src
	touch "$(STAMP)"

demo: setup
	"$(BIN)/python" tools/demo.py

test: setup
	"$(BIN)/python" tools/run_tests.py

test-slow: setup
	"$(BIN)/python" -m pytest -q -m slow
	cd examples/shop && "$(CURDIR)/$(BIN)/python" -m pytest -q -m slow pytests

check: setup
	"$(BIN)/ruff" check src tests tools examples
	"$(BIN)/ruff" format --check src tests tools examples
	"$(BIN)/lint-imports"
	$(MAKE) types
	"$(BIN)/python" tools/tree.py --check

types: setup
	"$(BIN)/mypy" src tests
	"$(BIN)/pyright"

docs: setup
	"$(BIN)/python" -m pytest tests/docs -q

bench: setup
	"$(BIN)/python" benchmarks/run.py

tree: setup
	"$(BIN)/python" tools/tree.py

conformance: setup
	"$(BIN)/python" conformance/ratchet.py

clean:
	rm -rf "$(VENV)" .mypy_cache .ruff_cache .pytest_cache conformance-results
