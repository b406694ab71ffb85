# separation.sh - sshd wants a directory /run/sshd of root's, which its package does not
# make everywhere. `separation` makes it where it is missing; `separation_ends` takes it
# away again, unless another case needs it yet, and will.
# shellcheck shell=bash

separation_mark=/run/sshd/made-for-tests

separation() {
    exec {separation}</run && flock --shared "$separation"
    [ -d /run/sshd ] || { mkdir -m 755 /run/sshd 2>/dev/null && : >"$separation_mark"; }
    [ -d /run/sshd ]
}

separation_ends() {
    flock --nonblock "$separation" && [ -e "$separation_mark" ] && rm "$separation_mark" && rmdir /run/sshd
    exec {separation}<&-
}
