#!/usr/bin/env bash
# A ring that cannot be read: one line that says what is wrong, status 1.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/free_port" >/dev/null
[ -s "$SOCKSPY_RING" ] || fail "no ring was made"
bad() { # RING WORD
    local verb
    for verb in log info; do
        assert_status 1 timeout 10 "$spy" "$verb" "$1"
        assert_one_line err
        assert_grep "$2" err
    done
}
bad "$TMP/missing" missing
mkdir directory
bad "$TMP/directory" directory
: >empty
bad "$TMP/empty" empty
head -c 100000 /dev/urandom >foreign
bad "$TMP/foreign" foreign
head -c 9000 "$SOCKSPY_RING" >truncated
bad "$TMP/truncated" truncated
head -c 100 "$SOCKSPY_RING" >short
bad "$TMP/short" short
cp "$SOCKSPY_RING" newer
printf '\144' | dd of=newer bs=1 seek=8 conv=notrunc status=none # version 100
bad "$TMP/newer" 'version'
mkfifo fifo
bad "$TMP/fifo" fifo
if [ "$(id -u)" != 0 ]; then
    cp "$SOCKSPY_RING" forbidden
    chmod 0 forbidden
    bad "$TMP/forbidden" forbidden
fi
# A program that is told to use such a ring runs on, unharmed and unrecorded.
want=$("$programs/descriptors" 2>&1)
for ring in directory empty foreign truncated short newer fifo missing/ring; do
    [ -f "$ring" ] && before=$(cksum "$ring")
    assert_eq "$(SOCKSPY_RING=$TMP/$ring LD_PRELOAD=$lib timeout 10 "$programs/descriptors" 2>&1)" "$want" "with $ring"
    [ -f "$ring" ] && assert_eq "$(cksum "$ring")" "$before" "$ring afterwards"
done
# A link, and a ring that others may write, are refused, too.
cp "$SOCKSPY_RING" wide && chmod 666 wide && before=$(cksum wide)
SOCKSPY_RING=$TMP/wide LD_PRELOAD=$lib "$programs/free_port" >/dev/null || fail "with a wide ring"
assert_eq "$(cksum wide)" "$before" "a ring with a wide mode"
cp "$SOCKSPY_RING" target && ln -s target link && before=$(cksum target)
SOCKSPY_RING=$TMP/link LD_PRELOAD=$lib "$programs/free_port" >/dev/null || fail "with a link"
assert_eq "$(cksum target)" "$before" "the target of a link"
# And SOCKSPY_DEBUG says why.
SOCKSPY_DEBUG=1 SOCKSPY_RING=$TMP/foreign LD_PRELOAD=$lib "$programs/free_port" 2>why >/dev/null
assert_grep 'foreign' why
