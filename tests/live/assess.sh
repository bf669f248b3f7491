# What the tests of assessing share, besides tests/live/ask.sh: the program that assesses. Sourced, not run.
. "$(dirname "${BASH_SOURCE[0]}")/ask.sh"
ASSESS=$(dirname "$QUELL")/tools/quell-assess
assesses() { # ARGUMENT…: what comes of it is in $d/out
	SECONDS=0
	ip netns exec "$near" "$ASSESS" "$d/quell.yaml" "$@" >"$d/out" 2>"$d/err" || fail "quell-assess $*: $(cat "$d/err")"
	[ ! -s "$d/err" ] || fail "quell-assess $* complains: $(cat "$d/err")"
	! grep -E 'ended by signal|failed within quell|made no sense' "$d/out" || fail "a child of quell-assess $* broke"
}
peer() { # KIND ADDRESS: what it is asked is in $d/peer-ADDRESS
	ip netns exec "$far" tests/live/assess-peer "$1" "$2" </dev/null >"$d/peer-$2" 2>"$d/peer-$2.err" &
	pids+=($!)
}
listens() { # ADDRESS…: until they do
	local a
	for a; do
		wait_for 15 ip netns exec "$near" bash -c "exec 3<>/dev/tcp/$a/445" || fail "nobody listens at $a"
	done
}
