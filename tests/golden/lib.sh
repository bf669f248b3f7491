# What the tests of this folder share; sourced, not run. QUELL and TRAFFIC are the programs under
# test, QUELL_CAPTURES the folder of real captures, which may not be there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
: "${QUELL:=$PWD/build-release/quell}" "${TRAFFIC:=$PWD/build-release/tools/quell-traffic}"
: "${QUELL_CAPTURES:=$PWD/../shared/captures}"
made=build-check-made # captures made for the tests, kept for a second look
mkdir -p "$made"

# Makes the captures of its own once per run of the tests.
make_captures() {
	[ ! -f "$made/done" ] || [ "$TRAFFIC" -nt "$made/done" ] || return 0
	rm -rf "$made" && mkdir -p "$made/shapes"
	"$TRAFFIC" shapes "$made/shapes"
	"$TRAFFIC" office -w "$made/office.pcap" --truth "$made/office.tsv"
	"$TRAFFIC" office --no-worm --seed 2 -w "$made/quiet.pcap"
	touch "$made/done"
}

real_captures() { # prints the real ones, or says why there are none
	if [ -d "$QUELL_CAPTURES" ]; then
		find "$QUELL_CAPTURES" -name '*.pcap' -o -name '*.pcapng' | sort
	else
		echo "skipped: no real captures at $QUELL_CAPTURES (set QUELL_CAPTURES)" >&2
	fi
}

all_captures() {
	real_captures
	find "$made" -maxdepth 2 -name '*.pcap' ! -path '*/errors/*' ! -path '*/formats/*' | sort
}

fail() { echo "FAIL: $*"; bad=1; }
bad=0
