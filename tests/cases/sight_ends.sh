#!/usr/bin/env bash
# A program started with an empty environment is out of sight: the log says so.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded env -i "$programs/free_port" >/dev/null || fail "env -i"
check 'nothing of it was recorded' 'calls("bind") == []'
check 'the exec that dropped the library says so' '
    map(select(.call | IN("exec", "execve", "execvp"))) | any(.args.blind // "" | test("environment"))'
"$spy" log "$SOCKSPY_RING" >text || fail "log"
assert_grep 'env\[[0-9]+\] .*exec.*environment' text
assert_grep 'started without the library' text
