# The commands of Tieout. `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
NAME ?= example
SITE ?= out/docs
VENV := .venv
BIN := $(VENV)/bin
PEERS := $(VENV)/peers
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: help init advise run check doctor plans apply undo decide replay compare results into-store prune audit erase apply-stripe ui ui-user sandbox worker test lint docs screenshots format bench prove rules validate lock clean forget

help: ## List what can be done
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1mmake %-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

init: $(VENV)/run.ok ## Write the declaration NAME from the files STRIPE and NETSUITE, or by asking both accounts (API=1), and say what was taken for what
	@$(BIN)/python -m pipelines.init "$(if $(filter file,$(origin NAME)),,$(NAME))" --stripe=$(call quoted,$(STRIPE)) --netsuite=$(call quoted,$(NETSUITE)) $(if $(API),--api) \
	  --columns=$(call quoted,$(COLUMNS)) --encoding=$(call quoted,$(ENCODING)) --dates=$(call quoted,$(DATES))

advise: $(VENV)/run.ok ## Show what a rule on every pair of fields would link in the declaration NAME, and recommend rules
	@$(BIN)/python -m pipelines.advise $(NAME)

run: $(VENV)/run.ok ## Reconcile the declaration NAME (default: example) and show the result
	@$(BIN)/python -m pipelines.run $(NAME)

check: $(VENV)/run.ok ## Ask both sides of the declaration NAME whether they can be read
	@$(BIN)/python -m pipelines.run $(NAME) --check

doctor: $(VENV)/run.ok ## Look at everything that the declaration NAME needs, and say what to do; SEND=yes sends a test message
	@$(BIN)/python -m pipelines.doctor "$(NAME)" $(if $(filter yes,$(SEND)),--send)

plans: $(VENV)/run.ok ## List the last plans of the declaration NAME, and what became of them
	@$(BIN)/python -m pipelines.operate plans "$(NAME)"

apply: $(VENV)/run.ok ## Approve the plan PLAN of NAME as WHO, and write it; AT_MOST=, SYSTEM=, FIELDS=, MONTHS=, IDS= for a part of it
	@$(BIN)/python -m pipelines.operate apply "$(NAME)" $(PART)

undo: $(VENV)/run.ok ## Take back what was applied of the plan PLAN of NAME, as WHO; the same variables for a part of it
	@$(BIN)/python -m pipelines.operate undo "$(NAME)" $(PART)

decide: $(VENV)/run.ok ## Decide as WHO about one CUSTOMER of NAME: RECORD= its internal id, never, create or withdraw, and WHY=; or about all of FILE (review.csv or review.xlsx)
	@$(BIN)/python -m pipelines.operate decide "$(NAME)" --customer=$(call quoted,$(CUSTOMER)) \
	  --record=$(call quoted,$(RECORD)) --who=$(call quoted,$(WHO)) --why=$(call quoted,$(WHY)) \
  --file=$(call quoted,$(FILE)) --encoding=$(call quoted,$(ENCODING))

quoted = '$(subst ','\'',$(1))'
PART = --plan=$(call quoted,$(PLAN)) --who=$(call quoted,$(WHO)) --at-most=$(call quoted,$(AT_MOST)) \
  --system=$(call quoted,$(SYSTEM)) --fields=$(call quoted,$(FIELDS)) --months=$(call quoted,$(MONTHS)) --ids=$(call quoted,$(IDS))

replay: $(VENV)/run.ok ## Make the plan PLAN of NAME (default: the last) again from its kept inputs, and say whether it is identical
	@$(BIN)/python -m pipelines.replay "$(NAME)" $(call quoted,$(PLAN))

compare: $(VENV)/run.ok ## Show who would be linked otherwise by the declaration WITH= (a file, or a plan's hash; default: NAME of today), on the inputs of PLAN= (default: the last)
	@$(BIN)/python -m pipelines.compare "$(NAME)" --with=$(call quoted,$(WITH)) --plan=$(call quoted,$(PLAN))

results: $(VENV)/run.ok ## Put the last results of NAME, or those of the run RUN, from the object store into out/ of this machine
	@$(BIN)/python -m pipelines.results "$(NAME)" --run=$(call quoted,$(RUN))

into-store: $(VENV)/run.ok ## Put the plans, inputs and results that NAME has kept on this machine so far into the object store
	@$(BIN)/python -m pipelines.into_store "$(NAME)"

prune: $(VENV)/run.ok ## Remove what of NAME is older than keep_inputs and keep say: inputs, frames, results, plans, history; the ledger stays; DRY=1 says what would go
	@$(BIN)/python -m pipelines.prune "$(NAME)" $(if $(DRY),--dry-run)

audit: $(VENV)/run.ok ## Put all that is known of the plan PLAN of NAME into one archive: plan, approvals, attempts, hashes of its inputs
	@$(BIN)/python -m pipelines.audit "$(NAME)" --plan=$(call quoted,$(PLAN))

