#!/usr/bin/env bash
# LD_PRELOAD=.../libsockspy.so and then `sockspy`, with no other setting: both
# use the user's default ring.
# alone
. "$(dirname "$0")/../lib.sh" || exit 1
default=/dev/shm/sockspy-$(id -u)
[ -w /dev/shm ] || skip "/dev/shm is not writable"
unset SOCKSPY_RING
aside=
if [ -e "$default" ]; then # the user's own: out of the way meanwhile; whoever writes there goes on
    aside=$default.aside.$$
    mv "$default" "$aside"
    trap 'mv -f "$aside" "$default"; at_end' EXIT
fi
client=$samples/http_client
port=$(free_port)
env LD_PRELOAD="$lib" bash -c 'exec "$@"' bash "$client" "$port" 2>/dev/null & # nobody listens: refused
wait $!
LD_PRELOAD=$lib "$client" "$port" 2>/dev/null
status=0
"$spy" >log 2>err || status=$?
mode=$(stat -c %a "$default")
"$spy" clean || fail "clean"
assert_eq "$status" 0 "sockspy's status: $(cat err)"
assert_grep "http_client.*connect.*ECONNREFUSED.*127\.0\.0\.1:$port" log
assert_eq "$mode" 600 "the ring's mode"
[ ! -e "$default" ] || fail "clean left $default"
