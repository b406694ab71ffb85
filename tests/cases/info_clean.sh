#!/usr/bin/env bash
# info says what the ring holds; clean removes it, and nothing but a ring.
. "$(dirname "$0")/../lib.sh" || exit 1
SOCKSPY_SIZE=1M recorded "$programs/free_port" >/dev/null
assert_status 0 "$spy" info "$SOCKSPY_RING"
assert_grep 'free_port' out
assert_grep "$SOCKSPY_RING" out
assert_status 0 "$spy" info --format=csv "$SOCKSPY_RING"
assert_eq "$(head -n 1 out)" process,parent,pid,comm,path,args,time,sandboxed,refused "the first line"
assert_eq "$(tail -n +2 out | cut -d, -f1,4,5)" "1,free_port,$programs/free_port" "the program"
assert_status 0 "$spy" clean "$SOCKSPY_RING"
[ ! -e "$SOCKSPY_RING" ] || fail "clean left the ring"
assert_status 1 "$spy" clean "$SOCKSPY_RING"
assert_one_line err
echo precious >file
assert_status 1 "$spy" clean "$TMP/file"
assert_one_line err
# What a process left that died while it made the ring of a run goes, too.
recorded "$programs/free_port" >/dev/null
mv "$SOCKSPY_RING" "$SOCKSPY_RING.run-999999999.new.999999998"
recorded "$programs/free_port" >/dev/null
: >"$SOCKSPY_RING.run-$$.new.999999998"
assert_status 0 "$spy" clean "$SOCKSPY_RING"
[ -e "$SOCKSPY_RING.run-999999999.new.999999998" ] && fail "clean left a ring in the making"
[ -e "$SOCKSPY_RING.run-$$.new.999999998" ] || fail "clean removed what a living run has"
[ -s file ] || fail "clean removed a file that is no ring"
