# make run        set up, then simulate the default market, print its summary and write its report
# make test       set up, then the whole gate: format, lint, types, imports, tests
# make bench      set up, then the benchmarks (ratios within one run)
# make notebooks  set up, then run the notebooks and render them to build/notebooks
# make picture    set up, then draw the README's picture again (needs chromium and chromedriver)
# make claims     set up, then put the claims to the test again and write docs/claims.md
# make clean      remove what these made, but for results/, which is yours

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test bench notebooks picture claims clean lock

run: $(READY)
	$(BIN)/market run swebench --out results/swebench --overwrite --report

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term

bench: $(READY)
	$(BIN)/python -m benchmarks

notebooks: $(READY)
	PLOTLY_RENDERER=notebook $(BIN)/jupyter nbconvert --execute --to html --output-dir build/notebooks notebooks/*.ipynb

picture: $(READY)
	$(BIN)/python docs/picture.py

claims: $(READY)
	$(BIN)/market claims --out docs/claims.md

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "market needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

lock:
	uv pip compile --universal --python-version 3.11 --extra dev --extra cluster --extra explore --no-header --no-annotate --no-emit-index-url \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
