# Completion of quell for fish. tests/cli/check-docs holds it to what --help lists.

set -l in_watch '__fish_seen_subcommand_from watch'
set -l in_threats '__fish_seen_subcommand_from threats'

complete -c quell -n __fish_use_subcommand -f -a watch -d 'from packets to the infected machines'
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
complete -c quell -n $in_threats -f -s o -x -a 'human json' -d format
complete -c quell -n $in_threats -f -a "(quell threats 2>/dev/null | awk '{ print \$1 }')"
