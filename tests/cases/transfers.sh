#!/usr/bin/env bash
# Bytes moved by every call that can move them: counted, with their payload, and
# with the kind of memory that they came from or went to.
. "$(dirname "$0")/../lib.sh" || exit 1
SOCKSPY_DATA=16 recorded "$programs/transfers" || fail "transfers"
check 'the kinds of memory' 'map(select(.call | IN("send", "recv")) | .args.buf)
    == ["stack", "heap", "heap", "stack", "mapped", "static"]'
check 'payload out' 'calls("send") | map(.data) == ["stack", "heap", "mapped"]'
check 'payload in' 'calls("recv") | map(.data) == ["stack", "heap", "mapped"]'
check 'vectors: bytes, the number of parts, payload over all parts' '
    map(select(.call | IN("writev", "readv", "pwritev2", "preadv2", "sendmsg", "recvmsg")))
    | length == 6 and all(.bytes == 10 and .args.iov == 2 and .data == "abcdefghij")'
check 'sendmmsg and recvmmsg: messages and bytes' 'map(select(.call | IN("sendmmsg", "recvmmsg")))
    | length == 2 and all(.ret == 3 and .args.vlen == 3 and .bytes == 30)'
check 'sendfile: into the socket, from the file' 'calls("sendfile") | only | .bytes == 6 and .ret == 6 and .args.in > 2 and .fd == $fd' \
    --argjson fd "$(value 'calls("send") | .[0].fd')"
check 'splice from a pipe' 'calls("splice") | only | .bytes == 4 and .ret == 4'
check 'dprintf' 'calls("dprintf") | only | .bytes == 5 and .ret == 5'
check 'what left equals what came in' '
    (map(select(.call | IN("send", "write", "writev", "pwritev2", "sendmsg", "sendmmsg", "sendfile", "splice", "dprintf")) | .bytes) | add) as $out
    | (map(select(.call | IN("recv", "read", "recvfrom", "readv", "preadv2", "recvmsg", "recvmmsg")) | .bytes // 0) | add) as $in
    | $in == $out + 5' # stdio wrote five more inside fclose
check 'a stream over a socket, and its end' '(calls("fdopen") | length) == 1 and (calls("fclose") | only | .fd == $fd)' \
    --argjson fd "$(value 'calls("send") | .[0].fd')"
check_keys
# Without SOCKSPY_DATA nothing of the payload is kept anywhere.
rm "$SOCKSPY_RING"
recorded "$programs/transfers" || fail "transfers"
check 'no payload' 'all(has("data") | not)'
for secret in stack heap mapped abcdefghij; do
    grep -aq "$secret" "$SOCKSPY_RING" && fail "'$secret' lies in the ring"
done
exit 0
