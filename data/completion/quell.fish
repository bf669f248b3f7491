# Completion of quell for fish. tests/cli/check-docs holds it to what --help lists.

set -l in_watch '__fish_seen_subcommand_from watch'
set -l in_hosts '__fish_seen_subcommand_from hosts'
set -l in_who '__fish_seen_subcommand_from who'
set -l in_assess '__fish_seen_subcommand_from assess'
set -l in_threats '__fish_seen_subcommand_from threats'

complete -c quell -n __fish_use_subcommand -f -a watch -d 'from packets to the infected machines'
complete -c quell -n __fish_use_subcommand -f -a hosts -d 'the inventory'
complete -c quell -n __fish_use_subcommand -f -a who -d 'who is behind an address'
complete -c quell -n __fish_use_subcommand -f -a assess -d 'are the machines patched?'
complete -c quell -n __fish_use_subcommand -f -a threats -d 'the catalogue'
complete -c quell -s h -l help -d help
complete -c quell -n __fish_use_subcommand -l version -d 'the version'
complete -c quell -n $in_watch -s r -r -F -d 'read a capture'
complete -c quell -n $in_watch -s i -x -a '(ls /sys/class/net)' -d 'listen on an interface'
complete -c quell -n $in_watch -l for -x -a '15m 30m 1h' -d 'stop listening after'
complete -c quell -n $in_watch -l promiscuous -d 'also take frames for other machines'
complete -c quell -n $in_watch -l workers -x -d 'threads that read packets'
complete -c quell -n $in_watch -s o -x -a 'human json eve csv' -d format
complete -c quell -n $in_watch -l exit-code -d '3: infected found; 4: heard too little'
complete -c quell -n $in_watch -s c -r -F -d settings
complete -c quell -n $in_watch -l set -x -d 'one setting, KEY=VALUE'
complete -c quell -n $in_watch -l dump-config -d 'print all settings'
complete -c quell -n $in_watch -s T -d 'only test the settings'
complete -c quell -n $in_watch -s Y -x -d 'print the source of frames that match'
complete -c quell -n $in_watch -l fields -d 'list the fields for -Y'
complete -c quell -n $in_watch -l events -d 'print every event as JSON'
complete -c quell -n $in_watch -l store -x -d 'keep what is heard in a store'
complete -c quell -n $in_watch -l sensor -x -d 'who listens'
complete -c quell -n $in_hosts -f -a 'show set tag merge split forget audit import'
complete -c quell -n $in_hosts -l sort -x -a 'verdict seen first name user net os place owner' -d field
complete -c quell -n $in_hosts -l limit -x -d 'at most so many'
complete -c quell -n $in_hosts -l format -x -d 'import: what the files are'
complete -c quell -n $in_hosts -l map -x -d 'import: name=HEADER,ip=HEADER'
complete -c quell -n $in_hosts -l dates -x -a 'dmy mdy' -d 'import: how 03/04/2026 is meant'
complete -c quell -n $in_hosts -l utc-offset -x -d 'import: of times without a zone'
complete -c quell -n $in_hosts -l dry-run -d 'import: change nothing'
complete -c quell -n $in_hosts -s v -l verbose -d 'import: show all rows'
complete -c quell -n $in_hosts -l yes -d 'forget it'
complete -c quell -n $in_hosts -s o -x -a 'human json csv' -d format
complete -c quell -n $in_hosts -l store -x -d 'where machines are kept'
complete -c quell -n $in_hosts -s c -r -F -d settings
complete -c quell -n $in_who -f -l infected -d 'every infected machine'
complete -c quell -n $in_who -f -l ask -d 'go and ask'
complete -c quell -n $in_who -l credentials -r -F -d 'account for the profiles'
complete -c quell -n $in_who -l user -x -d 'this account; prompts'
complete -c quell -n $in_who -f -l kerberos -d 'your tickets'
complete -c quell -n $in_who -s o -x -a 'human json csv' -d format
complete -c quell -n $in_who -l store -x -d 'where machines are kept'
complete -c quell -n $in_who -s c -r -F -d settings
complete -c quell -n $in_who -l set -x -d 'one setting, KEY=VALUE'
complete -c quell -n $in_assess -f -a 'show list diff inventory infected'
complete -c quell -n $in_assess -l for -x -a "(quell threats 2>/dev/null | string replace -r ' .*' '')" -d 'only this hole'
complete -c quell -n $in_assess -f -l anonymous -d 'without an account'
complete -c quell -n $in_assess -l credentials -r -F -d 'account to log on with'
complete -c quell -n $in_assess -l user -x -d 'this account; prompts'
complete -c quell -n $in_assess -f -l kerberos -d 'your tickets'
complete -c quell -n $in_assess -l baseline -r -F -a 'outbreak-minimum office strict' -d 'what is wanted'
complete -c quell -n $in_assess -f -l dry-run -d 'ask nothing'
complete -c quell -n $in_assess -l parallel -x -d 'machines at a time'
complete -c quell -n $in_assess -l rate -x -d 'new machines a second'
complete -c quell -n $in_assess -l resume -x -a latest -d 'go on with an interrupted one'
complete -c quell -n $in_assess -l script -r -F -d 'write the collection script'
complete -c quell -n $in_assess -l import -r -F -d 'read what came back'
complete -c quell -n $in_assess -l from -x -d 'show this assessment'
complete -c quell -n $in_assess -f -s v -l verbose -d 'each question'
complete -c quell -n $in_assess -s o -x -a 'human json csv html' -d format
complete -c quell -n $in_assess -l store -x -d 'where it is kept'
complete -c quell -n $in_assess -s c -r -F -d settings
complete -c quell -n $in_assess -l set -x -d 'one setting, KEY=VALUE'
complete -c quell -n $in_threats -f -l baselines -d 'the built-in ones'
complete -c quell -n $in_threats -r -F -l baseline -a "(quell threats --baselines 2>/dev/null | awk '{ print \$1 }')" -d 'what one asks'
complete -c quell -n $in_threats -f -s o -x -a 'human json' -d format
complete -c quell -n $in_threats -f -a "(quell threats 2>/dev/null | awk '{ print \$1 }')"
