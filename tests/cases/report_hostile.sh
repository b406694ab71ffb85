#!/usr/bin/env bash
# Names, paths, arguments and payload that want to be HTML or a script: the report
# shows them as text.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/browser.sh"

script='</script><script>window.hacked=1</script>'
image='<img src=x onerror=window.hacked=2>'
export SOCKSPY_DATA=256
cp "$samples/udp_server" '<b><script>'
cp "$samples/udp_client" '"><svg onload='
start_recorded './<b><script>' 0 3 >server.out
wait_until grep -q '^port ' server.out
recorded './"><svg onload=' "$(sed -n 's/^port //p' server.out)" "$script" "$image" \
    $'<!--\x1b[31m\xff\xfe\u2028\n${7*7}{{7*7}}`-->' >client.out || fail udp_client
wait "$pid"
recorded "$samples/unix_client" "$TMP/<iframe src=//a.b>'&amp;" 2>/dev/null
recorded /usr/bin/python3 -c 'import socket, sys
try: socket.getaddrinfo(sys.argv[1], 80)
except OSError: pass' "$image" || fail python3
report page.html
assert_eq "$(grep -c '</script>' page.html)" "$(grep -c '<script' page.html)" 'scripts that begin, and end'
if LC_ALL=C grep -n $'\x1b' page.html; then fail 'a terminal escape'; fi

browse page.html eval "window.hacked === undefined" \
    eval "document.querySelectorAll('b:not(#connections b), img, iframe, main script, [onerror], [onload]').length" \
    eval "document.body.textContent.includes('$script')" eval "byId('lecture').textContent.includes('$image')" \
    eval "$(printf 'byId("connections").textContent.includes("<b><script>[")')" \
    eval "for (const [i] of data.records.entries()) change({record: i})" \
    eval "for (const [i] of data.connections.entries()) change({connection: i})" eval "window.hacked === undefined" >safe
assert_eq "$(sed '6,7d' safe | paste -sd' ')" 'true 0 true true true true' 'what became of hostile text'
