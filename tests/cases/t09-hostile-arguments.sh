#!/usr/bin/env bash
# T9: the kernel survives what a naive hook crashes on. Result and errno of each
# call are the same, without payload and with as much as can be kept, and
# nothing is read beyond a page's edge.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
export SOCKSPY_TRACE=%net,%io,%desc,%opt,%name,%poll,%process
for data in 0 4096; do
    rm -f "$SOCKSPY_RING"
    SOCKSPY_DATA=$data with_and_without "$programs/t09_hostile"
done
[ "$(wc -l <without.out)" -gt 100 ] || fail "only $(wc -l <without.out) calls were tried"
check_keys
check 'a name that had no room is not guessed' 'calls("recvfrom") | all(.peer == null or (.peer | test("^127|unix:")))'
check 'a name that was cut is not guessed' 'calls("recvfrom") | map(select(.bytes == 2 or .bytes == 3)) | length == 2 and all(.peer == null)'
check 'who came is asked where the caller does not ask' 'calls("accept") | map(select(.errno == null)) | length >= 3 and all(.peer | test("^127"))'
check 'room for all there is' 'calls("recv") | map(select(.ret == 7)) | only | .bytes == 7'
check 'the longest name is whole but for its NUL' '("unix:" + ("n" * 108)) as $name | (calls("bind") | any(.local == $name))
    and (calls("recvfrom") | any(.peer == $name)) and (calls("getsockname") | any(.local == $name))'
check 'a name with more than a name has' 'map(select(.family == "inet6")) | map(.call) == ["socket", "bind", "getsockname", "sendto", "recvfrom", "close"]
    and all(.[1:][]; .local | startswith("[::1]:")) and (last.peer == null)'
assert_eq "$(count blind_execs)" 0 "programs out of sight: each exec failed"

# Control data that the kernel has not looked at.
shared t09_accepts
rm -f "$SOCKSPY_RING"
tried=$(LD_PRELOAD="$lib $TMP/t09_accepts.so" "$programs/t09_control") || fail "t09_control ended with $?"
check 'all were recorded' 'calls("sendmsg") + calls("recvmsg") | length == 2 * $tried and $tried > 100' --argjson tried "$tried"