erase: $(VENV)/run.ok ## Remove as WHO what NAME keeps of the person of CUSTOMER (cus_...), and name what must stay
	@$(BIN)/python -m pipelines.erase "$(NAME)" --customer=$(call quoted,$(CUSTOMER)) --who=$(call quoted,$(WHO))

apply-stripe: $(VENV)/run.ok ## Set in Stripe what FILE (stripe_updates.csv of NAME) says, with the key in STRIPE_API_KEY; UNDO=yes takes it back; WHO= names you
	@$(BIN)/python -m pipelines.apply_stripe $(if $(UNDO),--undo) --who=$(call quoted,$(WHO)) "$(NAME)" "$(FILE)"

ui: $(VENV)/run.ok ## Open Dagster on every declaration, on http://127.0.0.1:3000; PORT= for another port
	@$(BIN)/python -m pipelines.ui

worker: $(VENV)/celery.ok ## Do steps of runs that other machines start, as TIEOUT_CELERY says; STEPS= at once (default 1), WORKER= for its name
	@$(BIN)/python -m pipelines.workers $(if $(STEPS),--steps=$(call quoted,$(STEPS))) $(if $(WORKER),--name=$(call quoted,$(WORKER)))

ui-user: $(VENV)/run.ok ## Let NAME sign in to a UI that several share, with the ROLE look, plan or approve; asks for a password
	@$(BIN)/python -m pipelines.login.add_person $(call quoted,$(if $(filter file,$(origin NAME)),,$(NAME))) --role=$(call quoted,$(ROLE))

sandbox: $(VENV)/dev.ok ## Serve stand-ins for Stripe and NetSuite with the example data, and print the environment
	@$(BIN)/python -m sandbox

test: $(VENV)/dev.ok ## Run the tests
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: $(VENV)/dev.ok ## Check format, lint, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/dev.ok ## Build these pages as a site into out/docs (SITE= for another folder), and stop at a link that leads nowhere
	@$(BIN)/python -m sphinx --quiet --nitpicky --fail-on-warning --keep-going --fresh-env docs "$(SITE)"
	@echo "Open $(SITE)/index.html"

screenshots: $(VENV)/dev.ok ## Take the pictures of these pages anew, by the tests that look at what they show (needs Chromium)
	$(BIN)/python -m pytest -q --pictures docs/images tests/examples/test_golden.py tests/test_ui.py

format: $(VENV)/dev.ok ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.ok $(PEERS)/bench.ok ## Measure, as ratios to a baseline of the same run; ARGS=small in two minutes, ARGS=matching one of them in full
	$(PEERS)/bin/python -m tests.benchmarks $(ARGS)

prove: $(VENV)/dev.ok ## Kill write-back hundreds of times, then runs of every job, and show that no change is lost or made twice, no value of others is overwritten, and no next run is held up
	$(BIN)/python -m tests.proofs.write_back $(ARGS)
	$(BIN)/python -m tests.proofs.creates
	$(BIN)/python -m tests.proofs.stripe_creates
	$(BIN)/python -m tests.proofs.runs

rules: $(VENV)/dev.ok ## Show which tests prove which requirement
	@$(BIN)/python -m tests.rules

validate: $(VENV)/run.ok ## Load every declaration, look at the labels of its export files, and report every mistake
	@$(BIN)/python -m pipelines.run --validate

lock: ## Resolve the dependencies again (needs uv)
	@for e in run:--extra=build "postgres:--extra=build --extra=postgres" \
	  "celery:--extra=build --extra=postgres --extra=celery --extra=object-storage" dev:--extra=dev bench:--extra=bench; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras \
	    $${e#*:} pyproject.toml --output-file locks/$${e%%:*}.lock || exit 1; done

clean: ## Remove the environment, the caches and the results; the state stays
	rm -rf $(VENV) out .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

forget: ## Say what is lost with the state in .dagster, and remove it if SURE=yes
	@echo "In .dagster are the ledger and the kept plans, without which nothing that was written can be undone,"
	@echo "what people decided about single customers, the history of all runs, and the inputs by which plans are replayed."
	@test "$(SURE)" = yes || { echo "Nothing was removed; to remove it: make forget SURE=yes"; exit 1; }
	rm -rf .dagster

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tieout needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

INSTALL = -m pip install --quiet --disable-pip-version-check

$(VENV)/%.ok: locks/%.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python $(INSTALL) --require-hashes --requirement $<
	$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q assets pipelines resources schemas
	@touch $@

$(PEERS)/bench.ok: locks/bench.lock | $(VENV)/bin/python
	$(BIN)/python -m venv $(PEERS)
	$(PEERS)/bin/python $(INSTALL) --require-hashes --requirement $<
	@touch $@
