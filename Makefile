# Every target sets up what it needs, from nothing. `make demo` and `make test` are the two to know.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUN_READY := $(VENV)/.run-ready

.PHONY: help demo test lint format docs bench clean

help:
	@echo "make demo    the whole tour on an org that comes with it"
	@echo "make test    run the tests"
	@echo "make lint    ruff and mypy"
	@echo "make docs    write the generated pages again"
	@echo "make bench   measure, as ratios to a floor of the same run"
	@echo "make clean   remove what the other targets made"

$(BIN)/python:
	@sh tools/make-venv.sh $(VENV)

# What the program itself needs.
$(RUN_READY): $(BIN)/python pyproject.toml constraints.txt
	@echo "Setting up (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

# And what its development needs.
$(READY): $(RUN_READY)
	@echo "Setting up for development (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(RUN_READY)
	@$(BIN)/sfharden demo
	@echo "More: $(BIN)/sfharden --help"

test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tools.write_docs --check

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY)
	@$(BIN)/python -m tools.write_docs

bench: $(READY)
	@$(BIN)/python bench/bench.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
