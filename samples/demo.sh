#!/bin/sh
# demo.sh [FILE.html] - what `make demo` shows: a real client and a small server,
# both recorded, and what their sockets did; in the end as a page in FILE, which
# stays. Everything is on the loopback interface; the ring and the server are gone
# afterwards.
set -u
page=${1-}
case $page in
'' | /*) ;;
*) page=$PWD/$page ;;
esac
cd "$(dirname "$0")/.." || exit 1
tests/needs.sh demo
unset http_proxy all_proxy ALL_PROXY

work=$(mktemp -d /tmp/sockspy-demo-XXXXXX) || exit 1
ring=/dev/shm/${work##*/}
[ -w /dev/shm ] || ring=$work/ring
server=
cleanup() {
    [ -n "$server" ] && kill "$server" 2>/dev/null
    rm -rf "$work" "$ring"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# A relative path: a preloaded one may hold no blank and no colon.
recorded() {
    LD_PRELOAD=./libsockspy.so SOCKSPY_RING="$ring" SOCKSPY_DATA=64 exec "$@"
}

: >"$work/server"
(recorded build/samples/http_server 0 1) >"$work/server" &
server=$!
port='' tries=0
while [ -z "$port" ] && [ $tries -lt 300 ] && kill -0 "$server" 2>/dev/null; do # half a minute
    sleep 0.1
    port=$(sed -n 's/^port //p' "$work/server")
    tries=$((tries + 1))
done
if [ -z "$port" ]; then
    echo "demo: the server did not start" >&2
    exit 1
fi

if command -v curl >/dev/null; then
    client="curl -sS http://127.0.0.1:$port/"
else
    client="build/samples/http_client $port"
fi
# shellcheck disable=SC2086 # it is a command and its arguments
(recorded $client) >"$work/page" || exit 1
wait "$server"
server=

cat <<END
A small web server (samples/http_server.c) and a client, each started as

    LD_PRELOAD=\$PWD/libsockspy.so SOCKSPY_DATA=64 build/samples/http_server
    LD_PRELOAD=\$PWD/libsockspy.so SOCKSPY_DATA=64 $client

and then this is what \`sockspy\` says. A line is a call, in the order in which
they happened in both programs:

END
./sockspy log "$ring" || exit 1
cat <<END

Look for the four phases of a socket's life: socket gives a descriptor; connect
lets the protocol stack pick the client's port, and the server's accept returns a
new descriptor beside the listening one, with that very port as its peer's;
data goes through the descriptors; close gives them back, on both sides.
END

# Beside the program (git does not look at it), or where else one may write.
if [ -z "$page" ]; then
    page=$PWD/sockspy-demo.html
    [ -w . ] || page=$(mktemp --suffix=.html "${TMPDIR:-/tmp}/sockspy-demo-XXXXXX") || exit 1
fi
./sockspy report -o "$page" "$ring" || exit 1
cat <<END

The same as a page for your browser, with a timeline, a diagram and each step
explained, in English and Korean:

    $page
END
