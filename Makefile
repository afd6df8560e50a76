# Every target sets up what it needs, from nothing. `make demo` and `make test` are the two to know.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUN_READY := $(VENV)/.run-ready
RELEASE := .venv-release
RELEASE_READY := $(RELEASE)/.ready
SITE := .venv-site
SITE_READY := $(SITE)/.ready

.PHONY: help demo test test-xml test-sf fuzz kills lint format docs site screenshots bench mutate lock audit dist clean

help:
	@echo "make demo    the whole tour on an org that comes with it"
	@echo "make test    run the tests"
	@echo "make test-xml  those that read XML again, on an expat that calls back at other times"
	@echo "make fuzz    answers and files damaged at random, more than make test tries"
	@echo "make kills   50 revocations killed and resumed"
	@echo "make test-sf   type the printed commands into the Salesforce CLI, where it is installed"
	@echo "make lint    ruff, mypy, the floors and the rules of the house"
	@echo "make docs    write the generated pages again"
	@echo "make site    the pages of docs/ as a site, in site/"
	@echo "make screenshots  take the two pictures of the README again"
	@echo "make bench   measure, as ratios to a floor of the same run"
	@echo "make mutate  change the modules that decide, one thing at a time: does a test notice? (long; ARGS='--sample 40')"
	@echo "make lock    pin what is installed, by hash; UPGRADE=1 takes the newest"
	@echo "make audit   ask for known vulnerabilities of what is pinned"
	@echo "make dist    wheel, sdist, SBOM and SHA256SUMS, the same bytes each time"
	@echo "make clean   remove what the other targets made"

$(BIN)/python:
	@sh tools/make-venv.sh $(VENV)

# What the program itself needs. Each file is checked by its hash; tools/install-locked.sh says what HASHES=try|must|no do.
$(RUN_READY): $(BIN)/python pyproject.toml constraints.txt tools/locked/run.txt tools/locked/build.txt
	@echo "Setting up (once)..."
	@sh tools/install-locked.sh $(BIN)/python run ""
	@touch $@

# And what its development needs.
$(READY): $(RUN_READY) tools/locked/development.txt
	@echo "Setting up for development (once)..."
	@sh tools/install-locked.sh $(BIN)/python development "[dev]"
	@touch $@

# What only locking, auditing and releasing need, in an environment of its own.
$(RELEASE_READY): tools/locked/release.txt
	@echo "Setting up for releases (once)..."
	@sh tools/make-venv.sh $(RELEASE)
	@$(RELEASE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/locked/release.txt
	@touch $@

# And what the site does.
$(SITE_READY): tools/locked/site.txt
	@echo "Setting up for the site (once)..."
	@sh tools/make-venv.sh $(SITE)
	@$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/locked/site.txt || \
		{ echo "MkDocs can't be had here, see above: no site was built. The pages are in docs/, to be read as they are." >&2; exit 1; }
	@touch $@

demo: $(RUN_READY)
	@$(BIN)/sfharden demo
	@echo "More: $(BIN)/sfharden --help"

test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not sf"

# The tests that read XML once more: expat waits if this Python's calls back at once, or the other way round.
EXPAT := other
test-xml: $(READY)
	@SFHARDEN_TEST_EXPAT=$(EXPAT) $(BIN)/python -m pytest -n auto --dist worksteal -m xml

# The commands that a plan prints, run by the Salesforce CLI on the embedded org; skipped where there's none.
test-sf: $(READY)
	@$(BIN)/python -m pytest -q -m sf tests/client

# Answers and files damaged at random, more of them than `make test` tries; a number makes the same mutant again.
MUTANTS := 100
fuzz: $(READY)
	@SFHARDEN_TEST_MUTANTS=$(MUTANTS) $(BIN)/python -m pytest -n auto --dist worksteal tests/fuzz

# Real revocations, killed (`kill -9`) at random moments and resumed.
KILLS := 50
kills: $(READY)
	@SFHARDEN_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest tests/commands/test_revoke_kills.py

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.check_house
	@$(BIN)/python -m tools.write_docs --check

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY)
	@$(BIN)/python -m tools.write_docs

site: $(SITE_READY)
	@$(SITE)/bin/python -m tools.build_site

screenshots: $(READY)
	@$(BIN)/python -m tools.screenshots

bench: $(READY)
	@$(BIN)/python bench/bench.py

# The same hash seed each time, so that the order of sets is no accident. More: python -m tools.mutate --help
ARGS :=
mutate: $(READY)
	@PYTHONHASHSEED=0 $(BIN)/python -m tools.mutate $(ARGS)

lock: $(RELEASE_READY)
	@$(RELEASE)/bin/python -m tools.lock $(if $(UPGRADE),--upgrade)

audit: $(RELEASE_READY)
	@$(RELEASE)/bin/python -m tools.audit --must

dist: $(RELEASE_READY)
	@$(RELEASE)/bin/python -m tools.release dist

clean:
	rm -rf $(VENV) .venv-system $(RELEASE) $(SITE) site .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
