#!/usr/bin/env bash
# A program that connects, forks, and execs with an empty environment: the log
# shows where sight ends, in the process in which it does. And what `run` says
# beforehand of a static and of a setuid program, which nothing can record.
. "$(dirname "$0")/../lib.sh" || exit 1
need /usr/bin/python3 cc
/usr/bin/python3 - <<'END' >port & server=$!
import socket
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
listening.accept()
END
started+=("$server")
wait_until test -s port
recorded /usr/bin/python3 - "$(cat port)" <<'END' || fail "the program"
import os, socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])))
child = os.fork()
if child == 0:
    os.execve("/bin/true", ["true"], {})
sys.exit(os.waitpid(child, 0)[1])
END
check 'the child is the one that went out of sight' '
    (calls("fork") | only | .ret) as $child
    | any(.pid == $child and .call == "exec" and (.args.blind // "" | test("environment")))'
"$spy" log "$SOCKSPY_RING" >text || fail "log"
assert_grep 'exec .*environment' text

echo 'int main(void) { return 3; }' >plain.c
if cc -static -o static plain.c 2>/dev/null; then
    assert_status 3 "$spy" run -q -- ./static
    assert_grep 'static is static: it cannot be recorded' err
fi
if [ "$(id -u)" = 0 ]; then
    . "$top/tests/ordinary.sh"
    ordinary
    cc -o "$home/privileged" plain.c && chmod 4755 "$home/privileged"
    status=0
    as_ordinary "$spy" run -q -- ./privileged 2>err || status=$?
    assert_eq "$status" 3 "the setuid program's status"
    assert_grep 'privileged is setuid, setgid or has capabilities: it cannot be recorded' err
    if cc -o "$home/capable" plain.c && setcap cap_net_raw+ep "$home/capable" 2>/dev/null; then
        as_ordinary "$spy" run -q -- ./capable 2>err
        assert_grep 'capable is setuid, setgid or has capabilities: it cannot be recorded' err
    fi
fi
