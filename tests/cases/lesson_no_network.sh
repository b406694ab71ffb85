#!/usr/bin/env bash
# All lessons play from an installed tree, with no network but the loopback
# interface, no other program and no environment; where even that is down, one line
# says so.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
need unshare
unshare -n true 2>/dev/null || user=-Ur
unshare ${user-} -n true 2>/dev/null || skip "no network namespace may be made here"
apart() { # COMMAND... - without a network
    env -i LC_ALL=C.UTF-8 "$(command -v unshare)" ${user-} -n "$@"
}
root=$TMP/root
make -s -C "$top" install DESTDIR="$root" PREFIX=/usr >out 2>&1 || fail "install: $(cat out)"
installed=$root/usr/bin/sockspy

apart "$installed" lesson 1 >out 2>err && fail "a lesson without the loopback interface"
assert_eq "$(cat err)" "sockspy: the loopback interface is down, and the programs talk through it: 'ip link set lo up' starts it" \
    "the complaint"
[ -s out ] && fail "and yet: $(head -n 3 out)"

need ip
ip=$(command -v ip)
for lesson in 1 2 3 4 5 6 7 8 9 10 11 12; do
    began=$SECONDS
    # shellcheck disable=SC2016 # the inner shell's
    apart /bin/sh -c '"$1" link set lo up && cd / && PATH= && exec "$2" lesson "$3" --lang=both --show-code' \
        - "$ip" "$installed" $lesson >out 2>err || fail "lesson $lesson: $(cat err)"
    [ $((SECONDS - began)) -lt 15 ] || fail "lesson $lesson took $((SECONDS - began)) s"
    [ -s err ] && fail "lesson $lesson complains: $(cat err)"
    for text in '^What to notice' '^눈여겨볼 점' '^ +[a-z_]+\.c:[0-9]+ '; do
        assert_grep "$text" out
    done
done
exit 0
