#!/usr/bin/env bash
# wrk on nginx: with the library, too, every request is answered with the page, and
# nginx's own log of its errors stays empty.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
need nginx wrk curl
export SOCKSPY_SIZE=1M

load() { # OUT [NAME=VALUE]
    local out=$1 port
    shift
    port=$(free_port)
    nginx_settings "$port" 2 >nginx.conf
    start env "$@" nginx -e stderr -p . -c nginx.conf 2>"$out.errors"
    wait_until listening "$port"
    curl -sS --noproxy '*' -i "http://127.0.0.1:$port/" >"$out.page" || fail "curl"
    env "$@" wrk -t 2 -c 8 -d 1 --timeout 30 "http://127.0.0.1:$port/" >"$out" || fail "wrk: $(cat "$out")"
    kill -QUIT "$pid"
    wait "$pid" || fail "nginx ended with $?"
    sed -i '/^Date:/d' "$out.page"
    assert_grep '^ +[0-9]+ requests in' "$out"
    grep -q 'Non-2xx\|Socket errors' "$out" && fail "wrk: $(cat "$out")"
    [ ! -s "$out.errors" ] || fail "nginx complains: $(cat "$out.errors")"
}
load bare SOCKSPY_RING="$SOCKSPY_RING"
load ours LD_PRELOAD="$lib"
cmp bare.page ours.page || fail "another page"
[ "$(records -n 100 --comm wrk | wc -l)" = 100 ] || fail "wrk was not recorded"
