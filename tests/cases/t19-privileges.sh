#!/usr/bin/env bash
# T19: the mapping outlives a change of user and of root; an exec as somebody else,
# who may not have the ring, fails without a word; numbers that repeat in another
# namespace are another process.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
[ "$(id -u)" = 0 ] || skip "only root can change its user"
need setpriv unshare
chmod 755 "$TMP" # another user starts programs from here
dropped=(setpriv --reuid=65534 --regid=65534 --clear-groups)
cp "$programs/transfers" "$TMP/work"

# The same process goes on as another user, without a root of its own.
if command -v /usr/bin/python3 >/dev/null; then
    cat >drop.py <<'PYTHON'
import os, socket
a, b = socket.socketpair()
os.mkdir("empty")
os.chroot("empty")
os.setgid(65534)
os.setuid(65534)
a.send(b"hello")
print(b.recv(9), os.getuid(), flush=True)
child = os.fork()
if child == 0:
    a.send(b"again")
    os._exit(0)
os.waitpid(child, 0)
print(b.recv(9), flush=True)
os._exit(0)
PYTHON
    "${dropped[@]}" true 2>/dev/null || skip "another user cannot be had here"
    recorded /usr/bin/python3 -I drop.py >said 2>err || fail "drop.py: $(cat err)"
    [ ! -s err ] || fail "complaints: $(cat err)"
    assert_eq "$(wc -l <said)" 2 "lines"
    check 'recorded as another user, in another root, and in a child' '
        calls("send") | length == 2 and all(.bytes == 5) and .[0].pid != .[1].pid'
fi

# An exec as another user: unrecorded, and nobody notices.
mkdir ours
chmod 700 ours
SOCKSPY_RING=$TMP/ours/ring with_and_without "${dropped[@]}" "$TMP/work"
[ ! -s with.err ] || fail "said: $(cat with.err)"
if command -v su >/dev/null && id nobody >/dev/null 2>&1; then
    with_and_without su -s /bin/sh nobody -c 'id -u; echo fine >&2; ls /nowhere'
fi

# Two namespaces, in each a process with the number 1: two programs in the ring.
rm -f "$SOCKSPY_RING"
if unshare -p true 2>/dev/null; then
    for i in 1 2; do
        recorded unshare -p -f "$TMP/work" >/dev/null || fail "unshare -p"
    done
    check 'both are there, under the number they know' 'calls("exec") | map(select(.comm == "work")) | map(.pid) == [1, 1]'
    "$spy" info --format=jsonl "$SOCKSPY_RING" >info
    assert_eq "$(jq -s 'map(select(.comm == "work" and .pid == 1) | .process) | unique | length' info)" 2 "programs with the number 1"
    "$spy" sockets --format=jsonl "$SOCKSPY_RING" >sockets
    all=$(jq -s 'map(select(.holders[0].pid == 1)) | length' sockets)
    assert_eq "$((all % 2))" 0 "sockets of both, each for itself"
fi

# A child in a namespace that it has not seen the name of: none is told, not ours.
namespace() { # PID - in the ring's table of processes: ring_process.pid_namespace
    local number rows
    number=$("$spy" info --format=jsonl "$SOCKSPY_RING" | jq -s --argjson pid "$1" 'map(select(.pid == $pid and .process)) | last | .process')
    rows=$(od -An -tu8 -j64 -N8 "$SOCKSPY_RING") # ring_header.processes_at
    od -An -tu8 -j$((rows + 640 * (number % 512) + 16)) -N8 "$SOCKSPY_RING" | tr -d ' '
}
for way in unshare number clone clone_number clone3_number setns; do
    rm -f "$SOCKSPY_RING"
    status=0 first=1
    [ $way = setns ] && first=2 # another one is there already
    recorded "$programs/t19_namespace" $way </dev/null >said || status=$?
    [ "$status" = 77 ] && continue
    assert_eq "$status $(namespace $first)" "0 0" "status and namespace of the first child by $way"
    parent=$(value 'calls("exec")[0].pid')
    assert_eq "$(namespace "$parent")" "$(stat -Lc %i /proc/self/ns/pid)" "namespace of its parent"
