#!/usr/bin/env bash
# Where the locale has no UTF-8, diagram and explain do with ASCII, and foreign bytes
# move no cursor in either.
. "$(dirname "$0")/../lib.sh" || exit 1
export SOCKSPY_DATA=64
serve tcp_echo_server 0 1
server=$pid
recorded "$samples/tcp_echo_client" "$port" "$(printf 'a\033[2Jb\nc')" '소켓' >/dev/null
wait "$server"
for verb in diagram explain; do
    LC_ALL=C "$spy" $verb "$SOCKSPY_RING" >out || fail "$verb"
    if LC_ALL=C grep -n '[^ -~]' out; then
        fail "$verb: not ASCII"
    fi
    assert_grep '\\x1b\[2Jb\\nc' out
done
LC_ALL=C "$spy" diagram "$SOCKSPY_RING" >out
for text in '^1  o 3 socket' '\+ 3 :[0-9]+\.+ connect \.+:[0-9]+> \|' '^3  \| 3 <-+ send' 'x 3 close|close 4 x|^4  x 3'; do
    assert_grep "$text" out
done
LC_ALL=C.UTF-8 "$spy" diagram "$SOCKSPY_RING" >out
grep -q "$(printf '\033')" out && fail "an escape sequence came through"
for size in 40 60 80; do
    COLUMNS=$size "$spy" diagram "$SOCKSPY_RING" >out
    [ "$(wc -L <out)" -le $((size > 78 ? size : 80)) ] || fail "too wide at $size"
done
"$spy" diagram --color=always "$SOCKSPY_RING" | grep -q "$(printf '\033\\[3')" || fail "no colour with --color=always"
