#!/usr/bin/env bash
# No verb does more than its share of work for many processes: counted in instructions,
# not in time. Four times the processes are four times the work, and sixteen times
# where each of them is compared with all.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
need valgrind
few=100 many=400
for count in $few $many; do
    SOCKSPY_RING=$TMP/$count.whole SOCKSPY_SIZE=8M recorded "$programs/children" "$count" || fail "the children ended badly"
    SOCKSPY_RING=$TMP/$count.whole frozen "$count"
done
work() { # COUNT VERB... - in instructions
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$spy" "${@:2}" -o "$TMP/output" "$TMP/$1" 2>&1 >/dev/null |
        sed -n 's/.*Collected : //p'
}
for verb in sockets connections explain diagram report stat audit 'export --format=perfetto' \
    'export --format=pcapng' 'export --format=mermaid --max=100000'; do
    # shellcheck disable=SC2086
    less=$(work $few $verb) more=$(work $many $verb)
    [ -n "$less" ] && [ -n "$more" ] || fail "$verb: nothing was counted"
    echo "$verb: $((more * 10 / less)) tenths"
    [ "$more" -lt $((5 * less)) ] || fail "$verb: $less instructions for $few processes, $more for $many"
done
