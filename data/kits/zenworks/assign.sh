#!/bin/sh
# assign.sh - puts the machines of the campaign into a workstation group, and assigns the bundle to it.
# On a primary server with Linux. It stops at nothing: what fails is counted, and told at the end.
# Read README.txt first: the bundle is made by hand.
group='quell-<%campaign%>'
bundle='quell-<%campaign%>'
failed=0
zman workstation-group-create "$group" # it may be there already
add() {
	zman workstation-group-add "$group" "$1" || { echo "not added: $1" >&2; failed=$((failed + 1)); }
}
<%each machine%>
add '<%name|plain%>'
<%end%>
zman bundle-assign device "/Bundles/$bundle" "/Devices/Workstations/$group" --distribute-on-device-refresh || failed=$((failed + 1))
echo "failed: $failed" >&2
[ "$failed" = 0 ]
