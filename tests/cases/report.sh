#!/usr/bin/env bash
# The report in a browser: its counts are those of stat; filter, zoom, keys and
# languages work; it says nothing on the console and asks for nothing.
# timeout: 240
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/browser.sh"

export SOCKSPY_DATA=64
serve http_server 0 2
recorded "$samples/http_client" "$port" >page || fail http_client
recorded "$samples/http_client" "$port" >page || fail http_client
wait "$pid"
report page.html
[ "$(stat -c %s page.html)" -lt 2000000 ] || fail "$(stat -c %s page.html) bytes"
if grep -oE '(https?:)?//[a-z0-9.-]+\.[a-z]+' page.html | grep -v 'www.w3.org'; then fail 'an address of another host'; fi

# The table of calls, the figures and the connections.
browse page.html eval "[...byId('calls').tBodies[0].rows].map(row => ({call: row.cells[0].textContent,
        calls: row.cells[1].textContent, failed: row.cells[2].textContent || '0', out: row.cells[3].textContent || '0',
        in: row.cells[4].textContent || '0'})).sort((a, b) => a.call < b.call ? -1 : 1)" >shown
"$spy" stat --format=jsonl "$SOCKSPY_RING" >stat || fail stat
jq -cs 'map(select(.by == "call") | {call, calls: (.calls | tostring), failed: (.failed | tostring),
    out: (.bytes_out | tostring), in: (.bytes_in | tostring)}) | sort_by(.call)' stat >counted
assert_eq "$(jq -c . shown)" "$(cat counted)" "the calls of the page, and of stat"
browse page.html eval "Object.fromEntries([...document.querySelectorAll('[data-figure]')].map(box =>
    [box.dataset.figure, box.querySelector('dd').textContent]))" >figures
assert_eq "$(jq -r .calls figures)" "$(jq -s 'map(select(.by == "call") | .calls) | add' stat)" 'calls'
assert_eq "$(jq -r .sockets figures)" "$("$spy" sockets --format=jsonl "$SOCKSPY_RING" | wc -l)" 'sockets'
assert_eq "$(jq -r .connectionsCount figures)" "$("$spy" connections --format=jsonl "$SOCKSPY_RING" | wc -l)" 'connections'
assert_eq "$(jq -r .errors figures)" "$(value 'map(select(.errno)) | length')" 'failed calls'

rows="byId('connections').tBodies[0].rows"
browse page.html \
    eval "$rows.length" eval "${rows}[0].cells[2].textContent" \
    eval "byId('filter').value = data.connections[1][CONNECTION.addresses][0], byId('filter').dispatchEvent(new Event('input')), $rows.length" \
    eval "byId('filter').value = 'nobody', byId('filter').dispatchEvent(new Event('input')), $rows.length" >filtered
assert_eq "$(sed 2d filtered | paste -sd' ')" '2 1 0' 'the rows without a filter, with one, and with one that none fits'
assert_grep 'http_server\[[0-9]+\] fd [0-9]+127.0.0.1:[0-9]+' filtered

# Sorting by the first column, then the other way round.
browse page.html eval "document.querySelector('[data-key=client] button').click(), ${rows}[0].cells[0].textContent" \
    eval "document.querySelector('[data-key=client] button').click(), ${rows}[0].cells[0].textContent" \
    eval "document.querySelector('[data-key=client]').getAttribute('aria-sort')" >sorted
[ "$(sed -n 1p sorted)" != "$(sed -n 2p sorted)" ] || fail "sorting changed nothing: $(cat sorted)"
assert_eq "$(sed -n 3p sorted)" '"descending"' 'what the heading says'

# The timeline: zoom by button and keys, from call to call, to the other end.
span="Math.round(1000 * (timeline.at.to - timeline.at.from))"
browse page.html eval "$span" eval "byId('zoom-in').click(), $span" eval "byId('timeline').focus()" key - eval "$span" \
    key + key 0 eval "$span" >spans
read -r all less again whole < <(sed 3d spans | paste -sd' ')
[ "$less" -lt "$all" ] || fail "zooming in: $(cat spans)"
[ "$again" = "$all" ] && [ "$whole" = "$all" ] || fail "zooming out: $(cat spans)"
browse page.html eval "byId('timeline').focus()" key ArrowRight eval "chosen.record >= 0 && !byId('record').hidden" \
    eval "change({record: data.records.findIndex(record => record[RECORD.way] === OUT && record[RECORD.other] >= 0)})" \
    key Enter eval "callName(data.records[chosen.record])" eval "byId('record').textContent" key Escape eval "byId('record').hidden" >keys
