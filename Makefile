# The commands of Beep. Each is a script in scripts/ that can be run by itself.

.DEFAULT_GOAL := help
.PHONY: help build run run-keycloak apart demo check fmt test chaos fuzz bench bench-apart bench-browser clean-data

help: ## Shows this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Builds one file, target/release/beep, with the web client inside
	@scripts/build

run: ## Builds Beep and serves it at http://localhost:8080, with its data in data/
	@scripts/run

run-keycloak: ## Serves Beep at http://localhost:8080 with Keycloak, a directory and a stand-in for Google, to be tried out
	@scripts/run-keycloak

apart: ## Runs Beep as separate processes, with PostgreSQL and NATS, at http://localhost:8080
	@scripts/apart

demo: ## Fills the Beep in data/ with a community to try it out
	@scripts/demo

check: ## The fast loop: compiles and lints, without running tests
	@scripts/check

fmt: ## Formats the code
	@scripts/format

test: ## Runs every test, as CI does
	@scripts/test

chaos: ## Breaks one thing after the other under load, for minutes, and judges what came of it
	@scripts/chaos

fuzz: ## Runs every fuzz target for a minute
	@scripts/fuzz

bench: ## Runs the benchmarks
	@scripts/bench

bench-apart: ## Measures services apart beside one process, and where the time goes between them
	@scripts/bench --apart --json artefacts/benchmarks-apart.json

bench-browser: ## Measures what the client costs a browser: frames while one scrolls, keys while one types
	@scripts/bench-browser

clean-data: ## Deletes data/: the accounts, messages and files of `make run`
	rm -rf data
