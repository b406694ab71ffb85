# capture.sh - what the cases of `sockspy export --format=pcapng` share; sourced
# after lib.sh.
# shellcheck shell=bash disable=SC2154

need tshark capinfos

# What the ports stand for. Ports that the stack chose may be somebody's own, and
# what goes through them be taken for that: so they stand for bytes, unless a case
# says otherwise.
ports=(-d 'tcp.port==1-65535,data' -d 'udp.port==1-65535,data')

# tshark without name resolution, all checksums looked at, and no settings of the
# person who runs the tests.
shark() { # FILE ARGUMENTS...
    WIRESHARK_CONFIG_DIR=$TMP/wireshark tshark -r "$1" -n -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE \
        -o ip.check_checksum:TRUE "${ports[@]}" "${@:2}" 2>"$TMP/tshark.err" || fail "tshark $*: $(cat "$TMP/tshark.err")"
}

# capture FILE [OPTIONS] - exports the ring there.
capture() {
    "$spy" export --format=pcapng -o "$1" "${@:2}" "$SOCKSPY_RING" || fail "export to $1"
}

# none FILE FILTER WHAT - no packet may match.
none() {
    local found
    found=$(shark "$1" -Y "$2")
    [ -z "$found" ] || fail "$3: $(head -n 5 <<<"$found")"
}

# sound FILE - what is to hold of every capture.
sound() {
    capinfos "$1" >"$TMP/capinfos" 2>&1 || fail "capinfos: $(cat "$TMP/capinfos")"
    assert_grep 'File encapsulation: +Raw IP' "$TMP/capinfos"
    assert_grep 'nanoseconds' "$TMP/capinfos"
    assert_grep 'Strict time order: +True' "$TMP/capinfos"
    none "$1" "_ws.malformed || tcp.checksum.status == \"Bad\" || udp.checksum.status == \"Bad\" ||
        ip.checksum.status == \"Bad\" || (tcp.analysis.flags && !tcp.analysis.reused_ports) || !frame.comment ||
        !frame.packet_id" 'malformed, a bad checksum, lost, sent twice, out of order, or without comment or id'
    assert_eq "$(shark "$1" -T fields -e frame.packet_id | sort | uniq -d)" '' 'ids of several packets'
}

# followed FILE STREAM SIDE - the bytes that one side of a stream sent, the
# client's (0) or the server's (1), as Follow Stream shows them.
followed() {
    shark "$1" -q -z "follow,tcp,raw,$2" | sed '1,/^Node 1:/d; /^=/d' |
        if [ "$3" = 0 ]; then grep -v '^	'; else sed -n 's/^	//p'; fi | xxd -r -p
}

# same_bytes FILE STREAM SIDE WANTED - they are those of the file WANTED.
same_bytes() {
    followed "$1" "$2" "$3" >"$TMP/followed"
    cmp -s "$TMP/followed" "$4" || fail "stream $2, side $3 is not $4: $(cmp "$TMP/followed" "$4" 2>&1)"
}