assert_eq "$(sed -n '2p;4p;6p' keys | paste -sd' ')" 'true "read" true' 'choosing by keys'
assert_grep 'GET / HTTP/1.0' keys

# Hovering over a call, with the mouse.
browse page.html eval "byId('timeline').scrollIntoView()" eval "(() => { const box = byId('timeline').getBoundingClientRect();
        const i = data.records.findIndex(record => callName(record) === 'listen');
        const row = timeline.rows[timeline.rowOf[i]];
        return [box.left + timeline.pixel(timeline.recordAt(i)), box.top + timeline.AXIS + row.top + row.height / 2]; })()" >place
read -r x y < <(jq -r '"\(.[0]) \(.[1])"' <(sed -n 2p place))
browse page.html eval "byId('timeline').scrollIntoView()" mouse mouseMoved "$x" "$y" eval "byId('tooltip').hidden" \
    eval "byId('tooltip').textContent" >hover
assert_eq "$(sed -n 2p hover)" false 'hovering hides nothing'
assert_grep 'listen' hover

# Both languages, by click; the story says the same of the same steps.
browse page.html eval "document.querySelectorAll('.story li').length" eval "byId('lecture').textContent" \
    eval "byId('lang-ko').click(), document.documentElement.lang" eval "document.querySelectorAll('.story li').length" \
    eval "byId('lecture').textContent" eval "byId('timeline-title').textContent" eval "byId('unseen').textContent" >languages
assert_eq "$(sed -n 1p languages)" "$(sed -n 4p languages)" 'the steps in both languages'
sed -n 2p languages | grep -qP '[\x{AC00}-\x{D7A3}]' && fail 'Korean in the English text'
assert_grep '디스크립터' <(sed -n 5p languages)
assert_eq "$(sed -n 6p languages)" '"타임라인"' 'the heading'

# The same by keyboard alone: the language, the filter, a step of the story and the
# record it leads to, a connection, the appearance.
browse page.html eval "byId('lang-ko').focus()" key Enter eval "document.documentElement.lang" \
    eval "byId('filter').focus()" key n key o key n key e eval "$rows.length" \
    eval "byId('filter').select()" key h key t key t key p eval "$rows.length" \
    eval "${rows}[1].focus()" key Enter eval "chosen.connection" key ArrowUp key Enter eval "chosen.connection" key Enter \
    eval "document.querySelector('.story .connect').focus()" key Enter eval "callName(data.records[chosen.record])" \
    eval "document.querySelectorAll('.story [aria-current]').length" eval "byId('record').textContent" key Escape \
    eval "byId('record').hidden" eval "document.querySelectorAll('[aria-current]').length" \
    eval "byId('theme-dark').focus()" key Enter eval "document.documentElement.dataset.theme" | grep -v null >keyboard
assert_eq "$(sed '8d' keyboard | paste -sd' ')" '"ko" 0 2 1 0 "bind" 1 true 0 "dark"' 'what keys did'
assert_grep 'bind\(3, 127.0.0.1:' <(sed -n 8p keyboard)

# What belongs to no phase is one line, until it is opened. In the narrowest window
# nothing sticks out. On paper all is there, and dark goes.
browse page.html eval "document.querySelector('.story .other .head ~ p').checkVisibility()" \
    eval "document.querySelector('.story .other').click(), document.querySelector('.story .other .head ~ p').checkVisibility()" \
    size 360 640 wait "byId('timeline').clientWidth < 360" \
    eval "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(document.documentElement.scrollWidth))))" \
    eval "byId('theme-dark').click(), window.dispatchEvent(new Event('beforeprint')), document.documentElement.dataset.theme" \
    eval "document.querySelectorAll('details:not([open])').length" \
    eval "timeline.at.height >= Math.min(timeline.AXIS + timeline.rowsHeight, 900)" \
    eval "window.dispatchEvent(new Event('afterprint')), document.documentElement.dataset.theme" \
    eval "document.querySelectorAll('details:not([open])').length" >places
assert_eq "$(paste -sd' ' places)" 'false true 360 "light" 0 true "dark" 1' 'a step that is opened, a narrow window, paper'

# One connection: its diagram, its steps.
browse page.html eval "document.querySelectorAll('.message').length" eval "${rows}[0].click(), chosen.connection" \
    eval "document.querySelectorAll('.message').length" eval "document.querySelectorAll('.arrow.transfer').length" >one
[ "$(sed -n 3p one)" -lt "$(sed -n 1p one)" ] || fail "the diagram of one connection: $(cat one)"
assert_eq "$(sed -n 4p one)" 2 'request and answer'
