#!/usr/bin/env bash
# A capture file of curl and nginx: HTTP in the eyes of tshark, byte for byte, a
# file that went by sendfile included.
# timeout: 240
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/capture.sh"
need nginx curl xxd /usr/bin/python3

port=$(free_port)
ports+=(-d "tcp.port==$port,http")
mkdir www
head -c 60000 /dev/urandom >www/large
seq 1 700 >www/small
export SOCKSPY_DATA=4096 SOCKSPY_SIZE=16M
six=127.0.0.1 also=
if has_ipv6; then
    six="[::1]" also="server { listen [::1]:$port; root $TMP/www; }"
fi
serve_nginx "$port" 1 'sendfile on; default_type application/octet-stream;' "$also"
get() { # FILE URL
    recorded curl -sS --noproxy '*' -D "$1.head" -o "$1" "$2" || fail "curl $2"
}
get small "http://127.0.0.1:$port/small"
get large "http://127.0.0.1:$port/large"
get six "http://$six:$port/small"
# One that reads in pieces that are kept whole: so is then what went by sendfile.
recorded /usr/bin/python3 - "$port" >pieces <<'END' || fail python3
import socket, sys
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
client.sendall(b"GET /large HTTP/1.0\r\n\r\n")
while data := client.recv(4096):
    sys.stdout.buffer.write(data)
END
capture all.pcapng
sound all.pcapng

cut=(-o http.desegment_body:FALSE) # a body that was not kept whole is never reassembled
assert_eq "$(shark all.pcapng -Y http.request -T fields -e http.request.uri | paste -sd' ')" '/small /large /small /large' \
    'the requests'
assert_eq "$(shark all.pcapng "${cut[@]}" -Y http.response -T fields -e http.response.code | paste -sd' ')" \
    '200 200 200 200' 'the answers'
stream_of() { # CURL'S NUMBER
    shark all.pcapng -Y http.request -T fields -e tcp.stream | sed -n "$1p"
}
cat small.head small >small.all
cat six.head six >six.all
same_bytes all.pcapng "$(stream_of 1)" 1 small.all
same_bytes all.pcapng "$(stream_of 3)" 1 six.all
same_bytes all.pcapng "$(stream_of 4)" 1 pieces
assert_eq "$(shark all.pcapng -Y "tcp.stream == $(stream_of 4) && http.response" -T fields -e http.content_length)" 60000 \
    'the answer in pieces, put together'
shark all.pcapng -q -z "follow,tcp,ascii,$(stream_of 1)" >follow
assert_grep '^GET /small HTTP/1.1' follow
last=$(shark all.pcapng -Y "tcp.stream == $(stream_of 2) && tcp.srcport == $port" -T fields -e tcp.nxtseq | sort -n | tail -n 1)
assert_eq "$last" "$(($(cat large.head large | wc -c) + 2))" 'the last sequence number of what was cut, SYN and FIN included'
if has_ipv6; then
    assert_eq "$(shark all.pcapng -Y 'ipv6 && http' | wc -l)" 2 'request and answer over IPv6'
fi

# Every packet tells who: the client's send, the server's write.
pid=$(value 'map(select(.comm == "curl" and .call == "connect")) | .[0].pid')
fd=$(value 'map(select(.comm == "curl" and .call == "connect")) | .[0].fd')
shark all.pcapng -Y 'http.request' -T fields -e frame.comment | head -n 1 >comment
assert_grep "^curl pid $pid tid $pid fd $fd: send, [0-9]+ bytes, record [0-9]+; received by nginx pid [0-9]+ tid [0-9]+ fd [0-9]+: recv" comment
shark all.pcapng -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0 && frame.comment contains "curl"' -T fields -e frame.packet_flags_direction >ways
assert_eq "$(sort -u ways)" 0x00000002 'the direction of what the client sends'
shark all.pcapng -Y 'tcp.flags.fin == 1' >fins
[ "$(wc -l <fins)" -ge 6 ] || fail "not both sides of three connections end: $(cat fins)"

# A filter chooses connections.
capture one.pcapng -p "$pid"
sound one.pcapng
assert_eq "$(shark one.pcapng -Y http.request | wc -l)" 1 "the requests of curl's first connection"
