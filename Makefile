# `make demo` to look at it, `make check` while working on it, `make test` before handing it on.

TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET)/release/jackfield
# The demo begins anew each time, in a place that `jackfield why` finds; ARGS="--data DIR" keeps the data.
DEMO_DATA = $(if $(findstring --data,$(ARGS)),,--data $(TARGET)/demo --fresh)

.DEFAULT_GOAL := help
.PHONY: help demo check test build prove bench deny peers

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Run the demo centre: agents, customers, chats. ARGS="--host 0.0.0.0" and the like are passed on
	@test -e $(TARGET)/debug/jackfield || echo "Building the demo; the first time this takes five to ten minutes."
	cargo build -p server
	@exec $(TARGET)/debug/jackfield demo $(DEMO_DATA) $(ARGS)

check: ## Format, lints and every test that needs no foreign program: no Node, no root
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features server/peers -- -D warnings
	cargo test --workspace

test: peers ## Everything: what `check` does, and the foreign clients
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features server/peers -- -D warnings
	cargo test --workspace --features server/peers

peers: ## Install the foreign clients that `test` runs
	@.ci/peers

build: ## The complete binary, at target/release/jackfield
	cargo build --release -p server
	@echo "$(RELEASE)"

prove: build ## Kills, cuts, restarts, pauses and clock steps; then what was acknowledged, reported, doubled, lost
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || echo "Clock steps are left out: install the package faketime for them."
	cargo run --release -p world --bin prove -- --binary $(RELEASE) $(ARGS)

bench: build ## The figures of docs/performance.md, as JSON
	cargo build --release -p voice --example relay
	cargo run --release -p world --bin bench -- --binary $(RELEASE) $(ARGS)

deny: ## Licences, sources and unwanted crates among the dependencies
	@cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --locked
	cargo deny check
