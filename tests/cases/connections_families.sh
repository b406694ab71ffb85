#!/usr/bin/env bash
# IPv6, IPv4 to an IPv6 server, IPv4-mapped addresses and a socket pair: each pipe
# once, with both its ends.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/pipes" >numbers || skip "no IPv6: $(cat numbers)"
while read -r name client server; do
    check_rows connections "$name" '
        map(select(.a.fd == $client and .b.fd == $server and (.a.bytes_out == 10) and .b.bytes_out == 7)) | length >= 1' \
        --argjson client "$client" --argjson server "$server"
done <numbers
check_rows connections 'four pipes, each with both its ends, whose bytes agree' '
    length == 4 and all(.agree and .a.pid == .b.pid) and (map(.match) | sort == ["names", "names", "names", "pair"])'
check_rows connections 'the forms of the addresses' '
    (map(select(.a.local // "" | startswith("[::1]:"))) | only | .b.local | startswith("[::1]:"))
    and (map(select(.a.local // "" | startswith("127.0.0.1:"))) | length == 1)
    and (map(select(.a.local // "" | startswith("[::ffff:127.0.0.1]:"))) | length == 1)'
