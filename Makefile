# SPDX-License-Identifier: GPL-2.0-or-later
# For people used to make; the build itself is meson's (meson.build), see README.md.

BUILD ?= build
PYTHON ?= python3
JOBS ?= $(shell nproc)

binary = $(BUILD)/qemu-system-aarch64
venv = $(BUILD)/venv/.ready

.PHONY: all help deps deps-build demo check check-meson check-system soak bench fuzz fuzz-insn \
        guest clean FORCE

all: $(binary)

help:
	@echo 'make                  build $(binary)'
	@echo 'make demo             install, build, boot Debian arm64, plug and unplug vCPUs'
	@echo 'make check            install, build, run every test (TESTS=... picks system tests)'
	@echo 'make check-meson      only the tests that need no kernel'
	@echo 'make check-system     only the tests that boot kernels'
	@echo 'make soak             the long matrix of system tests'
	@echo 'make bench [PEER=path]   measure; with PEER, in turns with another emulator'
	@echo 'make fuzz [SECONDS=n]    generated inputs, n seconds a target'
	@echo 'make fuzz-insn [COUNT=n]  generated instructions, 50 million of each class; goes on'
	@echo 'make deps             install the Debian packages that all of this needs'
	@echo 'make clean            remove $(BUILD)'
	@echo 'Variables: BUILD=dir JOBS=n KERNEL=path INITRD=path (guest of tests, demo, benchmarks)'

# -- build -----------------------------------------------------------------------------------------

$(BUILD)/build.ninja:
	./configure --builddir=$(BUILD)

$(binary): $(BUILD)/build.ninja FORCE
	ninja -C $(BUILD) -j $(JOBS)

FORCE:

deps:
	scripts/install-deps.sh build check

deps-build:
	scripts/install-deps.sh build

# A recursive make: the build must begin after the packages are there.
built: deps
	$(MAKE) --no-print-directory all

# -- guests and tests ------------------------------------------------------------------------------

guest: deps
	$(PYTHON) tests/guest/material.py --dir $(BUILD)/guest
	-$(PYTHON) tests/guest/packages.py --dir $(BUILD)/guest

$(venv): tests/avocado/requirements.txt | deps
	$(PYTHON) -m venv $(BUILD)/venv
	$(BUILD)/venv/bin/pip install --quiet --disable-pip-version-check \
	    -r tests/avocado/requirements.txt
	touch $@

demo: built
	$(PYTHON) scripts/demo.py --build $(BUILD)

check: built guest $(venv)
	$(PYTHON) scripts/check.py --build $(BUILD) --jobs $(JOBS) $(TESTS)

check-meson: built
	$(PYTHON) scripts/check.py --build $(BUILD) --jobs $(JOBS) --only meson

check-system: built guest $(venv)
	$(PYTHON) scripts/check.py --build $(BUILD) --jobs $(JOBS) --only system $(TESTS)

soak: built guest $(venv)
	scripts/install-deps.sh soak
	-$(PYTHON) tests/guest/fetch.py --dir $(BUILD)/guest cloud-7 generic-7
	-$(PYTHON) tests/guest/build_kernel.py --dir $(BUILD)/guest
	-$(PYTHON) tests/guest/build_openssl.py --dir $(BUILD)/guest
	$(PYTHON) scripts/check.py --build $(BUILD) --jobs $(JOBS) --tag soak $(TESTS)

bench: built
	$(PYTHON) tests/bench/bench.py --build $(BUILD) $(if $(PEER),--peer $(PEER)) $(BENCH)

fuzz: built
	$(PYTHON) scripts/fuzz.py --build $(BUILD) $(if $(SECONDS),--seconds $(SECONDS))

fuzz-insn: built
	mkdir -p $(BUILD)/fuzz
	$(PYTHON) tests/fuzz/fuzz_insn.py --binary $(BUILD)/qemu-system-aarch64 --kept $(BUILD)/fuzz \
	    --totals $(BUILD)/fuzz/insn-totals.json --coverage $(BUILD)/fuzz/insn-coverage.md \
	    --summary $(BUILD)/fuzz/insn-summary.md --count $(or $(COUNT),50000000) \
	    --seconds 1000000 $(if $(PEER),--peer $(PEER)) $(if $(PEER_CPU),--peer-cpu $(PEER_CPU))

clean:
	rm -rf $(BUILD)
