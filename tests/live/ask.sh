# What the tests of asking share: the program that asks, settings, and servers in the far host. Sourced, not run.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
ASK=$(dirname "$QUELL")/tools/quell-ask
make_hosts
chmod 755 "$d"
far_has() { # ADDRESS…: more machines, all of them the far host
	local a
	for a; do ip -n "$far" addr add "$a/24" dev qf0; done
}
settings() { # LINE…
	{
		echo 'networks: {scope: [10.99.0.0/24]}'
		printf '%s\n' "$@"
	} >"$d/quell.yaml"
}
asks() { # ARGUMENT…: what comes of it is in $d/out
	SECONDS=0
	ip netns exec "$near" "$ASK" "$d/quell.yaml" "$@" >"$d/out" 2>"$d/err" || fail "quell-ask $*: $(cat "$d/err")"
	[ ! -s "$d/err" ] || fail "quell-ask $* complains: $(cat "$d/err")"
	! grep -E 'ended by signal|failed within quell|made no sense' "$d/out" || fail "a child of quell-ask $* broke"
}
told() { grep -qE "$2" "$d/out" || fail "$1: no /$2/ in: $(cat "$d/out")"; }
not_told() { ! grep -E "$2" "$d/out" || fail "$1"; }
within() { [ "$SECONDS" -le "$2" ] || fail "$1 took $SECONDS s, at most $2"; }
samba() { # NAME ADDRESS LINE…: an smbd of its own at that address; shares come from the lines
	local s=$d/$1
	mkdir -p "$s"/{private,lock,state,cache,run,ncalrpc,log}
	{
		cat <<-C
			[global]
			server role = standalone server
			workgroup = CORP
			netbios name = $1
			smb ports = 445
			interfaces = $2/32
			bind interfaces only = yes
			disable netbios = yes
			ntlm auth = yes
			private dir = $s/private
			lock directory = $s/lock
			state directory = $s/state
			cache directory = $s/cache
			pid directory = $s/run
			ncalrpc dir = $s/ncalrpc
			log file = $s/log/smbd
			passdb backend = tdbsam:$s/private/passdb.tdb
			disable spoolss = yes
			printcap name = /dev/null
			load printers = no
		C
		printf '%s\n' "${@:3}"
	} >"$s/smb.conf"
	printf 'Right-1\nRight-1\n' | pdbedit -s "$s/smb.conf" -a -t -u games >/dev/null 2>&1 ||
		fail "pdbedit does not make an account"
	pdbedit -s "$s/smb.conf" -P 'bad lockout attempt' -C 3 >/dev/null 2>&1
	ip netns exec "$far" smbd -F -s "$s/smb.conf" </dev/null >"$s/out" 2>&1 &
	pids+=($!)
}
