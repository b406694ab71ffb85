#!/usr/bin/env bash
# Names, paths, arguments and payload that want to be HTML or a script: the report
# shows them as text. And an output that cannot be written leaves nothing behind.
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

# CSV keeps formulas from being run, and JSON stays JSON.
"$spy" export --format=csv -o all.csv "$SOCKSPY_RING" || fail csv
"$spy" export --format=jsonl "$SOCKSPY_RING" | jq -e . >/dev/null || fail jsonl
# (Times may differ by a nanosecond: the clock is known better the later one asks.)
"$spy" log --format=csv "$SOCKSPY_RING" | cut -d, -f1,4- | cmp - <(cut -d, -f1,4- all.csv) || fail 'csv is not what log gives'

# No half files: where nothing can be written, and where the disk is full.
mkdir there
for verb in report 'export --format=pcapng' 'export --format=perfetto' 'export --format=mermaid' 'export --format=csv'; do
    # shellcheck disable=SC2086 # a verb and its option
    assert_status 1 "$spy" $verb -o "$TMP/nowhere/file" "$SOCKSPY_RING"
    assert_one_line err
    # shellcheck disable=SC2086
    assert_status 1 "$spy" $verb -o "$TMP/there" "$SOCKSPY_RING"
    assert_one_line err
    # shellcheck disable=SC2086
    assert_status 1 bash -c 'ulimit -f 1; trap "" XFSZ; "$0" "$@"' "$spy" $verb -o "$TMP/there/full" "$SOCKSPY_RING"
    assert_one_line err
    # shellcheck disable=SC2086
    assert_status 1 "$spy" $verb -o "$TMP/there/none" "$TMP/no-such-ring"
    assert_one_line err
    assert_eq "$(ls -A there)" '' "what $verb left behind"
done
assert_status 2 "$spy" export -o x "$SOCKSPY_RING"
assert_status 2 "$spy" export --format=nonsense "$SOCKSPY_RING"
assert_grep 'pcapng, perfetto, mermaid, csv, jsonl' err
