# Accrue. `make` alone prints what there is to do.
#
# Building needs Go and nothing else. `make test` installs what the tests need.

SHELL  := /bin/bash
LISTEN ?= 127.0.0.1:8080
DATA   ?= data/demo
LIBVIRT ?=
BENCH  ?= .

TEMPL    := github.com/a-h/templ/cmd/templ@v0.3.977
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
export TEMPL

.DEFAULT_GOAL := help
.PHONY: help run build test test-deps test-unit test-race test-browser test-faults e2e lint lint-full generate generate-check bench fmt clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build and start the demo (LISTEN=127.0.0.1:8080 DATA=data/demo LIBVIRT=)
	bin/accrue demo --listen $(LISTEN) --data $(DATA) $(if $(LIBVIRT),--libvirt '$(LIBVIRT)')

build: ## Build bin/accrue, one static binary
	CGO_ENABLED=0 go build -trimpath -o bin/accrue ./cmd/accrue

test: ## Run every test but test-faults, installing what it needs
	@scripts/test all

test-deps: ## Install what the tests need and this machine lacks
	@scripts/install-test-deps

test-unit: ## Run the Go tests on SQLite and PostgreSQL
	@scripts/test unit

test-race: ## Run the Go tests again under the race detector
	@scripts/test race

e2e: ## Take a real machine through its whole life (part of test)
	@scripts/test e2e

test-browser: build ## Run the browser tests against bin/accrue
	@scripts/test browser

test-faults: ## Run what happens when real hypervisors or the panel fail (minutes more)
	@scripts/test faults

lint: ## Check formatting, go vet, shell syntax and lock files
	@scripts/lint

lint-full: ## Run golangci-lint (the first run builds it: two minutes)
	go run $(GOLANGCI) run

generate: ## Generate Go from the templ files
	go run $(TEMPL) generate

generate-check: ## Fail when a generated file is not what its source makes
	@scripts/generate-check

bench: ## Run the Go benchmarks (BENCH=regexp)
	@scripts/test bench '$(BENCH)'

fmt: ## Format Go and templ files
	gofmt -w $$(scripts/gofiles)
	go run $(TEMPL) fmt .

clean: ## Remove what was built
	rm -rf bin
