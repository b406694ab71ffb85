#!/usr/bin/env bash
# Two curls at once against one nginx, all recorded, both clients with the same
# descriptor: a row for each, with the right descriptor of nginx at the other end,
# as ss and /proc say while it happens.
. "$(dirname "$0")/../lib.sh" || exit 1
need nginx curl ss
port=$(free_port)
mkdir www && head -c 1000000 /dev/zero >www/page
serve_nginx "$port" 2
master=$pid
# Nobody reads on from the pages until we have looked: no curl may end before.
mkfifo page.1 page.2
start_recorded curl -s --noproxy '*' -o page.1 "http://127.0.0.1:$port/page"
first=$pid
start_recorded curl -s --noproxy '*' -o page.2 "http://127.0.0.1:$port/page"
second=$pid
exec 5<>page.1 6<>page.2
head -c 1000 <&5 >begins && head -c 1000 <&6 >begins || fail "no page comes"

# local peer pid fd, of both ends, as ss sees them
ss -Htnp state established "( sport = :$port or dport = :$port )" |
    sed -nE 's/^\S+ +\S+ +(\S+) +(\S+) +users:\(\("[^"]*",pid=([0-9]+),fd=([0-9]+)\).*/\1 \2 \3 \4/p' | sort >ss
assert_eq "$(wc -l <ss)" 4 "the ends that ss shows: $(cat ss)"
pipes='map(select(.b.local == "127.0.0.1:\($port)" and .a.comm == "curl"))'
rows connections | jq -rs --arg port "$port" "$pipes"' | map(
    "\(.a.local) \(.b.local) \(.a.pid) \(.a.fd)", "\(.b.local) \(.a.local) \(.b.pid) \(.b.fd)") | .[]' | sort >ours
diff ss ours >difference || fail "not as ss says: $(cat difference)"

check_rows connections 'the inodes of /proc, and the same descriptor in both clients' "$pipes"' as $two
    | ($two | length) == 2 and $two[0].a.fd == $two[1].a.fd and ($two | all(.match == "names" and .open))
    and ($two | map(.a.pid) | sort) == ([$first, $second] | sort)' \
    --arg port "$port" --argjson first "$first" --argjson second "$second"
rows connections | jq -rs --arg port "$port" "$pipes"' | map(.a, .b) | .[] | "\(.pid) \(.fd) \(.inode)"' >inodes
while read -r process fd inode; do
    assert_eq "$(readlink "/proc/$process/fd/$fd")" "socket:[$inode]" "descriptor $fd of $process"
done <inodes

exec 7<page.1 8<page.2 5>&- 6>&-
cat <&7 >rest &
cat <&8 >rest &
wait "$first" "$second"
kill "$master"
wait "$master"
check_rows connections 'the bytes agree at both ends' "$pipes"' | length == 2
    and all(.agree and .a.bytes_in > 1000000 and .a.bytes_in == .b.bytes_out and (.open | not))' --arg port "$port"
assert_eq "$(rows sockets --leaks)" "" "what leaks"
