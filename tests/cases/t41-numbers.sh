#!/usr/bin/env bash
# T41: a socket that was closed out of sight, and its number comes back as a file's. That
# ends what we held under it, in every way to get a new descriptor: one hidden close for
# each socket, no record of what is done with the file, none of its bytes.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"

export SOCKSPY_DATA=64
with_and_without "$programs/t41_numbers"
hidden=$(cat with.out)
[ "$hidden" -gt 100 ] || fail "only $hidden sockets were closed"
check "each close is hidden once" "[calls(\"hidden\") | .[] | select(.args.what == \"closed\")] | length == $hidden"
assert_eq "$(count hidden_closes)" "$hidden" "hidden closes that are counted"
check "nothing of the files" 'map(select(.call as $call |
    ["read", "dup", "close", "fcntl", "fclose", "fdopen"] | any(. == $call))) | length == 0'
rm -f "$SOCKSPY_RING"
SOCKSPY_TRACE=read,dup,close recorded "$programs/t41_numbers" >/dev/null # which does without the rest
check "nothing of the files with few calls recorded" 'map(select(.call == "read" or .call == "dup" or .call == "close")) | length == 0'
exit 0
