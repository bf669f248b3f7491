# Two hosts of the test's own: network namespaces joined by a veth pair, gone when the test ends.
# Sourced, not run. Traffic never leaves them.
. "$(dirname "${BASH_SOURCE[0]}")/../golden/lib.sh"
if [ "$(id -u)" != 0 ] || ! ip netns add "quell-probe-$$" 2>/dev/null; then
	echo "skipped: network namespaces need root"
	exit 0
fi
ip netns del "quell-probe-$$"
near=quell-near-$$ far=quell-far-$$
d=$(mktemp -d)
pids=()
clean_up() {
	local pid
	trap - EXIT
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
	if [ -s "$d/run/samba-dcerpcd.pid" ]; then kill "$(cat "$d/run/samba-dcerpcd.pid")" 2>/dev/null || true; fi
	# What still lives in the two hosts is ours, and would keep them alive.
	for pid in $(ip netns pids "$near" 2>/dev/null) $(ip netns pids "$far" 2>/dev/null); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	ip netns del "$near" 2>/dev/null || true
	ip netns del "$far" 2>/dev/null || true
	rm -rf "$d"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
make_hosts() {
	ip netns add "$near" && ip netns add "$far"
	ip link add qn0 netns "$near" type veth peer name qf0 netns "$far"
	ip -n "$near" addr add 10.99.0.1/24 dev qn0 && ip -n "$near" link set qn0 up && ip -n "$near" link set lo up
	ip -n "$far" addr add 10.99.0.2/24 dev qf0 && ip -n "$far" link set qf0 up && ip -n "$far" link set lo up
}
on() { ip netns exec "$@"; } # HOST COMMAND…; behind a &, write it out: $! is the command then
wait_for() { # SECONDS COMMAND…: until it succeeds
	local i
	for ((i = 0; i < $1 * 10; i++)); do
		"${@:2}" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}
sensor_of() { pgrep -P "$1"; } # the forked child of a quell
is_shut_in() { grep -q '^Seccomp:[[:space:]]*2' "/proc/$(sensor_of "$1")/status"; }
verdict() { # REPORT VERDICT: addresses
	python3 -c 'import json,sys
print(*sorted(ip for h in json.load(open(sys.argv[1]))["hosts"] if h["verdict"] == sys.argv[2] for ip in h["ips"]))' "$@"
}
