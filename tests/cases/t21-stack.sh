#!/usr/bin/env bash
# T21: coroutines and signal handlers run on small stacks. A hook takes less than
# 1 KiB of it beyond the call itself, from the first call on: nothing is bound
# late, nothing is formatted, no frame has 512 bytes or a size that depends.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
export LD_BIND_NOW=1 # what the dynamic linker takes for the program is not ours
"$programs/t21_stack" >without || fail "t21_stack"
for data in 0 4096; do
    SOCKSPY_DATA=$data recorded "$programs/t21_stack" >with || fail "t21_stack"
    paste -d' ' without with >both
    assert_eq "$(grep -c . both)" 14 "calls"
    while read -r call before _ after; do
        [ "$after" -gt "$before" ] || fail "$call takes no stack of ours: is it recorded?"
        [ $((after - before)) -le 1024 ] || fail "$call takes $((after - before)) bytes of stack more"
    done <both
    awk '{ more = $4 - $2; if (more > most) { most = more; name = $1 } } END { print "most: " name, most }' both
done
readelf -dW "$lib" | grep -q 'BIND_NOW\|FLAGS.*NOW' || fail "symbols are bound late"
[ "$(uname -m)" = x86_64 ] || exit 0
need objdump
objdump -d --no-show-raw-insn "$lib" >code
awk '/^[0-9a-f]+ </ { name = $2; pushed = 0 }
    $2 == "push" { pushed += 8 }
    $2 == "sub" && $3 ~ /,%rsp$/ { sub(/,%rsp/, "", $3); print substr($3, 2), pushed, name }' code >frames
[ "$(wc -l <frames)" -gt 100 ] || fail "only $(wc -l <frames) frames"
while read -r size pushed name; do
    [[ $size == 0x* ]] || fail "a frame of any size in $name $size"
    [ $((size + pushed)) -lt 512 ] || fail "a frame of $((size + pushed)) bytes in $name"
done <frames
