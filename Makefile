# `make demo` to look at it, `make check` while working on it, `make test` before handing it on.

TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET)/release/jackfield
# The demo begins again each time, in a place that `jackfield why` finds; ARGS="--data DIR" keeps the data.
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

# How many random histories each of their properties is held by: of conversations and who sees what of them, calls,
# queues, notification sessions.
# In debug builds, with everything else, it is as many as proptest tries by itself (PROPTEST_CASES is another number).
test: HISTORIES ?= 10000
prove: HISTORIES ?= 1000000

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

test: peers lint deny histories ## Everything: what `check` does, the dependencies, the foreign clients, and 10,000 random histories
	$(WITH_PEERS)

histories:
	PROPTEST_CASES=$(HISTORIES) cargo test --release -p domain -p desk -p bayeux --lib --test protocol -- properties:: an_application_with_acks
	@# Every way out hangs on all of the API: it is built for tests anyhow, and a release build of it takes longer.
	PROPTEST_CASES=$(HISTORIES) $(WITH_PEERS) --lib -- doors::

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

prove: histories ## A million random histories; kills, cuts, restarts, pauses, clock steps, and what was acknowledged
	@ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || echo "Clock steps are left out: install the package faketime for them."
	cargo build --release -p server -p world --bin jackfield --bin prove
	@exec $(TARGET)/release/prove --binary $(RELEASE) $(ARGS)

bench: ## The figures of docs/performance.md, as JSON
	cargo build --release -p server -p world --bin jackfield --bin bench
	cargo build --release -p voice --example relay
	@exec $(TARGET)/release/bench --binary $(RELEASE) $(ARGS)

deny: ## Licences, sources, advisories and unwanted crates among the dependencies
	@.ci/deny
