#!/usr/bin/env bash
# timeout: 180
# T18: where memory, space, descriptors or file sizes are limited, the program
# runs on as it would without us: recorded where the ring can be had, unrecorded
# and silent where not. The ring's space is really there, and in no core dump.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
program=$programs/t18_limits

# With a ring that is there: recorded under every limit that comes later.
for what in none files lock size; do
    rm -f "$SOCKSPY_RING"
    with_and_without "$program" $what
    check "recorded under $what" 'calls("send") | length == 50'
done
assert_eq "$(stat -c '%b %B %s' "$SOCKSPY_RING" | awk '{ print ($1 * $2 >= $3) }')" 1 "the ring has no holes"

# One that has holes is left alone: there may be no room to fill them.
cp --sparse=always "$SOCKSPY_RING" holes && mv holes "$SOCKSPY_RING"
if [ "$(stat -c '%b %B %s' "$SOCKSPY_RING" | awk '{ print ($1 * $2 < $3) }')" = 1 ]; then
    written=$(count written)
    SOCKSPY_DEBUG=1 recorded "$program" none 2>said >/dev/null
    assert_grep 'sockspy: nothing is recorded' said
    assert_eq "$(count written)" "$written" "records in a ring that has holes"
fi

# Limits that were there before us: the same output, ring or not.
# shellcheck disable=SC2016 # the inner shell lays the limit on itself
limited() { # HOW [WHAT]
    local preload status
    for preload in '' "$lib"; do
        status=0
        PRELOAD=$preload sh -c 'ulimit -S $1 && export LD_PRELOAD="$PRELOAD" && exec "$2" "$3"' sh "$1" "$program" "${2-none}" \
            >"said.${preload:+with}" 2>&1 || status=$?
        echo "status $status" >>"said.${preload:+with}"
    done
    cmp said. said.with || fail "under ulimit $1: $(cat said.with)"
}
for how in '-f 1' '-f 8' '-n 5' '-v 100000' '-v 30000' '-l 64' '-s 64' '-c 0'; do
    rm -f "$SOCKSPY_RING"
    limited "$how" # without a ring as yet
    [ -e "$SOCKSPY_RING" ] || recorded "$program" none >/dev/null
    limited "$how" # with one
done
# What the program may have in all is for itself.
while read -r resource amount what; do
    limited "$resource $amount" "$what"
    assert_grep "$what MiB: yes" said.with
done <<'LIMITS'
-d 50000 24
-v 36000 24
-v 140000 100
LIMITS

# Where the address space is limited and the ring too large for it, none is made.
rm -f "$SOCKSPY_RING"
limited '-v 100000'
[ ! -e "$SOCKSPY_RING" ] || fail "a ring was made that could not be used"

# Whatever the kernel refuses us at the start, one thing after the other.
if command -v strace >/dev/null; then
    rm -f "$SOCKSPY_RING"
    strace -qq -o calls -E LD_PRELOAD="$lib" "$program" none >/dev/null
    "$program" none >without 2>&1
    tried=0
    while read -r name number; do
        rm -f "$SOCKSPY_RING"*
        timeout 20 strace -qq -o refused -e trace="$name" -e inject="$name:error=ENOMEM:when=$number" \
            -E LD_PRELOAD="$lib" "$program" none >with 2>&1 || fail "without $name $number: status $?, $(cat with)"
        cmp -s without with || fail "without $name $number: status $?, $(cat with)"
        grep -q INJECTED refused || fail "$name $number was not refused"
        tried=$((tried + 1))
    done < <(awk -F'(' -v ring="\"$SOCKSPY_RING\"" 'index($0, ring) { ours = 1 } /^socketpair/ { exit } { calls[$1]++ }
        ours && !seen[$1, calls[$1]]++ && $1 != "close" && ($1 != "clock_gettime" || !clocks++) { print $1, calls[$1] }' calls)
    [ "$tried" -ge 40 ] || fail "only $tried calls were refused"
    rm -f "$SOCKSPY_RING"*
fi

# All of ours is left out of core dumps: "dd" among the flags of the ring, of the table
# of descriptors, and of what the table grows by. Nothing is locked. Beside the ring
# there are some pages, however many numbers a socket may have.
not_dumped() { # PID WHAT - of its mappings, those in which awk finds ours
    awk -v ring="$SOCKSPY_RING" '/^[0-9a-f]+-[0-9a-f]+ / { name = $0 } /^Size:/ { size = $2 } /^Rss:/ { rss = $2 }
        /^VmFlags:/ { print index(name, ring) ? "ring" : "memory", size, rss, $0 }' "/proc/$1/smaps" | grep ' dd'
}
serve tcp_echo_server 0 1
not_dumped "$pid" >flags
assert_eq "$(grep -c '^ring' flags)" 1 "mappings of the ring that are in no core dump"
assert_eq "$(awk '/^memory/ { size += $2; rss += $3 } END { print (size >= 128) (size <= 512) (rss <= 64) }' flags)" 111 \
    "the table's size and its share of memory: $(cat flags)"
assert_grep '^VmLck:.* 0 kB$' "/proc/$pid/status"
start_recorded "$program" high # holds a socket with a high number until it is ended
wait_until test -e high
not_dumped "$pid" >flags
assert_eq "$(awk '/^memory/ { size += $2 } END { print (size > 200) (size <= 512) }' flags)" 11 "what a high number takes: $(cat flags)"

# A file system without room: no ring, and no half of one. Only root can make one.
if unshare -m sh -c 'mount -t tmpfs -o size=1M none /mnt' 2>/dev/null; then
    # shellcheck disable=SC2016
    LIB=$lib PROGRAM=$program unshare -m sh -c '
        mount -t tmpfs -o size=1M none /mnt && export SOCKSPY_RING=/mnt/ring
        "$PROGRAM" none >without 2>&1
        LD_PRELOAD=$LIB "$PROGRAM" none >with 2>&1 && cmp with without &&
        test -z "$(ls /mnt)" && LD_PRELOAD=$LIB SOCKSPY_DEBUG=1 /bin/true 2>said' || fail "a full file system"
    assert_grep 'no space' said
fi
