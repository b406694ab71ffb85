#!/usr/bin/env bash
# Ten million records and more, of 1,120,000 short connections between the same two
# processes: each has its row, with both ends and the same bytes at either; every
# verb ends within a minute, and its memory does not grow with the ring.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3

count=1120000 size=2G least=10000000
[ "$DURATION" = quick ] && count=60000 size=128M least=500000
[ "$(df --output=avail -B1 "$(dirname "$SOCKSPY_RING")" | tail -n 1)" -gt 4000000000 ] ||
    skip "less than 4 GB of room for a ring of 2 GB"

SOCKSPY_SIZE=$size recorded "$programs/many" $count || fail "many"
"$spy" info "$SOCKSPY_RING" | grep '^records'

# A process that gives its own peak, without what it shares with others: the ring.
cat >measure.py <<'END'
"""measure.py OUT COMMAND... - runs it with its output in OUT; prints seconds and KiB of memory of its own at most."""
import subprocess, sys, time
begin, most = time.monotonic(), 0
with open(sys.argv[1], 'w') as out, subprocess.Popen(sys.argv[2:], stdout=out) as process:
    while process.poll() is None:
        try:
            with open(f'/proc/{process.pid}/status') as status:
                most = max([most] + [int(line.split()[1]) for line in status if line.startswith('RssAnon')])
        except OSError:
            pass
        time.sleep(0.01)
print(f'{time.monotonic() - begin:.1f} {most} {process.returncode}')
END
measured() { # OUT VERB [OPTIONS] - a minute, 256 MiB
    local out=$1 seconds memory status
    shift
    read -r seconds memory status < <(python3 measure.py "$out" "$spy" "$@" "$SOCKSPY_RING")
    echo "sockspy $*: $seconds s, $((memory / 1024)) MiB, $(wc -l <"$out") lines"
    assert_eq "$status" 0 "the status of $*"
    [ "$memory" -lt 262144 ] || fail "$* took $memory KiB of memory"
    [ "${seconds%.*}" -lt 60 ] || fail "$* took $seconds s"
}

measured connections connections --format=jsonl
assert_eq "$(wc -l <connections)" "$count" "the connections"
assert_eq "$(grep -c '"match":"names","agree":true' connections)" "$count" "those with both ends, whose bytes agree"
measured sockets sockets --format=jsonl
assert_eq "$(wc -l <sockets)" $((2 * count + 1)) "the sockets"
assert_eq "$(grep -c '"state":"closed"' sockets)" $((2 * count + 1)) "those that are closed"
rm connections sockets
measured stat stat --format=jsonl
[ "$(jq -s 'map(.calls) | add' stat)" -ge $least ] || fail "fewer than $least records: $(cat stat)"
assert_eq "$(jq -s 'map(.calls) | add' stat)" \
    "$("$spy" info --format=jsonl "$SOCKSPY_RING" | jq -s '.[0].written')" "the calls that stat counts"
measured text log --format=jsonl
[ "$(grep -vc "\"call\":\"lost\"" text)" -ge $least ] || fail "fewer than $least lines of the log"
measured text connections -n 20
measured text sockets --leaks
assert_eq "$(cat text)" "" "what leaks"
measured text sockets --open
assert_eq "$(cat text)" "" "what is open"
measured text audit
measured text stat --by=peer
measured text stat --by=process
