#!/usr/bin/env bash
# Trace events: sound, each call a slice, each transfer an arrow, with threads,
# forks, nested calls and hostile names.
. "$(dirname "$0")/../lib.sh" || exit 1
need /usr/bin/python3

trace() { # FILE [OPTIONS]
    "$spy" export --format=perfetto -o "$1" "${@:2}" "$SOCKSPY_RING" || fail "export"
    "$top/tests/trace_events.py" "$1" >counts || fail "trace_events.py"
}
phases() { # PHASE
    jq -r --arg phase "$1" '.[$phase] // 0' counts
}

serve http_server 0 1
recorded "$samples/http_client" "$port" >page || fail http_client
wait "$pid"
trace http.json
slices=$(value 'map(select(.ret != null)) | length')
assert_eq "$(phases X)" "$slices" 'a slice for each call'
assert_eq "$(phases s) $(phases f)" '2 2' 'an arrow for the request, and one for the answer'
assert_eq "$(phases b) $(phases e)" '2 2' 'a span for each end'
jq -e '[.traceEvents[] | select(.ph == "C" and .name == "open sockets")] | group_by(.pid)
    | all(.[]; (map(.args.descriptors) | max) >= 1 and (sort_by(.ts) | last | .args.descriptors) == 0)' http.json >/dev/null ||
    fail 'the counts of open sockets'
sent=$(value 'map(select(.call == "write") | .bytes) | add')
assert_eq "$(jq '[.traceEvents[] | select(.name == "bytes" and .ph == "C")] | group_by(.pid)
    | map(map(.args.sent) | max) | add' http.json)" "$sent" 'the counters of bytes'

# Threads that wait, a signal handler in the middle of a call, a name that wants
# to be JSON, children and programs that take their place.
export SOCKSPY_RING=$TMP/ring-threads
recorded /usr/bin/python3 - <<'END' || fail python3
import ctypes, os, signal, socket, subprocess, threading
ctypes.CDLL(None).prctl(15, b'x","ph":"X\\</s')
a, b = socket.socketpair()
signal.signal(signal.SIGALRM, lambda *_: b.send(b"from the handler"))
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)  # again, if the first comes before recv waits
print(a.recv(100))
signal.setitimer(signal.ITIMER_REAL, 0)
pairs = [socket.socketpair() for _ in range(8)]
threads = [threading.Thread(target=lambda pair=pair: [pair[1].sendall(pair[1].recv(9)) for _ in range(50)]) for pair in pairs]
for thread in threads:
    thread.start()
for i in range(50):
    for pair in pairs:
        pair[0].sendall(b"x" * (i % 9 + 1))
        pair[0].recv(9)
for thread in threads:
    thread.join()
subprocess.run(["true"], check=True)
if os.fork() == 0:
    b.send(b"from the child")
    os._exit(0)
os.wait()
a.recv(100)
END
trace threads.json
[ "$(phases s)" -ge 800 ] || fail "arrows: $(cat counts)"
trace filtered.json -e send,sendto
assert_eq "$(phases f)" 0 'arrows to what the filter leaves out'
