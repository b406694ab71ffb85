#!/usr/bin/env bash
# run --audit: the command's own status, unless something is wrong; a bad rule
# before anything is started.
. "$(dirname "$0")/../lib.sh" || exit 1
closed=$(free_port)
printf 'allow http_client connect 127.0.0.1:%s\ndeny * connect *\n' "$closed" >rules
assert_status 1 "$samples/http_client" "$closed" # what it ends with by itself
assert_status 0 "$spy" run --audit=rules -- true
assert_status 3 "$spy" run --audit=rules -- sh -c 'exit 3'
assert_status 0 "$spy" run --audit=rules -- sh -c "$samples/http_client $closed; true"
assert_grep "^http_client +connect +127.0.0.1:$closed +tcp +1 +1 +ECONNREFUSED" err
other=$(free_port)
assert_status 1 "$spy" run --audit=rules -- sh -c "echo hello; $samples/http_client $other; true"
assert_grep "^http_client +connect +127.0.0.1:$other .*rules:2: deny" err
assert_eq "$(cat out)" hello "the command's own output"
assert_status 1 "$spy" run -q --audit=rules -- sh -c "$samples/http_client $other; true"
assert_eq "$(grep -c deny err)" 0 "what -q prints"
# What it did is taken in while it does it: the ring need not hold it all.
echo 'allow * * *' >all
SOCKSPY_SIZE=1M "$spy" run --audit=all --format=jsonl -- "$programs/many" 20000 2>err || fail "many: $(cat err)"
times=$(jq -s 'map(select(.does == "connect") | .times) | add' err)
[ "$times" -gt 4000 ] || fail "only $times connects of 20,000 were judged; the ring holds 900"
status=0
"$spy" run --audit=all -o /nowhere/file -- true 2>err || status=$?
assert_eq "$status" 1 "the status where the result cannot be written"
assert_one_line err
assert_status 1 "$spy" audit -o /nowhere/file "$SOCKSPY_RING"
assert_one_line err
echo 'allow everything' >bad
assert_status 2 "$spy" run --audit=bad -- touch started
assert_grep 'bad:1:17: an action is missing' err
[ ! -e started ] || fail "the command was started all the same"
"$spy" run --audit=rules -- sh -c 'kill -TERM $$' 2>/dev/null &
status=0
wait $! || status=$?
assert_eq "$status" 143 "the status of a command that a signal ended"
find /dev/shm /tmp -maxdepth 1 -name "sockspy-*.run-$!" 2>/dev/null | grep . && fail "a ring was left behind"
true
