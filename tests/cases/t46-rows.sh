#!/usr/bin/env bash
# T46: the ring has rows for 512 programs. A daemon keeps its own while it runs, however
# many begin and end after it, by themselves or by a kill; rows of the ended are taken.
. "$(dirname "$0")/../lib.sh" || exit 1
program=$programs/t46_rows
export SOCKSPY_SIZE=64K # so that the daemon's own records are soon gone

mkfifo to
exec 9<>to
start env LD_PRELOAD="$lib" "$program" waits >daemon.out 9>&-
wait_until grep -q ready daemon.out
daemon=$pid
sent() { # the record of the daemon is among the latest, and names its program
    value "[.[-20:][] | select(.pid == $daemon and .call == \"send\" and .comm == \"t46_rows\")] | length > 0" | grep -q true
}
known() { # WHEN
    "$spy" info --format=jsonl "$SOCKSPY_RING" | jq -es \
        "any(.[]; .pid == $daemon and .path == \"$program\" and (.args | endswith(\" waits\")))" >known ||
        fail "the daemon's row after $1: $(cat known)"
    echo >&9
    wait_until sent
    check_rows sockets "its socket after $1" "[.[] | select(.pid == $daemon and .comm == \"t46_rows\")] | length > 0"
}
known 'its start'
recorded "$program" forks 600
known '600 forks'
recorded "$program" dies 600
known '600 that were killed'
for ((i = 0; i < 600; i++)); do
    LD_PRELOAD=$lib "$programs/free_port" || fail "free_port"
done >/dev/null
known '600 programs'
# That costs numbers, but not one for each that has ended: their rows are taken at once.
last=$("$spy" info --format=jsonl "$SOCKSPY_RING" | jq -s 'map(.process // 0) | max')
[ "$last" -ge 1800 ] && [ "$last" -le 1900 ] || fail "$last numbers for 1803 programs"

# A child finds its row without a system call, where it is a free one or one that has ended.
if command -v strace >/dev/null; then
    rm -f "$SOCKSPY_RING"
    strace -f -qq -e trace=kill,openat -o calls -E LD_PRELOAD="$lib" "$program" forks 700
    ! grep -E ' kill\(|/proc/[0-9]+/stat' calls || fail "system calls for rows of the ended"
fi
exit 0
