#!/usr/bin/env bash
# T33: a filter that is there at the start is a container's: the same records as
# without one. T34: but it may kill for all that the program does not need.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
filter=$programs/t33_filter
kexec_load=246
[ "$(uname -m)" = x86_64 ] || kexec_load=104
status=0
"$filter" but $kexec_load true || status=$?
[ "$status" = 77 ] && skip "no seccomp here"
contained() {
    T33_PRELOAD=$lib "$filter" but $kexec_load "$@"
}
whole='map(select(.a.comm == $client and .family == "inet")) | only
    | (.a.local | port) > 0 and (.b.local | port) == $port and .match == "names" and .a.fd != null and .b.fd != null
      and .a.inode > 0 and .b.inode > 0'

# The ring is made under the filter, too. The client asks for its own name by itself (curl),
# or does not (python), or has other threads, and one that was forked before (processes.py).
need python3
start contained "$samples/tcp_echo_server" 0 20 >server.out
wait_until grep -q '^port ' server.out
port=$(sed -n 's/^port //p' server.out)
contained python3 -c "
import socket
s = socket.create_connection(('127.0.0.1', $port)); s.send(b'hello'); s.recv(9); s.close()" || fail "python3"
check_rows connections "a client that does not ask for its port" "$whole" --arg client python3 --argjson port "$port"
if command -v curl >/dev/null; then
    contained curl -s -m 5 "http://127.0.0.1:$port/" >/dev/null 2>&1
    check_rows connections "a client that asks" "$whole" --arg client curl --argjson port "$port"
fi
# After a fork of the program's own, what else may be asked is tried in a child.
contained python3 -c "
import os, socket, threading
if os.fork() == 0: os._exit(0)
os.wait()
event = threading.Event(); threading.Thread(target=event.wait).start()
open('/proc/self/comm', 'w').write('threads')
s = socket.create_connection(('127.0.0.1', $port)); s.send(b'hello'); s.recv(9); s.close()
event.set()" || fail "python3 with threads"
check "a client with threads knows its port, once it has forked" '
    calls("connect") | map(select(.pid == $pid)) | only | .local != null and .inode > 0' \
    --argjson pid "$(value 'calls("fork") | map(select(.comm == "python3")) | last | .pid')"

# So it is once the program itself has asked for the name of any socket, and lived.
contained python3 -c "
import socket, threading
event = threading.Event(); threading.Thread(target=event.wait).start()
socket.socket().getsockname()
s = socket.create_connection(('127.0.0.1', $port)); s.send(b'asked'); s.recv(9); s.close()
event.set()" || fail "python3 that asks"
check "a client with threads knows its port, once it has asked for another" '
    calls("connect") | map(select(.comm == "python3")) | last | .local != null'

# The first program of a container has no other before it.
if [ "$(id -u)" = 0 ] && unshare -pf --mount-proc true 2>/dev/null; then
    T33_PRELOAD=$lib unshare -pf --mount-proc "$filter" but $kexec_load python3 -c "
import socket, threading, os
event = threading.Event(); threading.Thread(target=event.wait).start()
s = socket.create_connection(('127.0.0.1', $port)); s.send(b'hello'); s.recv(9); s.close()
event.set()
raise SystemExit(len([p for p in os.listdir('/proc') if p.isdigit()]) - 1)" || fail "the first program left a child"
    check "the first program knows its port" 'calls("connect") | map(select(.pid == 1)) | only | .local != null'
fi

# A list of just what the program needs, at the start of which nothing more is asked.
need strace
for command in "$programs/t31_memory fault" "$programs/pipes" "$samples/tcp_echo_client $port x"; do
    read -ra words <<<"$command"
    strace -f -n -qq -o trace "${words[@]}" >plain 2>&1
    "$filter" numbers trace >list
    for how in kill errno; do
        for made in no yes; do
            [ $made = yes ] || rm -f "$SOCKSPY_RING"
            before=0 status=0
            "$filter" only $how list "${words[@]}" >without 2>&1 || before=$?
            T33_PRELOAD=$lib "$filter" only $how list "${words[@]}" >with 2>&1 || status=$?
            assert_eq "$status" "$before" "status of $command under a strict filter ($how, ring made: $made)"
        done
    done
    check "$command is recorded there" 'calls("exec") | length >= 2'
done