done

for way in guest guest_setns; do
    rm -f "$SOCKSPY_RING"
    recorded "$programs/t19_namespace" $way </dev/null >said || fail "t19_namespace $way"
    assert_eq "$(namespace "$(cat said)")" "$(stat -Lc %i /proc/self/ns/pid)" "namespace of a child, after that of a $way"
done

# Two that live at once, each as number 1 of a namespace of its own: neither ends the
# other, nor is either looked for under the number that it has not got out here.
rm -f "$SOCKSPY_RING"
if unshare -p true 2>/dev/null; then
    for i in 1 2; do
        start_recorded unshare -p -f --kill-child "$samples/tcp_echo_server" 0 1 >"server.$i"
        wait_until grep -q '^port ' "server.$i"
    done
    rows sockets >two
    kill -KILL "${started[@]}" # unshare keeps other signals from itself; the servers end with it
    assert_eq "$(jq -r 'select(.comm == "tcp_echo_server") | "\(.pid) \(.state)"' two | paste -sd' ')" '1 listening 1 listening' \
        'two servers with the number 1'
fi

# A forked child began after its parent: it lives as well, and so does what it holds.
rm -f "$SOCKSPY_RING"
if command -v /usr/bin/python3 >/dev/null; then
    start_recorded /usr/bin/python3 -I -c 'import os, socket, time
time.sleep(0.1) # some ticks of the clock by which the kernel notes who began when
a, b = socket.socketpair()
if os.fork() == 0:
    a.close()
    b.send(b"child")
    b.recv(9)
else:
    b.close()
    a.recv(9)
    a.recv(9)'
    parent=$pid
    sent() { [ "$(value 'calls("send") + calls("close") | length')" -ge 3 ]; }
    wait_until sent
    check_rows sockets 'what a child holds is open' 'length == 2 and all(.state == "connected") and any(.pid != $pid)' --argjson pid "$parent"
fi

# A number that another program has got since is not taken for the first one.
cat >again.sh <<'END'
next=/proc/sys/kernel/ns_last_pid
echo 499 2>/dev/null >$next || exit 77
LD_PRELOAD=$LIB "$SAMPLES/tcp_echo_server" 0 1 >server.out &
server=$!
for ((i = 0; i < 1500; i++)); do grep -q '^port' server.out && break; sleep 0.02; done
kill -KILL $server
wait $server 2>/dev/null
sleep 0.1 # it began at least a tick of the kernel's clock before the next
echo 499 >$next
sleep 60 &
[ $! = $server ] || exit 77
"$SPY" sockets --format=jsonl "$SOCKSPY_RING" >again
kill $!
[ -x /usr/bin/python3 ] || exit 0
# The same with a forked child, which does not know when it began: within two seconds.
rm -f "$SOCKSPY_RING"
echo 599 >$next
LD_PRELOAD=$LIB /usr/bin/python3 -I -c 'import os, signal, socket
a, b = socket.socketpair()
if os.fork() == 0:
    a.send(b"child")
    print(os.getpid(), flush=True)
signal.pause()' >child.out &
parent=$!
for ((i = 0; i < 1500; i++)); do [ -s child.out ] && break; sleep 0.02; done
child=$(cat child.out)
kill -KILL $parent "$child"
wait $parent 2>/dev/null
sleep 2.1
echo $((child - 1)) >$next
sleep 60 &
[ $! = "$child" ] || exit 0
"$SPY" sockets --format=jsonl "$SOCKSPY_RING" >again.child
kill $!
END
rm -f "$SOCKSPY_RING"
status=0
LIB=$lib SPY=$spy SAMPLES=$samples unshare -p -f --mount-proc bash ./again.sh 2>said || status=$?
if [ "$status" != 77 ]; then
    assert_eq "$status" 0 "status of again.sh ($(cat said))"
    assert_eq "$(jq -r '.state' again)" closed "state of a socket whose process is gone, while another has its number"
    [ ! -e again.child ] || assert_eq "$(jq -r '.state' again.child | sort | uniq -c | xargs)" '2 closed' \
        "states of a pair whose forked holder is gone, while another has its number"
fi
