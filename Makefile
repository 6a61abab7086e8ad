# refund-recon: `make reconcile` runs the whole job, `make test` tests it; `make help` lists the rest.

AS_OF ?=
ORDERS ?=
WEBHOOKS ?=
STATUS_JOURNAL ?=
ATLAS_URL ?=
OUTPUT ?= Reports
ARGS ?=
BEFORE ?=
AFTER ?=
PORT ?= 8080
SEED ?= 20250930
SOAK ?= 10
# How large and how often the benchmarks run.
CASES ?=
N ?=
RUNS ?= 3

RECON := .build/release/refund-recon
PYTHON := .venv/bin/python
PYTHON_BENCH := .venv-bench/bin/python
SAMPLE := SampleData/nightly
SAMPLE_AS_OF := 2025-09-30
# Debian packages: what workbooks are written with (libxlsxwriter) and read with (expat), the state store, HTTP.
PACKAGES := libxlsxwriter-dev libexpat1-dev libsqlite3-dev libcurl4-openssl-dev zlib1g-dev pkg-config
TEST_PACKAGES := python3-venv

# apt-get as the user is: root, or someone who may use sudo.
APT := $(if $(filter 0,$(shell id -u)),,sudo )env DEBIAN_FRONTEND=noninteractive apt-get

# What the run reads: the sample data unless inputs are given.
ifeq ($(strip $(ORDERS)$(WEBHOOKS)$(ATLAS_URL)$(STATUS_JOURNAL)),)
INPUTS := --orders $(SAMPLE)/orders.csv --orders $(SAMPLE)/orders.jsonl --webhooks $(SAMPLE)/webhooks.jsonl
SOURCE := --sandbox $(SAMPLE)/sandbox.jsonl --rate off
DAY := --as-of $(or $(AS_OF),$(SAMPLE_AS_OF))
# The sample holds records that must be refused and queries that must fail: that is what it shows.
MODE := --allow-incomplete --tolerance USD=0.05 --tolerance EUR=0.05
else
INPUTS := $(foreach file,$(ORDERS),--orders $(file)) $(foreach file,$(WEBHOOKS),--webhooks $(file))
SOURCE := $(if $(ATLAS_URL),--atlas-url $(ATLAS_URL)) $(foreach file,$(STATUS_JOURNAL),--status-journal $(file))
DAY := $(if $(AS_OF),--as-of $(AS_OF))
MODE :=
endif

.PHONY: reconcile test tables setup setup-test setup-office build sample validate verify diff sandbox bench bench-scaling bench-nights bench-workbook bench-instructions \
  bench-query contract-test setup-contract setup-bench setup-wrk soak sanitize lint format imports clean help

reconcile: build ## run the whole job: on the sample data, or on ORDERS, WEBHOOKS and ATLAS_URL or STATUS_JOURNAL
	$(RECON) run $(INPUTS) $(SOURCE) $(DAY) --output $(OUTPUT) $(MODE) $(ARGS)

# The build itself checks that no target imports what it does not declare.
BUILD_TESTS := swift build --build-tests --explicit-target-dependency-import-check error
# Suites that run the command as a process, some under faults and kills, have the machine to themselves in turn.
PROCESS_SUITES := RunTests StoryTests ReliabilityTests

test: setup setup-test ## build and run all tests
	$(BUILD_TESTS)
	REFUND_RECON_PYTHON=$(abspath $(PYTHON)) swift test --skip-build $(foreach suite,$(PROCESS_SUITES),--skip '^$(suite)\.')
	$(foreach suite,$(PROCESS_SUITES),swift test --skip-build --filter '^$(suite)\.' && )true

setup: ## install the Debian packages that are missing
	@missing=; for package in $(PACKAGES); do \
	  dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
	  $(APT) update -qq && $(APT) install -y -qq $$missing >/dev/null; fi

setup-test: ## install what only the tests need: OpenSSL, strace, and a Python with openpyxl, in .venv
	@for tool in openssl strace; do \
	  command -v $$tool >/dev/null || { $(APT) update -qq && $(APT) install -y -qq $$tool >/dev/null; }; done
	@if ! $(PYTHON) -c 'import openpyxl' 2>/dev/null; then \
	  python3 -m venv .venv 2>/dev/null || { $(APT) update -qq && $(APT) install -y -qq $(TEST_PACKAGES) >/dev/null && python3 -m venv .venv; }; \
	  .venv/bin/pip install --quiet --disable-pip-version-check openpyxl==3.1.5; fi

setup-office: setup ## install LibreOffice, with which two tests recalculate the workbook; without it they are skipped
	@command -v soffice >/dev/null || { echo "installing libreoffice-calc"; \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends libreoffice-calc >/dev/null; }

build: setup ## build the command in release: .build/release/refund-recon
	swift build -c release --product refund-recon

sample: build ## make the sample data anew
	$(RECON) generate --profile sample --seed $(SEED) --cases 280 --as-of $(SAMPLE_AS_OF) --output $(SAMPLE)

validate: build ## read the inputs, tell what a run would refuse (exit 2 if anything)
	$(RECON) validate $(INPUTS) $(ARGS)

verify: build ## check a published report: AS_OF, OUTPUT
	$(RECON) verify $(OUTPUT)/$(or $(AS_OF),$(SAMPLE_AS_OF))

diff: build ## what changed between two reports: BEFORE, AFTER
	$(RECON) diff $(BEFORE) $(AFTER)

sandbox: build ## serve the refund API on loopback from the sample data: PORT
	$(RECON) sandbox $(SAMPLE)/sandbox.jsonl --port $(PORT)

