#!/usr/bin/env bash
# timeout: 120
# valgrind's memcheck on recorded programs: no error has the library in it.
. "$(dirname "$0")/../lib.sh" || exit 1
need valgrind

watched() { # NAME COMMAND... - valgrind's own output goes to $TMP/NAME.memcheck
    local name=$1
    shift
    LD_PRELOAD=$lib SOCKSPY_DATA=64 valgrind --leak-check=full --show-leak-kinds=all --num-callers=40 \
        --log-file="$TMP/$name.memcheck" "$@"
}

start watched server "$samples/tcp_echo_server" 0 1 >server.out
server=$pid
wait_until grep -q '^port ' server.out
port=$(sed -n 's/^port //p' server.out)
watched client "$samples/tcp_echo_client" "$port" hello 'big world' >answers || fail "the client"
wait "$server" || fail "the server"
assert_eq "$(paste -sd, answers)" "hello,big world" "the echo"
check 'recorded all the same' 'calls("send") | length == 4'
for name in client server; do
    grep -q 'ERROR SUMMARY' "$name.memcheck" || fail "valgrind did not come to its end: $(cat "$name.memcheck")"
    ! grep -B 12 -A 4 libsockspy "$name.memcheck" || fail "memcheck names the library"
done
