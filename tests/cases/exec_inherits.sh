#!/usr/bin/env bash
# A listening socket goes through exec: the new program's records begin with
# `inherit`, with its address; the CLOEXEC socket is not among them.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/heir" >numbers || fail "heir"
n() { sed -n "s/^$1 //p" numbers; }
check 'inherit, after exec, with family, type and address' '
    of($child) | (map(.call) | index("exec")) as $exec | (map(.call) | index("inherit")) as $inherit
    | $exec != null and $inherit > $exec
    and (calls("inherit") | map(select(.fd == $fd)) | only
         | .local == "127.0.0.1:\($port)" and .family == "inet" and .type == "stream" and .inode > 0)' \
    --argjson child "$(n child)" --argjson fd "$(n listening)" --arg port "$(n port)"
check 'not the one that closes on exec' 'of($child) | calls("inherit") | all(.fd != $closed)' \
    --argjson child "$(n child)" --argjson closed "$(n closed)"
check 'the same socket as before exec' '
    (calls("listen") | only | .inode) == (of($child) | calls("inherit") | map(select(.fd == $fd)) | only | .inode)' \
    --argjson child "$(n child)" --argjson fd "$(n listening)"
check 'accept on it' 'of($child) | calls("accept") | only | .fd == $fd and (.peer | port) > 0' \
    --argjson child "$(n child)" --argjson fd "$(n listening)"
check_keys
