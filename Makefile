# Every target sets up what it needs in .venv/; nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin
BOOT := $(PYTHON) tools/bootstrap.py

.PHONY: help run install test test-slow prove lint types docs vignettes bench bench-peers mutants lock clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

install:  ## Make .venv/ with the unclench command
	@$(BOOT) base

run: install  ## Start the web check on this machine and print its address
	@$(BIN)/python -m unclench.web

.PHONY: dev
dev:
	@$(BOOT) dev

test: dev  ## Run every everyday test, lint, types and import contracts
	@$(BIN)/python tools/verify.py

test-slow: dev  ## Run the long test suites
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/slow

lint: dev  ## Check style and import directions
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: dev  ## Check types, strictly
	@$(BIN)/mypy

docs: dev  ## Write docs/reference again from the code and the knowledge
	@$(BIN)/python -m tools.write_reference

prove: dev  ## Prove the safety promises with two solvers, and renew the certificate
	@$(BIN)/unclench prove --certificate src/unclench/proof/certificate.json

vignettes: dev  ## Measure the advice on the vignettes
	@$(BIN)/python tools/vignette_report.py

bench: dev  ## Run the benchmarks and print ratios
	@$(BIN)/python -m benchmarks

bench-peers:  ## Compare with other engines on the same rules and model
	@$(BOOT) peers
	@.venv-peers/bin/python -m benchmarks peers

mutants: dev  ## Report the mutation score of logic/ and reasoning/
	@$(BIN)/python tools/mutation_score.py

lock:  ## Renew requirements/*.txt (needs uv)
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements/base.in -o requirements/base.txt
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements/base.in --group pyproject.toml:dev -o requirements/dev.txt
	for kind in spark peers; do \
	  uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements/$$kind.in -c requirements/base.txt -o requirements/$$kind.txt || exit 1; \
	done

clean:  ## Remove the environment and caches
	rm -rf .venv .venv-spark .venv-peers .cache .mypy_cache .ruff_cache .pytest_cache mutants
