#!/usr/bin/env bash
# timeout: 300
# T13: 4 threads open and close 800,000 sockets whose numbers go from hand to
# hand: read in order, none is opened while it is open, or closed while it is not.
# Then each call that ends a descriptor, while its number is given to a file and
# to a socket before it is back: what becomes of the number comes behind it, and
# what is done with the file is no call on a socket.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
threads=${THREADS:-4}
opens=$((800000 / threads))
SOCKSPY_SIZE=256M recorded "$programs/t13_reuse" "$threads" $opens || fail "t13_reuse"
[ -e "$SOCKSPY_RING" ] || skip "no room for a ring of 256 MB"
read -r opened closed wrong < <("$spy" log --format=csv -e socket,close "$SOCKSPY_RING" | awk -F, '
    $7 == "socket" { n++; if (open[$8]++) bad++ }
    $7 == "close" { m++; if (!open[$8]) bad++; open[$8] = 0 }
    END { print n + 0, m + 0, bad + 0 }')
assert_eq "$opened $closed $wrong" "$((threads * opens)) $((threads * opens)) 0" "opened, closed, out of order"
assert_eq "$(count hidden_opens) $(count hidden_closes)" "0 0" "hidden opens and closes"

shared t13_between
between() { # WAY ORDER [file] - the calls on the number, in order
    local fd
    rm -f "$SOCKSPY_RING"
    fd=$(LD_PRELOAD="$lib $TMP/t13_between.so" "$programs/t13_ways" "$1" ${3:+"$3"}) || fail "t13_ways $1"
    assert_eq "$(value 'map(select(.fd == $fd or .ret == $fd)) | map(.call) | join(" ")' --argjson fd "$fd")" "$2" "calls around $1"
    check "$1: nothing of the file" 'all(.bytes != 77 and .args.len != 77)'
    assert_eq "$(count hidden_opens) $(count hidden_closes)" "0 0" "hidden opens and closes around $1"
    [[ $2 != *'socket send send'* ]] || check "$1: the new socket is known" '
        calls("send") | length == 2 and all(.inode == $last) ' --argjson last "$(value 'calls("socket") | last | .inode')"
}
for way in close __close; do
    between $way 'socket close socket send send close'
done
between fclose 'socket fdopen hidden fclose socket send send close'
for way in freopen freopen64; do
    between $way 'socket fdopen hidden freopen socket send send close'
done
for way in close_range closefrom; do
    between $way 'socket socket send send close'
    check "$way before the socket that takes the number" \
        '[.[] | select(.call == "socket" or .call == $way) | .call] == ["socket", $way, "socket"]' --arg way $way
done
for way in dup2 __dup2; do
    between $way 'socket dup2 send send close'
done
between dup3 'socket dup3 send send close'
for way in dup2 __dup2 dup3; do
    between $way "socket ${way#__} send send" file
done
