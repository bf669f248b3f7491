# quell: `make run` shows the main job, `make check` runs every test, `make` builds build/quell.
# All real work is Meson's; this file only says what a newcomer would type.

MAKEFLAGS += --no-print-directory
B ?= build

.PHONY: all run check bench accuracy fuzz install format clean deps

all: deps
	@[ -f $(B)/build.ninja ] || meson setup $(B) -Dtests=false >/dev/null
	@ninja -C $(B) --quiet

deps:
	@tools/deps build

# A small office that the repository makes itself, in which a worm spreads from one machine to nine.
run: all
	@$(B)/tools/quell-traffic office -w $(B)/office.pcap
	@echo '$$ $(B)/quell watch -r $(B)/office.pcap' >&2
	@$(B)/quell watch -r $(B)/office.pcap

check:
	@tools/deps check
	@tests/check

bench: all
	@tests/bench/run $(BENCH)
	@tests/bench/run-store
	@tests/bench/run-triage
	@tests/bench/run-assess
	@tests/bench/run-kits

# How often the right machine and person are named, in an office's simulated week: doc/identity.md.
# make accuracy ACCURACY='--machines 1500 --seed 7'
# Before that: how right the numbers of an outbreak are, on made outbreaks: doc/proof.md. Some minutes.
# make accuracy NUMBERS='--runs 200 estimate'
accuracy: all
	@ninja -C $(B) --quiet tests/accuracy/numbers
	@$(B)/tests/accuracy/numbers $(NUMBERS); missed=$$?; tests/accuracy/run $(ACCURACY) && exit $$missed

# make fuzz SECONDS=600: every target for that long
SECONDS ?= 60
fuzz:
	@tools/deps check
	@tests/fuzz/run $(SECONDS)

install: all
	@meson install -C $(B)

format:
	@clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-*
