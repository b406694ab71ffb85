#!/usr/bin/env bash
# A report of 100,000 records: all of them are there, and the filter, the choice of
# a connection, zoom and keys find their way among them. (How long that takes is
# measured by `make bench`.)
# timeout: 240
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/browser.sh"

export SOCKSPY_SIZE=64M SOCKSPY_DATA=32
recorded /usr/bin/python3 "$top/tests/many_records.py" || fail many_records.py
report page.html
records=$(value length)
[ "$records" -gt 100000 ] || fail "only $records records"
last='data.records.findIndex(record => record[RECORD.data] === "GET /60 HTTP/1.0\\r\\n\\r\\n")'
browse page.html eval "data.records.length" eval "data.connections.length" \
    eval "byId('connections').tBodies[0].rows.length" eval "byId('connections-more').hidden" \
    eval "byId('filter').value = data.connections[300][CONNECTION.addresses][0], byId('filter').dispatchEvent(new Event('input')),
        byId('connections').tBodies[0].rows.length" \
    eval "byId('connections').tBodies[0].rows[0].click(), chosen.connection" \
    eval "document.querySelectorAll('.arrow.transfer').length > 100" \
    eval "byId('timeline').focus(), change({record: $last}), timeline.fit()" key Enter \
    eval "callName(data.records[chosen.record]) + ' ' + byId('record').textContent.includes('GET /60')" \
    eval "for (let i = 0; i < 60; i++) timeline.zoom(0.5, timeline.recordAt(chosen.record)); drawing.repaint()" \
    eval "timeline.at.to - timeline.at.from" eval "timeline.rowsHeight > 20000" | grep -v null >figures
assert_eq "$(sed 's/"//g' figures | paste -sd' ')" "$records 400 20 false 1 300 true recv true 100 true" 'the page'
