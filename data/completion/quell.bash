# Completion of quell for bash. tests/cli/check-docs holds it to what --help lists.

_quell()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'watch hosts who assess triage campaign threats --help --version' -- "$cur")
		return
	fi
	case ${COMP_WORDS[1]}:$prev in
	watch:-r | watch:-c | hosts:-c | who:-c | assess:-c | triage:-c | campaign:-c | campaign:--file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	watch:-i)
		mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$cur")
		return ;;
	watch:-o) words='human json eve csv' ;;
	hosts:-o | who:-o) words='human json csv' ;;
	hosts:--format) words=$(quell hosts import --help 2>/dev/null | sed -n '/^Formats/,$s/^  \([a-z-]*\) .*/\1/p') ;;
	hosts:--dates) words='dmy mdy' ;;
	hosts:--sort) words='verdict seen first name user net mac os vendor place owner importance' ;;
	*:--store | *:--sensor | hosts:--limit) return ;;
	threats:-o | triage:-o) words='human json' ;;
	triage:--strategy) words='manual generic mixed' ;;
	triage:--for) words=$(quell threats 2>/dev/null | awk '{ print $1 }') ;;
	triage:--reason | triage:--runs | triage:--seed | triage:--people | triage:--minutes | triage:--set) return ;;
	triage:*)
		words='--strategy --reason --for --simulate --runs --seed --people --minutes --exit-code
			-o --store -c --set -h --help' ;;
	watch:--for) words='15m 30m 1h' ;;
	watch:--set)
		compopt -o nospace
		words=$(quell watch --dump-config 2>/dev/null | awk '
			!/^ *#/ && /^ *[a-z_-][a-z0-9_-]*:/ {
				depth = match($0, /[^ ]/) / 2; key = $1; sub(/:.*/, "", key)
				depth = int(depth); part[depth] = key; name = key
				if (depth > 0) name = part[0] "." key
				if (depth > 1) name = part[0] "." part[1] "." key
				if ($2 != "") print name "="
			}') ;;
	watch:-Y) words=$(quell watch --fields 2>/dev/null | awk '{ print $1 }') ;;
	watch:--workers) return ;;
	watch:*)
		words='-r -i --for --promiscuous --workers -o --exit-code -c --set --dump-config -T
			-Y --fields --events --store --sensor -h --help' ;;
	hosts:*)
		words='show set tag merge split forget audit import --sort --limit -o --store -c
			--yes --format --map --dates --utc-offset --dry-run -v --verbose
			-h --help id: name: user: domain: os: vendor: mac: net: verdict: threat:
			tag: owner: place: phone: note: importance: role: seen: first: in:' ;;
	assess:-o) words='human json csv html' ;;
	assess:--for) words=$(quell threats 2>/dev/null | awk '{ print $1 }') ;;
	assess:--resume) words='latest' ;;
	assess:--user | assess:--parallel | assess:--rate | assess:--from | assess:--set) return ;;
	assess:--baseline)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -W 'outbreak-minimum office strict' -f -- "$cur")
		return ;;
	assess:--script)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	who:--credentials | assess:--credentials | assess:--import)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	assess:*)
		words='show list diff inventory infected --for --anonymous --credentials --user
			--kerberos --baseline --dry-run --parallel --rate --resume --script --import
			--from -v --verbose -o --store -c --set -h --help' ;;
	campaign:-o) words='human json csv' ;;
	campaign:--for) words=$(quell threats 2>/dev/null | awk '{ print $1 }') ;;
	campaign:--by) words='infected network importance' ;;
	campaign:--strategy) words='manual generic mixed' ;;
	campaign:--out)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	campaign:--patch | campaign:--stop | campaign:--pilot | campaign:--ring | campaign:--gate) return ;;
	campaign:--gate-failed | campaign:--wave | campaign:--results | campaign:--code | campaign:--reason) return ;;
	campaign:new | campaign:--) return ;;
	campaign:file | campaign:add | campaign:wave | campaign:open | campaign:pause | campaign:resume | campaign:abort | \
		campaign:status | campaign:rest | campaign:did | campaign:import | campaign:kit | campaign:sync | campaign:log)
		words=$(quell campaign -o csv 2>/dev/null | sed '1d; s/,.*//') ;;
	campaign:*)
		words='list new file add wave open pause resume abort status rest did import kit sync log
			verify-log inventory patch restart clean protect update quarantine release
			logon-script startup-script wsus sccm zenworks intune ansible stick worksheets
			--for --patch --file --strategy --stop --pilot --ring --by --gate --gate-failed
			--out --wave --results --code --all --force --reason -o --store -c -h --help' ;;
	who:--user) return ;;
	who:*) words='--infected --ask --credentials --user --kerberos -o --store -c --set -h --help' ;;
	threats:--baseline)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		words=$(quell threats --baselines 2>/dev/null | awk '{ print $1 }')
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$cur")
		return ;;
	threats:*)
		words="--baselines --baseline -o -h --help $(quell threats 2>/dev/null | awk '{ print $1 }')" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _quell quell
