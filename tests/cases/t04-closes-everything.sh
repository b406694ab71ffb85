#!/usr/bin/env bash
# T4: daemons close every descriptor, by whatever way: we own none, so nothing is
# lost, nothing is refused, and recording goes on.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
for way in closefrom close_range cloexec loop dup2; do
    rm -f "$SOCKSPY_RING"
    with_and_without "$programs/t04_closes_all" $way
    check "$way: recorded to the end" '
        (calls("socketpair") | length == 101) and (calls("write") | length == 100) and (calls("read") | length == 100)
        and (last | .call == "exit")'
    case $way in
    cloexec | loop) closes=204 ;;
    *) closes=200 ;; # two of each pair that came after it
    esac
    check "$way: each close of a socket is recorded, and no other" 'calls("close") | length == $closes' --argjson closes $closes
    assert_eq "$(count hidden_opens) $(count hidden_closes)" "0 0" "$way: hidden opens and closes"
done
# shellcheck disable=SC2016 # the inner shell's own descriptors
open=$(recorded sh -c 'readlink /proc/$$/fd/* | grep -cF -- "$SOCKSPY_RING"')
assert_eq "$open" 0 "descriptors of ours in a recorded shell"
