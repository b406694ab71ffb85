#!/usr/bin/env bash
# A program that is started with a socket, which its parent closes before the program
# can tell of it: the socket goes on, and has one row.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/spawns" cat || fail "spawns"
check_rows sockets 'one row for each end' 'length == 2 and all(.bytes_in == 5 and .bytes_out == 5 and .state == "closed")
    and (map(.comm) | sort) == ["cat", "spawns"]'
check_rows connections 'both ends, and what they say agrees' 'length == 1 and (.[0] | .agree and .match == "pair"
    and ([.a.comm, .b.comm] | sort) == ["cat", "spawns"])'
"$spy" explain "$SOCKSPY_RING" | tr '\n' ' ' | tr -s ' ' >flat
assert_grep 'Another descriptor names the same socket \(cat\[[0-9]+\], descriptor 0\)' flat
