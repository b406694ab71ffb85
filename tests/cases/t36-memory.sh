#!/usr/bin/env bash
# T36: memory that is counted. A program may lock all of its own where that fits its limit
# without us; a memory cgroup kills nobody for our ring; core dumps are without it.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
program=$programs/t36_lock
room=$(mktemp -d /tmp/sockspy-t36-XXXXXX) || exit 1 # where another user comes in as well
group=/none
trap 'rmdir "$group" 2>/dev/null; rm -rf "$room"; at_end' EXIT
chmod 777 "$room"
export SOCKSPY_RING=$room/ring

kilobytes() { # FILE - locked
    sed -n 's/^VmLck:[^0-9]*\([0-9]*\) kB/\1/p' "$1"
}

# An ordinary user, who may lock 8 MiB.
user=()
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    user=(setpriv --reuid=64321 --regid=64321 --clear-groups)
    "${user[@]}" test -x "$program" -a -r "$lib" -a -w "$room" 2>/dev/null || user=()
fi
if [ "$(id -u)" != 0 ] || [ ${#user[@]} != 0 ]; then
    for way in libc number; do
        rm -f "$SOCKSPY_RING"
        ${user[@]+"${user[@]}"} sh -c 'ulimit -l 8192; exec "$@"' sh "$program" $way >without || fail "without us: $(cat without)"
        ${user[@]+"${user[@]}"} sh -c 'ulimit -l 8192; exec "$@"' sh env LD_PRELOAD="$lib" "$program" $way >with ||
            fail "with us: $(cat with)"
        # To look at it, the ring must be one's own.
        chown "$(id -u)" "$SOCKSPY_RING" 2>/dev/null
        assert_eq "$(count locked)" 1 "programs that lock their memory ($way)"
        check "records until then, a reason, and none behind" \
            '(calls("socketpair") | length) == 1 and (calls("send") | length) == 1 and
            (last | .call == "hidden" and (.args.what | test("locks its memory")))'
        "$spy" audit "$SOCKSPY_RING" >said
        assert_grep '^not seen: .*locks? (its|their) memory.*SOCKSPY_SIZE' said
        "$spy" info "$SOCKSPY_RING" >said
        assert_grep 'locks its memory' said
        "$spy" log "$SOCKSPY_RING" >said
        assert_grep '^# 1 program locks its memory' said
        # A ring that fits stays.
        rm -f "$SOCKSPY_RING"
        SOCKSPY_SIZE=64K ${user[@]+"${user[@]}"} sh -c 'ulimit -l 8192; exec "$@"' sh env LD_PRELOAD="$lib" "$program" $way >with ||
            fail "with a small ring: $(cat with)"
        chown "$(id -u)" "$SOCKSPY_RING" 2>/dev/null
        assert_eq "$(count locked)" 0 "programs that had to give way to a small ring"
        check "all is recorded" '(calls("send") | length) == 2'
        # What is too much without us as well is refused, and recorded.
        rm -f "$SOCKSPY_RING"
        ${user[@]+"${user[@]}"} sh -c 'ulimit -l 64; exec "$@"' sh env LD_PRELOAD="$lib" "$program" $way >with &&
            fail "all memory locked within 64 KiB"
        assert_grep 'Cannot allocate memory' with
        chown "$(id -u)" "$SOCKSPY_RING" 2>/dev/null
        check "all is recorded where it fails" '(calls("send") | length) == 2'
        # With a second thread nobody knows who uses the ring just now.
        rm -f "$SOCKSPY_RING"
        ${user[@]+"${user[@]}"} sh -c 'ulimit -l 32768; exec "$@"' sh env LD_PRELOAD="$lib" "$program" $way thread >/dev/null
        chown "$(id -u)" "$SOCKSPY_RING" 2>/dev/null
        check "two threads go on being recorded" '(calls("send") | length) == 2'
    done
fi

# With the privilege: at most 1 MiB more than the ring is locked.
if [ "$(id -u)" = 0 ]; then
    rm -f "$SOCKSPY_RING"
    "$program" libc >without && recorded "$program" libc >with || fail "with the privilege"
    beside=$(($(kilobytes with) - $(kilobytes without) - $(stat -c %s "$SOCKSPY_RING") / 1024))
    [ "$beside" -ge 0 ] && [ "$beside" -le 1024 ] || fail "$beside kB are locked beside the ring"
fi

# A memory cgroup of 6 MiB, where one can be made: the ring is a smaller one, or none.
group=/sys/fs/cgroup/memory
mounted=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
[ -d "$group$mounted" ] && group=$group$mounted
group=$group/sockspy-t36-$$
if mkdir "$group" 2>/dev/null; then
    grouped() { # LIMIT COMMAND...
        echo "$1" >"$group/memory.limit_in_bytes" || return 99
        # shellcheck disable=SC2016
        sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" "${@:2}"
    }
    rm -f "$SOCKSPY_RING"
    grouped 6M "$programs/free_port" >/dev/null 2>&1 || skip "6 MiB are too little even without us"
    for command in "$programs/free_port" /bin/true; do
        rm -f "$SOCKSPY_RING"
        grouped 6M env LD_PRELOAD="$lib" "$command" >/dev/null || fail "$command in 6 MiB: status $?"
        size=$(stat -c %s "$SOCKSPY_RING")
        [ "$size" -le $((3 << 19)) ] || fail "a ring of $size bytes in a cgroup of 6 MiB"
        "$spy" info "$SOCKSPY_RING" >said
        assert_grep 'smaller than' said
    done
    # So little that there is none, and that is said.
    rm -f "$SOCKSPY_RING"
    if grouped 1200K "$programs/free_port" >/dev/null 2>&1; then
        grouped 1200K env SOCKSPY_DEBUG=1 LD_PRELOAD="$lib" "$programs/free_port" >/dev/null 2>said || fail "in 1200 KiB: status $?"
        assert_grep 'control group' said
        [ ! -e "$SOCKSPY_RING" ] || fail "a ring in a cgroup of 1200 KiB"
    fi
    wait_until rmdir "$group"
else
    echo "no memory cgroup can be made here" >&2
fi
exit 0
