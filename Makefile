# The commands of the project; `make help` lists them. Everything that is missing is set up first (scripts/setup).

SHELL := /bin/bash
PYTHON := .venv/bin/python

# Everything under Sources compiles for wasm too, used by a product or not.
SHARED := $(notdir $(wildcard Sources/*))

.DEFAULT_GOAL := help
.PHONY: help demo serve screenshots test conformance hostile fuzz soak bench timed build probes native wasm tracker worker sizes lint clean ready

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## real data, from events to recommendations over HTTP; exit status 0 only if all of it worked
	@scripts/setup build host demo
	@$(MAKE) --no-print-directory native dist/scorer.wasm
	@$(PYTHON) scripts/demo.py run

serve: ## the demo's shop on a local host, until interrupted; PORT=8080 says where
	@scripts/setup build host demo
	@$(MAKE) --no-print-directory native dist/scorer.wasm
	@$(PYTHON) scripts/demo.py serve --port $(or $(PORT),8080)

screenshots: ## pictures of the storefront in both colour schemes, in dist/screenshots
	@scripts/setup build host demo test
	@$(MAKE) --no-print-directory native dist/scorer.wasm
	@$(PYTHON) scripts/screenshots.py

test: ## every test, after setting up and building all that they need
	@scripts/setup build host test bench
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory build
	scripts/build-wasm --targets $(SHARED)
	@$(MAKE) --no-print-directory sizes
	# Built apart: as part of `swift test` everything would be compiled a second time, for testable imports.
	swift build -c release --build-tests
	swift test -c release --skip-build --disable-xctest
	@$(MAKE) --no-print-directory timed
	$(PYTHON) -m pytest -q

conformance: ## the request and response pairs, on every engine
	@scripts/setup build host test
	@$(MAKE) --no-print-directory build
	$(PYTHON) -m pytest -q Tests/Conformance

hostile: ## ten million random and mutated tokens and event bodies natively, a million in wasm32
	@scripts/setup build host test
	@$(MAKE) --no-print-directory build
	$(PYTHON) Tests/Wasm/hostile.py --rounds 10000000
	$(PYTHON) Tests/Wasm/hostile.py --rounds 1000000 --engine wasm32

fuzz: ## libFuzzer with AddressSanitizer on every reader of untrusted bytes; SECONDS=60 for each target, TARGETS="json token"
	@scripts/setup build test
	@$(MAKE) --no-print-directory native
	scripts/fuzz build
	scripts/fuzz run $(or $(SECONDS),60) $(TARGETS)

soak: ## millions of requests while generations change: memory flat, answers right; REQUESTS=2000000 says how many
	@scripts/setup build host test
	@$(MAKE) --no-print-directory native dist/scorer.wasm
	$(PYTHON) Tests/EndToEnd/soak.py --requests $(or $(REQUESTS),2000000)
	$(PYTHON) Tests/EndToEnd/soak.py --requests $(or $(REQUESTS),2000000) --engine node
	$(PYTHON) Tests/EndToEnd/soak.py --requests $(or $(REQUESTS),2000000) --engine deno

bench: ## every benchmark beside its peers: a table, and Benchmarks/results.json
	@scripts/setup build host test bench
	@$(MAKE) --no-print-directory build timed
	$(PYTHON) Benchmarks/run.py

build: native probes wasm tracker ## the martlet executable, the wasm modules and the event tracker, in dist/

ready: # the compilers' packages, and a .venv with the local host
	@scripts/setup build host

native: ready
	swift build -c release --product martlet
	@mkdir -p dist
	@cp -u .build/release/martlet dist/

probes: ready # what tests drive from Python: the readers of untrusted bytes, and the fuzzing targets
	swift build -c release --product probe
	swift build -c release --product fuzz
	@mkdir -p dist
	@cp -u .build/release/libprobe.so .build/release/fuzz dist/

timed: ready # the executables that benchmarks run, a package of their own
	swift build -c release --package-path Benchmarks

.PHONY: worker
worker: dist/scorer.wasm ## what the edge worker's entries import; SNAPSHOTS=DIR is asked for its fallback list
	@scripts/worker-assets $(SNAPSHOTS)

wasm: dist/scorer.wasm dist/scorer-cli.wasm dist/scorer-cli-portable.wasm dist/probe.wasm dist/probe-portable.wasm

dist/scorer.wasm: ready
	@scripts/build-wasm scorer

dist/scorer-cli.wasm: ready
	@scripts/build-wasm scorer-cli

dist/scorer-cli-portable.wasm: ready
	@scripts/build-wasm --portable scorer-cli scorer-cli-portable

dist/probe.wasm: ready
	@scripts/build-wasm probe-module probe

dist/probe-portable.wasm: ready
	@scripts/build-wasm --portable probe-module probe-portable

tracker: ready ## the event tracker for browsers, minified: dist/tracker.min.js
	@scripts/build-tracker

lint: ## Swift sources as `swift format` wants them
	swift format lint --strict --recursive --parallel Package.swift Sources precompute Tests Benchmarks

sizes: ## bytes of scorer.wasm by target, against their budgets
	@scripts/setup build test
	@$(MAKE) --no-print-directory -s dist/scorer.wasm
	@$(PYTHON) scripts/wasm_sizes.py dist/scorer.wasm .build-wasm/scorer.map

clean: ## removes what was built; keeps .venv and downloaded data
	rm -rf .build .build-fuzz .build-wasm .build-wasm-portable Benchmarks/.build dist