bench: build setup-bench bench-scaling ## time a run beside DuckDB, Polars and pandas, and then nights with a store: CASES (1,000,000), RUNS (3); some 15 minutes
	$(PYTHON_BENCH) Benchmarks/run.py $(RECON) $(or $(CASES),1000000) $(RUNS)
	Benchmarks/nights.py $(RECON) $(or $(CASES),1000000) $(RUNS)

bench-scaling: build ## time a run over one order with very many records, at N and 4 N: N (5,000)
	Benchmarks/scaling.py $(RECON) $(or $(N),5000)

bench-nights: build ## time a night with a store beside the same night without: CASES (1,000,000), RUNS (3)
	Benchmarks/nights.py $(RECON) $(or $(CASES),1000000) $(RUNS)

bench-workbook: build setup-bench ## time the workbook beside the writers for Python: CASES (100,000, then 1,000,000), RUNS (3)
	$(foreach cases,$(or $(CASES),100000 1000000),$(PYTHON_BENCH) Benchmarks/workbook.py $(RECON) $(cases) $(RUNS) && )true

bench-instructions: build ## count the instructions of a run's stages, for a busy machine: CASES (10,000)
	Benchmarks/instructions.py $(RECON) $(or $(CASES),10000)

setup-bench: ## install what the benchmarks compare with, in .venv-bench
	@$(PYTHON_BENCH) -c 'import duckdb, pandas, polars, rustpy_xlsxwriter, xlsxwriter' 2>/dev/null || { \
	  python3 -m venv .venv-bench 2>/dev/null || { $(APT) update -qq && $(APT) install -y -qq $(TEST_PACKAGES) >/dev/null && python3 -m venv .venv-bench; }; \
	  .venv-bench/bin/pip install --quiet --disable-pip-version-check -r Benchmarks/requirements.txt; }

bench-query: build setup-wrk ## time the queries of a run beside wrk, on the same sandbox
	Benchmarks/query.py $(RECON)

setup-wrk: ## install wrk, beside which the queries are timed
	@command -v wrk >/dev/null || { echo "installing wrk"; \
	  $(APT) update -qq && $(APT) install -y -qq wrk >/dev/null; }

# Populations by the batch, each a process, for what a process remembers of its runs is not given back.
soak: build ## test faults, kills and interruptions SOAK times as long as `make test` does, and nights against one run
	$(BUILD_TESTS)
	REFUND_RECON_SOAK=$(SOAK) REFUND_RECON_BINARY=$(abspath $(RECON)) swift test --skip-build --filter '^ReliabilityTests\.'
	REFUND_RECON_SOAK=$(SOAK) swift test --skip-build --filter '^QueryTests\.(JournalDamageTests|ResponseFuzzTests)'
	@seed=$$(date +%s); for batch in $$(seq $$((4 * $(SOAK)))); do \
	  REFUND_RECON_SEED=$$((seed + 2500 * batch)) REFUND_RECON_POPULATIONS=2500 \
	    swift test --skip-build --filter '^NightsTests\.NightsTests/nightsAreAsOneRun' || exit 1; done

# The ground floor and the readers, in a build of their own that has no other tests. It is optimised, because allocating without
# it takes too long here. Leaks are not looked for: the bytes of texts are kept until the process ends, on purpose (TextArena).
# lld, because gold warns about every symbol of the sanitizer.
SANITIZED_TESTS := MemoryTests RefundsTests JSONTests FilesTests CSVTests XLSXTests IngestTests NightTests
SANITIZE_OPTIONS := --sanitize=address --scratch-path .build-sanitize -Xswiftc -use-ld=lld -Xswiftc -O

sanitize: setup ## test what handles memory itself, and the readers, with the address sanitizer
	REFUND_RECON_TEST_TARGETS='$(SANITIZED_TESTS)' swift build $(SANITIZE_OPTIONS) --product refund-reconPackageTests
	REFUND_RECON_TEST_TARGETS='$(SANITIZED_TESTS)' ASAN_OPTIONS=detect_leaks=0 \
	  swift test $(SANITIZE_OPTIONS) --skip-build --disable-xctest

# The sandbox is stopped by its process id, however the check ends.
contract-test: build setup-contract ## hold the sandbox against Atlas's OpenAPI files, with generated requests too
	@export ATLAS_CLIENT_ID=contract ATLAS_CLIENT_SECRET=contract; address=$$(mktemp); \
	$(RECON) sandbox Tests/contract/orders.jsonl >$$address & sandbox=$$!; \
	trap 'kill $$sandbox; wait $$sandbox; rm -f $$address' EXIT; \
	until [ -s $$address ]; do kill -0 $$sandbox || exit 1; sleep 0.1; done; \
	$(PYTHON) Tests/contract/run.py "$$(cat $$address)"

setup-contract: setup-test ## install what only the contract test needs: schemathesis, in .venv
	@$(PYTHON) -c 'import importlib.metadata as m; assert m.version("schemathesis") == "4.32.5"' 2>/dev/null || \
	  .venv/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5

tables: setup ## renew the documents' tables of columns, outcomes and codes
	REFUND_RECON_RECORD=1 swift test --filter '^SchemaTests\.DocumentTables' >/dev/null || swift test --filter '^SchemaTests\.DocumentTables'

imports: setup ## check that no target imports what it does not declare
	$(BUILD_TESTS)

lint: ## check the style, the words of comments, and that references to documents and files lead somewhere
	swift format lint --strict --recursive Sources Tests Benchmarks Package.swift
	.ci/check-references.py
	.ci/check-words.py

format: ## fix the style
	swift format --in-place --recursive Sources Tests Benchmarks Package.swift

clean: ## remove what was built
	rm -rf .build .build-sanitize .venv .venv-bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
