#!/usr/bin/env bash
# T40: a thread that parts from the table of descriptors (unshare, close_range, by name
# or by number) closes its own copies. Those of the others stay open, and recorded; its
# own calls are not told apart from theirs, so they are counted, and not recorded. One
# that is alone parts from nobody.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
for how in unshare raw-unshare close_range raw-close_range; do
    "$programs/t40_parts" $how >/dev/null || skip "$how is not to be had here"
    rm -f "$SOCKSPY_RING"
    with_and_without "$programs/t40_parts" $how
    check "the others go on, after $how" '(map(select(.pid == .tid)) | calls("write") | map(select(.ret == 3)) | length == 1)
        and (calls("read") | only | .ret == 3) and (calls("close") | map(select(.pid == .tid)) | length == 2)
        and (calls("close") | all(.pid == .tid))'
    check "and it is said, after $how" 'calls("hidden") | only | .tid != .pid and (.args.what | contains("table of descriptors"))'
    assert_eq "$(count parted)" 3 "calls that are only counted, after $how"
    "$spy" log "$SOCKSPY_RING" >said
    assert_grep '^# 3 calls came from threads with descriptors of their own' said
    "$spy" audit "$SOCKSPY_RING" >said
    assert_grep '3 calls came from threads with descriptors of their own' said
    rm -f "$SOCKSPY_RING"
    with_and_without "$programs/t40_parts" $how alone
    check "alone, with $how" '(calls("hidden") | length == 0) and (calls("close") | length == 2)'
    assert_eq "$(count parted) $(count hidden_closes) $(count hidden_opens)" "0 0 0" "counts, alone"
done
