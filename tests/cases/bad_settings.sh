#!/usr/bin/env bash
# A bad SOCKSPY_* value: the default applies, the program is unharmed, and the
# viewer shows what was refused.
. "$(dirname "$0")/../lib.sh" || exit 1
want=$("$programs/descriptors" 2>&1)
bad() { # NAME VALUE
    rm -f "$SOCKSPY_RING"
    assert_eq "$(env "$1=$2" LD_PRELOAD="$lib" "$programs/descriptors" 2>&1)" "$want" "output with $1=$2"
    check "recorded with $1=$2" 'calls("connect") | length == 2'
    "$spy" info "$SOCKSPY_RING" >info || fail "info"
    assert_grep "$1" info
}
bad SOCKSPY_DATA x
bad SOCKSPY_DATA -1
bad SOCKSPY_DATA 4097
bad SOCKSPY_DATA 99999999999999999999
bad SOCKSPY_SIZE x
bad SOCKSPY_SIZE 1
bad SOCKSPY_SIZE 8Q
bad SOCKSPY_SIZE 999999G
bad SOCKSPY_TRACE nonsense
bad SOCKSPY_TRACE %nonsense
# A path that cannot be had: no record, no harm.
for ring in /nonexistent/ring /dev/null /proc/ring "$TMP"; do
    assert_eq "$(SOCKSPY_RING=$ring LD_PRELOAD=$lib "$programs/descriptors" 2>&1)" "$want" "output with the ring '$ring'"
done
