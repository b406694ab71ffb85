#!/usr/bin/env bash
# run passes on the exit status or the signal of its command, and its streams.
. "$(dirname "$0")/../lib.sh" || exit 1
assert_status 0 "$spy" run -q -- true
assert_status 7 "$spy" run -q -- sh -c 'exit 7'
assert_status 143 sh -c '"$1" run -q -- sh -c "kill -TERM \$\$"; exit $?' sh "$spy"
assert_status 137 sh -c '"$1" run -q -- sh -c "kill -KILL \$\$"; exit $?' sh "$spy"
assert_status 127 "$spy" run -q -- ./no-such-command
assert_one_line err
assert_grep 'no-such-command' err
echo text >plain
assert_status 126 "$spy" run -q -- ./plain
assert_one_line err
assert_status 2 "$spy" run
assert_eq "$(echo in | "$spy" run -q -- cat)" in "stdin and stdout"
assert_eq "$("$spy" run -q -- sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" err "stderr with -q"
assert_eq "$("$spy" run -- "$samples/http_client" 9 2>/dev/null)" "" "the log goes to stderr"
"$spy" run -- "$programs/free_port" >port 2>log
assert_grep '^[0-9]+$' port
assert_one_line port
assert_grep 'socket' log
"$spy" run -o file -- "$programs/free_port" >port 2>log
assert_grep 'getsockname' file
assert_eq "$(cat log)" "" "stderr where the log goes into a file"
# So is the log, once, of a command that ends before its ring is looked for.
for ((i = 0; i < 5; i++)); do
    "$spy" run -f -- true 2>log
    assert_eq "$(grep -cE ' (exec|exit)( |$)' log)" 2 "the lines of true"
done
# The ring of a run without -w is gone afterwards.
"$spy" run -q -- true &
wait $!
find /dev/shm /tmp -maxdepth 1 -name "sockspy-*.run-$!*" 2>/dev/null | grep . && fail "a ring was left"
exit 0
