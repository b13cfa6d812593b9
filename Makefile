# Two commands set everything up on a fresh Debian or Ubuntu: `make demo` and `make test`.

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-conversation test check format lock schemas rules clean
.PHONY: faults soak test-matrix
.PHONY: bench-action bench-spine bench-engine bench-localize bench-throughput bench-load bench-latency bench-agreement
BIN := .venv/bin

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

setup: .venv/.run ## Make .venv with the goldseam command in it

.venv/.run: requirements/run.txt pyproject.toml scripts/setup
	scripts/setup run

.venv/.dev: requirements/dev.txt pyproject.toml scripts/setup
	scripts/setup dev

demo: .venv/.run ## Show the main job on this machine: a red run, a repair, a pull request (KEEP=1 stays up)
	$(BIN)/goldseam demo $(if $(KEEP),--keep)

demo-conversation: .venv/.run ## Show a reviewer ask for another repair, pick, undo and merge (KEEP=1 stays up)
	$(BIN)/goldseam demo --conversation $(if $(KEEP),--keep)

test: .venv/.dev ## Run all tests
	scripts/setup system-test
	$(BIN)/pytest -n 2 --dist loadfile

test-matrix: .venv/.dev ## Run the bulk of slow matrices, of which make test runs a sample
	scripts/setup system-test
	$(BIN)/pytest -n 2 --dist loadfile -m matrix

check: .venv/.dev ## Lint, types, schemas, docs, and the calls to GitHub against its published descriptions
	scripts/setup system-check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python scripts/schemas --check
	$(BIN)/python scripts/rules --check
	$(BIN)/python scripts/check-tree
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows docs/examples/*.yml
	$(BIN)/zizmor --offline --no-progress --quiet --config scripts/zizmor.yml action.yml docs/examples/*.yml
	scripts/fetch-github-descriptions
	$(BIN)/pytest -m github_contract tests/contract

format: .venv/.dev ## Format and mend what the linter can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: .venv/.dev ## Resolve the dependencies again
	$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes -q -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev -c requirements/run.txt --python-version 3.11 --generate-hashes -q -o requirements/dev.txt

schemas: .venv/.dev ## Write the JSON Schemas under docs/schemas
	$(BIN)/python scripts/schemas

rules: .venv/.dev ## Write docs/rules.md from the classes of the codemods and templates
	$(BIN)/python scripts/rules

faults: .venv/.dev ## Strike a running server at 16 points with 7 faults in 3 variants; goes on where it was (OPTIONS="--point K7")
	scripts/setup system-test
	PYTHONPATH=. $(BIN)/python tests/faults/matrix.py $(OPTIONS)

soak: .venv/.dev ## Run a server for half an hour while something breaks every minute (OPTIONS="--minutes 480")
	scripts/setup system-test
	PYTHONPATH=. $(BIN)/python tests/faults/soak.py $(OPTIONS)

bench-spine: .venv/.dev ## Repair real bugs of published packages and verify each proof
	$(BIN)/python -m benchmarks.spine

bench-engine: .venv/.dev ## Measure the engine on the benchmark's sets, against its targets (OPTIONS="--sample 5")
	$(BIN)/python -m benchmarks.engine $(OPTIONS)

bench-localize: .venv/.dev ## Say where the true function of real bugs is ranked, beside FauxPy (OPTIONS="--sample 5")
	$(BIN)/python -m benchmarks.localize $(OPTIONS)

bench-throughput: .venv/.dev ## Candidates per second of processor time, beside a lean pytest, mutmut and cosmic-ray
	$(BIN)/python -m benchmarks.throughput $(OPTIONS)

bench-load: .venv/.dev ## Durable acknowledgements a second, beside Probot (OPTIONS="--rounds 3"; needs Node.js 20)
	scripts/setup system-test
	$(BIN)/python -m benchmarks.load $(OPTIONS)

bench-latency: .venv/.dev ## Seconds from a red run to an open pull request on the simulator, by stage
	$(BIN)/python -m benchmarks.latency $(OPTIONS)

bench-agreement: .venv/.dev ## Whether all evaluators say the same of random edits of five published packages
	$(BIN)/python -m benchmarks.evaluators $(OPTIONS)

bench-action: .venv/.dev ## What the Action costs beside `goldseam fix`: its installation, and its own part of a repair
	$(BIN)/python -m benchmarks.action $(OPTIONS)

clean: ## Remove what was made
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache *.egg-info
