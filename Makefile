# make run        set up, then simulate the default market, print its summary and write its report
# make test       set up, then the whole gate: format, lint, types, imports, tests
# make coverage   set up, then the tests once more, saying which lines none of them runs
# make fuzz       set up, then mutated files and options: 20,000 cases, each in a process of its own
# make kill       set up, then studies killed at 200 random moments and resumed: the same bytes
# make bench      set up, then the benchmarks (ratios within one run)
# make notebooks  set up, then run the notebooks and render them to build/notebooks
# make docs       set up, then make the docs into a site in build/site: open index.html
# make picture    set up, then draw the README's picture again (needs chromium and chromedriver)
# make world      set up, then make docs/world.md's figure and tables again (needs chromium, too)
# make claims     set up, then put the claims to the test again and write docs/claims.md (resumes)
# make lock       set up, then write requirements.lock anew from pyproject.toml (needs uv)
# make clean      remove what these made, but for results/, which is yours
#
# uv, where it can be had, does the set-up; it is a tool of the set-up only, so it is not locked.

PYTHON ?= python3
VENV ?= .venv
# compiled modules are kept, whatever the shell says: else every command compiles its imports anew
export PYTHONDONTWRITEBYTECODE :=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV := $(BIN)/python -m uv pip

.PHONY: run test coverage fuzz kill bench notebooks docs picture world claims clean lock

run: $(READY)
	$(BIN)/market run swebench --out results/swebench --overwrite --report

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	@# types are looked at beside the tests, whose compiling at the start needs one core alone
	$(BIN)/mypy & types=$$!; OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist worksteal; \
		tests=$$?; wait $$types && exit $$tests

coverage: $(READY)
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --cov --cov-report=term

fuzz: $(READY)
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m fuzz --cases 20000

kill: $(READY)
	PYTHONPATH=tests OPENBLAS_NUM_THREADS=1 $(BIN)/python -m kills

bench: $(READY)
	$(BIN)/python -m benchmarks

notebooks: $(READY)
	$(BIN)/jupyter nbconvert --execute --to html --output-dir build/notebooks notebooks/*.ipynb

docs: $(READY)  # without --quiet, which would hide warnings from --strict
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "build/site/index.html"

picture: $(READY)
	$(BIN)/python docs/picture.py

world: $(READY)
	$(BIN)/python docs/world.py

claims: $(READY)
	$(BIN)/market claims --out docs/claims.md --folder results/claims-runs

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "market needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	@# packages are compiled as they are imported: of most of them nothing ever is
	@$(PIP) uv && $(UV) install --quiet --python $(BIN)/python -r requirements.lock \
		&& $(UV) install --quiet --python $(BIN)/python --no-deps --editable . \
		|| { echo "uv cannot be used here: installing with pip, which takes longer"; \
			$(PIP) --no-compile -r requirements.lock && $(PIP) --no-deps --editable .; }
	@touch $@

lock: $(READY)
	$(UV) compile --quiet --universal --python-version 3.11 --extra dev --extra cluster --extra explore --extra figures --extra tables --no-header --no-annotate --no-emit-index-url \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
