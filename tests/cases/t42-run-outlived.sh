#!/usr/bin/env bash
# T42: what outlives the command stays recorded, in a ring that stays, and is named;
# none makes the ring anew.
. "$(dirname "$0")/../lib.sh" || exit 1
# A daemon that waits for a file, and then becomes a program that was not there before.
cat >daemon <<END
#!/bin/sh
( while [ ! -e "\$1" ]; do sleep 0.02; done
  "$programs/free_port" >"\$1.port"; : >"\$1.done"; exec sleep 30 ) >/dev/null 2>&1 </dev/null &
echo \$! >"\$1.pid"
END
chmod +x daemon
outlived() { # NAME OPTIONS...
    local name=$1 ring pid
    shift
    "$spy" run "$@" -- ./daemon "$TMP/$name" >out 2>err || fail "run $*: $?"
    pid=$(cat "$name.pid")
    started+=("$pid")
    assert_grep "(daemon|sleep)\[[0-9]+\].* still runs?, recorded in .*: sockspy log .* reads on, sockspy clean" err
    ring=$(sed -n 's/.* recorded in \([^ ]*\): .*/\1/p' err)
    [ -s "$ring" ] || fail "run $*: no ring $ring"
    inode=$(stat -c %i "$ring")
    : >"$name"
    wait_until [ -e "$name.done" ]
    assert_eq "$(stat -c %i "$ring")" "$inode" "run $*: the ring"
    assert_eq "$("$spy" log --comm=free_port --format=jsonl "$ring" | grep -c '"call":"getsockname"')" 1 \
        "run $*: the records of what came after the command"
    assert_status 1 "$spy" clean "$ring"
    kill "$pid"
    gone() { ! grep -q . "/proc/$pid/maps"; } # a zombie has none
    wait_until gone
    assert_status 0 "$spy" clean "$ring"
}
outlived plain
outlived quiet -q
outlived followed -f
outlived file -o log
outlived kept -w kept.ring
echo 'allow * * *' >rules
outlived audit --audit=rules
# One that nobody may look at, as ssh-agent, is known from the ring's own table. Root
# may look at all.
cat >agent <<'END'
import ctypes, os, sys, time
ctypes.CDLL(None).prctl(4, 0)  # PR_SET_DUMPABLE
ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    ctypes.CDLL(None).prctl(4, 0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 1), os.dup2(1, 2)
    os.write(tell, b"x") # it has a row in the ring by now
    time.sleep(30)
os.read(ready, 1)
END
other=()
[ "$(id -u)" = 0 ] && other=(setpriv --reuid 65534 --clear-groups)
if command -v python3 >/dev/null && "${other[@]}" test -x "$spy" -a -r "$lib" 2>/dev/null; then
    "${other[@]}" "$spy" run -q -- python3 -c "$(cat agent)" 2>err
    assert_grep 'python3.*\[[0-9]+\] still runs' err
    agent=$(sed -n 's/.*\[\([0-9]*\)\] still runs.*/\1/p' err) ring=$(sed -n 's/.* recorded in \([^ ]*\): .*/\1/p' err)
    started+=("$agent")
    assert_status 1 "${other[@]}" "$spy" clean "$ring"
    assert_status 0 "${other[@]}" "$spy" clean --force "$ring"
fi
# A ring that is removed all the same is not made again.
"$spy" run -q -- ./daemon "$TMP/anew" 2>err
started+=("$(cat anew.pid)")
ring=$(sed -n 's/.* recorded in \([^ ]*\): .*/\1/p' err)
rm "$ring"
: >anew
wait_until [ -e anew.done ]
[ -e "$ring" ] && fail "the ring was made anew"
# Nothing goes on: nothing is said and nothing left.
"$spy" run -q -- sh -c 'sleep 0.01 & wait' 2>err &
wait $!
assert_eq "$(cat err)" "" "what run says where nothing goes on"
find /dev/shm /tmp -maxdepth 1 -name "sockspy-*.run-$!*" 2>/dev/null | grep . && fail "a ring was left"
exit 0
