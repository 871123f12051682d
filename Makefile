# Darkroom: build, run, check.  `make help` lists the targets.
# An untracked config.mk overrides anything set with ?= here.
-include config.mk

CC	?= gcc
BUILD	?= build
PREFIX	?= /usr
SYSCONFDIR ?= /etc
OPT	?= -O2 -g
WERROR	?=
VERSION	:= $(shell cat VERSION)

PKGS	:= libpq json-c libsodium libseccomp libarchive libcurl libgcrypt libcrypto libsecp256k1 gmp zlib
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
CPPFLAGS += -D_GNU_SOURCE -DDARKROOM_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(if $(FAULTS),-DDR_FAULTS)
CFLAGS	?= $(OPT) -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
	   -fstack-protector-strong -D_FORTIFY_SOURCE=2
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WERROR) $(SAN) -fPIC -MMD -MP
LDFLAGS	+= -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN)

LIB_SRC	:= $(sort $(wildcard lib/*/*.c lib/*/*/*.c))
FCGI_SRC := $(sort $(wildcard fcgi/*.c))
WORKERD_SRC := $(sort $(wildcard worker/workerd/*.c))
RUNNER_SRC := $(sort $(wildcard worker/runner/*.c worker/exec/*.c))
FORK_SRC := $(sort $(wildcard worker/fork/*.c worker/exec/fork/*.c))
CRED_SRC := $(FORK_SRC) $(sort $(wildcard worker/cred/*.c worker/exec/credential/*.c))
AGG_SRC := $(FORK_SRC) $(sort $(wildcard worker/agg/*.c worker/exec/aggregate/*.c))
SANDBOX_SRC := $(sort $(wildcard worker/sandbox/*.c))
BLOB_SRC := $(sort $(wildcard worker/blob/*.c))
CLI_SRC	:= $(sort $(wildcard cli/*.c))
MIGRATE_SRC := $(sort $(wildcard cli/migrate/*.c))
KEYS_SRC := $(sort $(wildcard cli/keys/*.c))
JAIL_SRC := $(sort $(wildcard worker/sandbox/zygote/*.c))
objs_in	= $(patsubst %.c,$(1)/obj/%.o,$(2))
ifdef FAULTS	# objects of files without a point are those of the plain build, PLAIN
FAULT_SRC := $(shell grep -rlE 'fault\.h|DR_FAULTS' --include='*.c' lib fcgi worker cli)
obj	= $(call objs_in,$(BUILD),$(filter $(FAULT_SRC),$(1))) $(call objs_in,$(PLAIN),$(filter-out $(FAULT_SRC),$(1)))
else
obj	= $(call objs_in,$(BUILD),$(1))
endif

PROGRAMS := $(if $(FCGI_SRC),darkroom-fcgi) $(if $(WORKERD_SRC),darkroom-workerd) $(if $(RUNNER_SRC),darkroom-runner) \
	darkroom-cred darkroom-agg $(if $(SANDBOX_SRC),darkroom-sandbox) $(if $(BLOB_SRC),darkroom-blob) $(if $(CLI_SRC),darkroom) $(if $(MIGRATE_SRC),darkroom-migrate) $(if $(KEYS_SRC),darkroom-keys)
JAIL	:= $(if $(JAIL_SRC),$(BUILD)/darkroom-jail.so)

UNIT	:= $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/t_*.c)))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/f_*.c)))
SCRIPTS	:= $(wildcard image/darkroom-image worker/sandbox/darkroom-doctor)

all: $(addprefix $(BUILD)/,$(PROGRAMS)) $(JAIL) $(addprefix $(BUILD)/,$(notdir $(SCRIPTS))) ## build every program

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# What /api/v1/openapi.json tells of the routes is part of the program.
$(call obj,fcgi/describe.c): $(wildcard fcgi/describe/*.json)

$(BUILD)/libdr.a: $(call obj,$(LIB_SRC))
	@rm -f $@
	$(AR) rcs $@ $^

define program
$(BUILD)/$(1): $(call obj,$(2)) $(BUILD)/libdr.a
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS)
endef
$(eval $(call program,darkroom-fcgi,$(FCGI_SRC)))
$(eval $(call program,darkroom-workerd,$(WORKERD_SRC)))
$(eval $(call program,darkroom-runner,$(RUNNER_SRC)))
$(eval $(call program,darkroom-cred,$(CRED_SRC)))
$(eval $(call program,darkroom-agg,$(AGG_SRC)))
$(eval $(call program,darkroom-sandbox,$(SANDBOX_SRC)))
$(eval $(call program,darkroom-blob,$(BLOB_SRC)))
$(eval $(call program,darkroom,$(CLI_SRC)))
$(eval $(call program,darkroom-migrate,$(MIGRATE_SRC)))
$(eval $(call program,darkroom-keys,$(KEYS_SRC)))

# Loaded by the image's own interpreter: libc only, never a sanitizer.
$(BUILD)/darkroom-jail.so: $(JAIL_SRC)
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE -std=gnu11 $(CFLAGS) $(WERROR) -fPIC -shared -Wl,-z,relro,-z,now -o $@ $(JAIL_SRC)

$(BUILD)/darkroom-image: image/darkroom-image
	install -D -m 755 $< $@
$(BUILD)/darkroom-doctor: worker/sandbox/darkroom-doctor
	install -D -m 755 $< $@

# A unit test links the library and, by its name, the objects of one program.
unit_objs = $(if $(filter t_fcgi_%,$(1)),$(filter-out %/main.o,$(call obj,$(FCGI_SRC)))) \
	$(if $(filter t_sandbox_%,$(1)),$(filter-out %/main.o,$(call obj,$(SANDBOX_SRC)))) \
	$(if $(filter t_worker_%,$(1)),$(filter-out %/main.o,$(call obj,$(WORKERD_SRC)))) \
	$(if $(filter t_cred_% t_fork_%,$(1)),$(filter-out %/main.o,$(call obj,$(CRED_SRC)))) \
	$(if $(filter t_agg_%,$(1)),$(filter-out %/main.o,$(call obj,$(AGG_SRC)))) \
	$(if $(filter t_cli_%,$(1)),$(filter-out %/main.o,$(call obj,$(CLI_SRC))))
.SECONDEXPANSION:
$(BUILD)/tests/t_%: tests/unit/t_%.c $$(call unit_objs,t_$$*) $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h fcgi/%.c,$^) $(PKG_LIBS)
# It includes these, without the program: the disk and the database are the test's.
$(BUILD)/tests/t_segment: fcgi/segment.c fcgi/facts.c

# Fuzz targets: `make fuzz` explores with libFuzzer; the corpus replays in `make check`.
# f_worker_X includes worker/workerd/X.c and links the others.
fuzz_objs = $(if $(filter f_fcgi_% f_params f_auth_% f_fields,$(1)),$(filter-out %/main.o,$(call obj,$(FCGI_SRC)))) \
	$(if $(filter f_sandbox_% f_oci_% f_artifact_%,$(1)),$(filter-out %/main.o,$(call obj,$(SANDBOX_SRC)))) \
	$(if $(filter f_worker_%,$(1)),$(filter-out %/main.o %/workerd/$(patsubst f_worker_%,%,$(1)).o,$(call obj,$(WORKERD_SRC)))) \
	$(if $(filter f_cred_%,$(1)),$(filter-out %/main.o,$(call obj,$(CRED_SRC)))) \
	$(if $(filter f_agg_%,$(1)),$(filter-out %/main.o,$(call obj,$(AGG_SRC)))) \
	$(if $(filter f_blob_%,$(1)),$(filter-out %/main.o,$(call obj,$(BLOB_SRC)))) \
	$(if $(filter f_cli_%,$(1)),$(filter-out %/main.o,$(call obj,$(CLI_SRC))))
FUZZ_MAIN ?= tests/fuzz/replay.c
$(BUILD)/fuzz/f_%: tests/fuzz/f_%.c $$(call fuzz_objs,f_$$*) $(BUILD)/libdr.a $(FUZZ_MAIN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $(FUZZ_LINK) -o $@ $(filter tests/fuzz/f_$*.c $(FUZZ_MAIN) %.o %.a,$^) $(PKG_LIBS)

# Constant time: programs that mark their secrets, and what must be caught; docs/design/ct.md.
CT	:= $(patsubst tests/ct/%.c,$(BUILD)/ct/%,$(sort $(wildcard tests/ct/*.c)))
$(BUILD)/ct/%: tests/ct/%.c $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(PKG_LIBS)
ct-programs: $(CT)
valgrind: ## secrets under Valgrind: no branch and no address may depend on one; NAME=c_name for one
	$(SUDO) packaging/install-deps.sh valgrind
	$(MAKE) $(JOBS) ct-programs
	tests/ct/run.sh $(BUILD)/ct $(NAME)
.PHONY: ct-programs valgrind

unit-programs: $(UNIT)
fuzz-programs: $(FUZZ)

SAN_FLAGS = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
asan: ## every program under ASan and UBSan, in build/asan
	$(MAKE) BUILD=build/asan SAN="$(SAN_FLAGS)" OPT="-O1 -g" all unit-programs fuzz-programs

faults: all ## every program with the points of lib/base/fault.def, in build/faults
	$(MAKE) BUILD=build/faults PLAIN=$(BUILD) FAULTS=1 all

FUZZ_SECONDS ?= 30
libfuzzer:
	$(MAKE) BUILD=build/libfuzzer CC=clang OPT="-O1 -g" FUZZ_LINK="-fsanitize=fuzzer" FUZZ_MAIN= fuzz-programs \
	    SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
fuzz: libfuzzer ## explore each fuzz target with libFuzzer for FUZZ_SECONDS
	tests/fuzz/explore.sh build/libfuzzer/fuzz $(FUZZ_SECONDS)
SECONDS ?= 3600
fuzz-hours: libfuzzer ## fuzz each target for SECONDS of CPU time, at idle priority; see tests/fuzz/hours.py
	tests/fuzz/hours.py run --seconds $(SECONDS)
fuzz-cover: ## what each fuzz target reaches of the files that it names, by its corpora
	$(MAKE) BUILD=build/fuzzcover CC=clang OPT="-O0 -g" SAN="-fprofile-instr-generate -fcoverage-mapping" fuzz-programs
	tests/fuzz/cover.py
.PHONY: libfuzzer fuzz-hours fuzz-cover

# The model of a job's life, and what compares it with the stored functions; docs/design/model.md.
$(BUILD)/model/explore: $(addprefix tests/model/,main.c explore.c life.c life_rules.c segments.c ring.c) $(wildcard tests/model/*.h)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 $(CFLAGS) $(WERROR) -o $@ $(filter %.c,$^)
$(BUILD)/model/tie: $(addprefix tests/model/,tie.c explore.c life_rules.c) $(wildcard tests/model/*.h)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 $(CFLAGS) $(WERROR) -o $@ $(filter %.c,$^) -lpq
model-programs: $(BUILD)/model/explore $(BUILD)/model/tie
model: all model-programs ## search the whole model, and walk it beside the stored functions for long
	$(BUILD)/model/explore full
	$(SUDO) tests/model/m_tie.py full
.PHONY: model model-programs

SUDO	:= $(if $(filter 0,$(shell id -u)),,sudo -E)

# The cache is in the caller's home: its folder is the caller's, the images in it are root's.
CACHE_DIR := $(or $(DR_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/darkroom)
JOBS	:= -j$(shell nproc)

deps: ## install the packages that building and running need
	$(SUDO) packaging/install-deps.sh run
check-deps:
	$(SUDO) packaging/install-deps.sh check

run: deps ## build, start a private node, run a real computation on it, stay up
	@mkdir -p "$(CACHE_DIR)"
	$(MAKE) $(JOBS) all
	$(SUDO) tests/demo.py run
demo: deps ## the same, then stop
	@mkdir -p "$(CACHE_DIR)"
	$(MAKE) $(JOBS) all
	$(SUDO) tests/demo.py demo
demo-credential: deps ## issuer, holder and verifier on a private node: every object as JSON in run/credential
	$(MAKE) $(JOBS) all
	$(SUDO) tests/demo_credential.py
demo-aggregate: deps ## two organisations learn sums and nothing else: batch files, then two private nodes; run/aggregate
	$(MAKE) $(JOBS) all
	$(SUDO) tests/demo_aggregate.py
.PHONY: demo-aggregate
stop: ## stop what `make run` left up in this checkout
	$(SUDO) tests/demo.py stop

check: check-deps ## install what tests need and run all of them
	@mkdir -p "$(CACHE_DIR)"
	$(MAKE) $(JOBS) WERROR=-Werror all
	$(MAKE) $(JOBS) WERROR=-Werror asan
	$(MAKE) $(JOBS) WERROR=-Werror model-programs
	$(MAKE) $(JOBS) WERROR=-Werror faults
	$(SUDO) tests/run.py $(ONLY)
check-unit: ; $(MAKE) asan; tests/run.py unit fuzz ## unit tests and fuzz corpora, under sanitizers
check-sql: all ; $(SUDO) tests/run.py sql ## pgTAP
check-race: all ; $(SUDO) tests/run.py race ## two connections interleaved
check-e2e: all faults ; $(SUDO) tests/run.py e2e ## real nginx, PostgreSQL, containers
check-hostile: all ; $(SUDO) tests/run.py hostile ## what a script may try

check-s3: deps all $(BUILD)/tests/t_prio_store ## stores of prio1 against OpenStack Swift's S3 interface and boto3, from Debian packages
	$(SUDO) packaging/install-deps.sh s3
	tests/outside/check_s3.py
.PHONY: check-s3
chaos-prio: all ## two runs of prio1 over 30 parts, killed at random 200 times: KILLS=200 SEED=1
	KILLS=$(or $(KILLS),200) SEED=$(or $(SEED),1) tests/chaos/prio_storm.py
.PHONY: chaos-prio
check-evm: deps all ## the chain adapter against a real EVM and a compiled contract, both from npm
	@mkdir -p "$(CACHE_DIR)"
	$(SUDO) tests/outside/check_evm.py
.PHONY: check-evm
chaos-credential: deps all ## 100 SIGKILLs amid credential jobs, then the audit: KILLS=100 SEED=1
	$(SUDO) tests/chaos/credential_storm.py $(or $(KILLS),100) $(or $(SEED),1)
.PHONY: chaos-credential
chaos-aggregate: deps all faults ## two nodes: killed at each point, then 200 SIGKILLs amid uploads and collections: KILLS=200 SEED=1
	$(SUDO) tests/e2e/e2e_dap_kill.py all
	$(SUDO) tests/chaos/aggregate_storm.py $(or $(KILLS),200) $(or $(SEED),1)
.PHONY: chaos-aggregate
check-lanes: deps all ## light credential jobs beside heavy ones; on a quiet machine
	$(SUDO) tests/lanes/check_lanes.py
.PHONY: check-lanes

CASES	?= 10000
$(BUILD)/outside/bn254: tests/outside/bn254/ours.c $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(PKG_LIBS)
check-bn254: deps ## the revocation curve against mcl, from npm: CASES=10000
	@mkdir -p "$(CACHE_DIR)"
	$(MAKE) $(JOBS) $(BUILD)/outside/bn254
	tests/outside/check_bn254.py $(BUILD)/outside/bn254 $(CASES)
.PHONY: check-bn254
$(BUILD)/outside/envelope: tests/outside/envelope/ours.c $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(PKG_LIBS)
check-envelope: CASES = 900
check-envelope: deps ## DIDs and packed messages against libsodium-wrappers, tweetnacl and bs58, from npm: CASES=900
	@mkdir -p "$(CACHE_DIR)"
	$(MAKE) $(JOBS) $(BUILD)/outside/envelope
	tests/outside/check_envelope.py $(BUILD)/outside/envelope $(CASES)
.PHONY: check-envelope
$(BUILD)/outside/dap: tests/outside/dap/ours.c $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(PKG_LIBS)
check-dap: CASES = 200
check-dap: deps check-deps all ## @divviup/dap and @divviup/prio3, from npm, against two nodes and our Prio3: CASES=200
	@mkdir -p "$(CACHE_DIR)"
	$(MAKE) $(JOBS) $(BUILD)/outside/dap
	$(SUDO) tests/outside/check_dap.py $(BUILD)/outside/dap $(CASES)
.PHONY: check-dap

check-interop: deps all ## client, leader, helper and collector behind the test interface of draft-dcook-ppm-dap-interop-test-design
	$(SUDO) tests/outside/check_interop.py
.PHONY: check-interop

TAILS_DIR ?= /var/tmp
$(BUILD)/long/tails: tests/long/tails.c $(BUILD)/libdr.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(PKG_LIBS)
check-tails: ## registries of 100,000 and 1,000,000: published hash, memory, kills; unnamed files in TAILS_DIR
	$(MAKE) $(JOBS) $(BUILD)/long/tails
	$(BUILD)/long/tails $(TAILS_DIR)
.PHONY: check-tails

CHAOS_JOBS ?= 50000
CHAOS_KILLS ?= 1000
CHAOS_SECONDS ?= 780
chaos: deps check-deps all faults ## break a whole node at random for CHAOS_SECONDS; CHAOS_SEED=n repeats a plan
	$(SUDO) tests/chaos/chaos.py --jobs $(CHAOS_JOBS) --kills $(CHAOS_KILLS) --seconds $(CHAOS_SECONDS) \
	    --figures run/bench/chaos.jsonl \
	    $(if $(CHAOS_SEED),--seed $(CHAOS_SEED))

SOAK_JOBS ?= 1000000
soak: deps check-deps all ## a million jobs through workers that come and go: what grows, what slows down
	$(SUDO) tests/long/soak.py --jobs $(SOAK_JOBS)
LOAD_SECONDS ?= 600
load: deps check-deps all ## 10,000 waiters, 1,000 submits a second, clients that do not behave, for LOAD_SECONDS
	$(SUDO) tests/long/load.py --seconds $(LOAD_SECONDS)

bench: deps check-deps all faults ## measure beside the peers, draw run/bench/index.html; BENCH=name for one, DR_BENCH_SECONDS for less
	@mkdir -p "$(CACHE_DIR)"
	-$(SUDO) packaging/install-deps.sh bench
	$(SUDO) tests/bench/run.py $(BENCH)

bench-report: ## the last run of the benches as docs/bench
	tests/bench/report.py run/bench docs/bench

lint: ## everything that reads the source
	tests/lint/run.sh
format: ## settle the formatting of what this branch changed
	git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h' | xargs -r clang-format -i
coverage: ## line coverage of the unit tests, build/coverage/index.html
	$(MAKE) BUILD=build/coverage OPT="-O0 -g" SAN="--coverage" all unit-programs
	tests/coverage.sh build/coverage

DATADIR	= $(PREFIX)/share/darkroom
LIBEXEC	= $(PREFIX)/lib/darkroom
install: all ## into DESTDIR and PREFIX
	packaging/install.sh "$(BUILD)" "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)"
deb: ## a Debian package in build/
	packaging/deb/build.sh "$(VERSION)"

clean: ## remove what was built (a running node's folder stays: make stop)
	rm -rf build/obj build/asan build/faults build/coverage build/libfuzzer build/tests build/fuzz build/ct build/outside build/deb build/lint \
	    build/libdr.a build/darkroom* build/clang build/fuzzcover

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: all asan faults fuzz deps check-deps run demo demo-credential stop check check-unit check-sql check-race check-e2e check-hostile \
	chaos soak load bench bench-report lint format coverage install deb clean help unit-programs fuzz-programs
-include $(shell find $(BUILD)/obj $(BUILD)/fuzz $(BUILD)/ct -name '*.d' 2>/dev/null)
