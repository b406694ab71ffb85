#!/usr/bin/env bash
# Rules: the first that fits decides; each mistake in one is told with its place.
. "$(dirname "$0")/../lib.sh" || exit 1
port=$(free_port)
start_recorded "$samples/http_server" "$port" 1 >server.out
wait_until grep -q '^port ' server.out
recorded "$samples/http_client" "$port" >page || fail "http_client"
wait "$pid"
recorded "$samples/unix_client" "$TMP/nobody" 2>/dev/null
cat >rules <<END
# what is allowed here
allow http_* connect,listen 127.0.0.0/8:$port
deny  *      connect        unix:$TMP/*     # nothing under here
deny  *      *              *
END
assert_status 1 "$spy" audit --rules=rules "$SOCKSPY_RING"
assert_grep "^unix_client +connect +unix:$TMP/nobody .*rules:3: deny \* connect unix:$TMP/\*$" out
assert_grep '^# 1 rule broken$' out
assert_status 0 "$spy" audit --allow='* * *' --rules=rules "$SOCKSPY_RING"
assert_status 1 "$spy" audit --deny="http_server listen *:$port" "$SOCKSPY_RING"
assert_status 0 "$spy" audit --deny="http_server listen *:$((port + 1))" "$SOCKSPY_RING"
assert_status 1 "$spy" audit --deny="* listen 127.0.0.1-127.0.0.9:$((port - 1))-$((port + 1))" "$SOCKSPY_RING"
"$spy" audit --rules=rules --format=jsonl "$SOCKSPY_RING" | jq -es '
    (map(select(.verdict == "allowed")) | length == 2 and all(.rule_at == "rules:2"))
    and (map(select(.verdict == "denied")) | length == 1)' >/dev/null || fail "the verdicts as JSON"

wrong() { # RULE MESSAGE
    assert_status 2 "$spy" audit --deny="$1" "$SOCKSPY_RING"
    assert_one_line err
    assert_grep "$2" err
    [ ! -s out ] || fail "something was printed for '$1'"
}
wrong 'curl' '--deny:5: an action is missing'
wrong 'curl conect *' "--deny:6: no action is called so; .* 'conect'"
wrong 'curl connect 1.2.3.4/33' '--deny:14: not a number of bits'
wrong 'curl connect ::1' '--deny:14: IPv6 addresses stand in brackets'
wrong 'curl connect host:http' "--deny:19: not a port, .* 'http'"
printf '\nallow * * *\nallow * * * *\n' >bad
assert_status 2 "$spy" audit --rules=bad "$SOCKSPY_RING"
assert_grep "bad:3:13: too much behind the target: '\*'" err
assert_status 2 "$spy" audit --rules=nowhere "$SOCKSPY_RING"
assert_grep 'nowhere: cannot be read: No such file' err
