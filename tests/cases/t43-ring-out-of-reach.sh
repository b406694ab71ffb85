#!/usr/bin/env bash
# T43: a ring out of reach: no other one is made that nobody would find, and the reason
# that is given is the true one, with what to do.
. "$(dirname "$0")/../lib.sh" || exit 1
need unshare
[ "$(id -u)" = 0 ] && apart=(unshare -m) || apart=(unshare -rm)
"${apart[@]}" mount -t tmpfs none /dev/shm 2>/dev/null || skip "no mount namespace can be made here"
port=$programs/free_port
all_tell() { # PATTERN RING - log, info and audit say the same of it
    local verb
    for verb in log info audit; do
        "$spy" "$verb" "$2" >out 2>&1
        assert_grep "$1" out
        grep -E 'static|setuid|C library' out && fail "$verb tells of what it is not"
    done
}
run() { # COMMAND... - its log in $TMP/err
    "$spy" run -w kept -- "$@" >out 2>err || fail "$*: $? $(cat err)"
}

# A private /dev/shm; below it, a ring of this run would be made anew but for run's word.
private='mount -t tmpfs none /dev/shm && "$@"; ls -A /dev/shm >&3'
"$spy" run -o log -- "${apart[@]}" sh -c "$private" sh "$port" 3>left >out || fail "unshare: $?"
assert_grep '^[0-9]+$' out
assert_eq "$(cat left)" "" "what was made in a /dev/shm that nobody sees"
assert_grep "sh ran $port, which never reached the ring: it ran in another mount namespace; .*-w" log
"$spy" run -q -- "${apart[@]}" sh -c 'mount -t tmpfs none /dev/shm && SOCKSPY_DEBUG=1 "$@"' sh "$port" 2>err >out
assert_grep 'nothing is recorded in .*: sockspy run has made the ring, but it is not there' err
# The same while it lives.
start "${apart[@]}" sh -c 'mount -t tmpfs none /dev/shm && LD_PRELOAD=$1 SOCKSPY_RING=/dev/shm/sockspy-$$ exec "$2" 0' \
    sh "$lib" "$samples/tcp_echo_server" >server
wait_until grep -q '^port' server
all_tell "tcp_echo_server\[$pid\] .*in another mount namespace; .*-w" "/dev/shm/sockspy-$pid"
# A path that both see is the remedy.
run "${apart[@]}" sh -c "$private" sh "$port" 3>left
assert_grep 'getsockname' err

# Another user.
if [ "$(id -u)" = 0 ]; then
    need setpriv
    chmod 755 "$TMP"
    run setpriv --reuid 65534 --clear-groups sh -c 'echo plain'
    assert_eq "$(cat out)" plain "the command as another user"
    assert_grep 'setpriv ran sh, which never reached the ring: it ran as another user' err
    start env LD_PRELOAD="$lib" SOCKSPY_RING="$TMP/users" setpriv --reuid 65534 --clear-groups sleep 30
    user=$pid
    settled() { [ "$(cat "/proc/$user/comm")" = sleep ] && [ -s users ]; }
    wait_until settled
    all_tell "setpriv ran sleep, which never reached the ring: it runs as user 65534" "$TMP/users"
fi

# A /dev/shm that is too small, and one that cannot be written to.
small='mount -t tmpfs -o size=4m none /dev/shm && "$@"'
"${apart[@]}" sh -c "$small" sh "$spy" run -- "$port" >out 2>err || fail "run in a small /dev/shm: $?"
assert_grep '^[0-9]+$' out
assert_one_line err
assert_grep 'there is no space for the ring; .*-w RING.*SOCKSPY_SIZE' err
SOCKSPY_SIZE=1M "${apart[@]}" sh -c "$small" sh "$spy" run -- "$port" >out 2>err || fail "a small ring: $?"
assert_grep getsockname err
for verb in log info audit; do
    "${apart[@]}" sh -c "$small" sh "$spy" "$verb" /dev/shm/none >out 2>&1
    assert_grep 'no room for one: .*SOCKSPY_SIZE' out
    "${apart[@]}" sh -c 'mount -t tmpfs -o ro none /dev/shm && "$@"' sh "$spy" "$verb" /dev/shm/none >out 2>&1
    assert_grep 'nor can one be made there \(Read-only.*(-w|SOCKSPY_RING)' out
done
"${apart[@]}" sh -c 'mount -t tmpfs -o ro none /dev/shm && "$@"' sh "$spy" run -w /dev/shm/none -- "$port" >out 2>err
assert_one_line err
assert_grep 'neither opened nor created there; .*-w' err

# A sandbox of bwrap, where there is one.
if command -v bwrap >/dev/null && bwrap --dev-bind / / true 2>/dev/null; then
    "$spy" run -o log -- bwrap --dev-bind / / --tmpfs /dev/shm "$port" >out || fail "bwrap: $?"
    assert_grep 'bwrap ran .*free_port, which never reached the ring: .*sandbox' log
    run bwrap --dev-bind / / --tmpfs /dev/shm "$port"
    assert_grep 'getsockname' err
fi
exit 0
