# `make demo` to look at it, `make check` while working on it, `make test` before handing it on.

TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET)/release/jackfield
# The demo begins anew each time, in a place that `jackfield why` finds; ARGS="--data DIR" keeps the data.
DEMO_DATA = $(if $(findstring --data,$(ARGS)),,--data $(TARGET)/demo --fresh)

# What has foreign clients of its own, and the tests of ours that go with them.
AREAS := bayeux chat sms messenger calls api readme
OWN_bayeux := --test protocol
OWN_chat := --test channels chat::
OWN_sms := --test channels sms::
OWN_messenger := --test channels messenger::
OWN_calls := --test sip --test media --test wire --test telephone
OWN_api := --test story
OWN_readme := --test cli readme::
# With the same features everywhere, so that nothing is compiled twice.
WITH_PEERS := cargo test --workspace --features server/peers

# How many cases a property test runs. Of random histories `make test` runs more, and `make prove` many more.
export PROPTEST_CASES ?= 600
# Properties of random histories: of conversations, calls, queues and notification sessions.
HISTORIES := --lib --test protocol -- properties:: an_application_with_acks

.DEFAULT_GOAL := help
.PHONY: help demo check test build prove bench deny peers lint histories test-in-container $(AREAS:%=test-%)

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  make test-AREA          One area with its foreign clients: $(AREAS)"

demo: ## Run the demo centre: agents, customers, chats. ARGS="--host 0.0.0.0" and the like are passed on
	@test -e $(TARGET)/debug/jackfield || echo "Building the demo; the first time this takes five to ten minutes."
	cargo build -p server
	@exec $(TARGET)/debug/jackfield demo $(DEMO_DATA) $(ARGS)

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features server/peers -- -D warnings

check: lint ## Format, lints and every test that needs no foreign program: no Node, no root
	cargo test --workspace

test: peers lint ## Everything: what `check` does, the foreign clients, and 10,000 random histories of each kind
	$(WITH_PEERS)
	PROPTEST_CASES=10000 $(WITH_PEERS) $(HISTORIES)

$(AREAS:%=test-%): test-%:
	@.ci/peers $*
	$(WITH_PEERS) $(OWN_$*)
	$(if $(filter readme,$*),,$(WITH_PEERS) --test cli peers::$*::)

test-in-container: ## `make test` in a container that has all that it needs: podman or docker
	@engine=$$(command -v podman || command -v docker) || { echo "Install podman or docker."; exit 1; }; \
	$$engine build --tag jackfield-tests --file Containerfile . && \
	$$engine run --rm --init --volume "$(CURDIR):/src" --volume jackfield-tests:/kept jackfield-tests make test

peers: ## Install the foreign clients that `test` runs
	@.ci/peers

build: ## The complete binary, at target/release/jackfield
	cargo build --release -p server
	@echo "$(RELEASE)"

prove: build ## A million random histories; kills, cuts, restarts, pauses and clock steps, and what was acknowledged then
	PROPTEST_CASES=1000000 cargo test --release -p domain -p desk -p bayeux $(HISTORIES)
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || echo "Clock steps are left out: install the package faketime for them."
	cargo run --release -p world --bin prove -- --binary $(RELEASE) $(ARGS)

bench: build ## The figures of docs/performance.md, as JSON
	cargo build --release -p voice --example relay
	cargo run --release -p world --bin bench -- --binary $(RELEASE) $(ARGS)

deny: ## Licences, sources and unwanted crates among the dependencies
	@cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --locked
	cargo deny check
