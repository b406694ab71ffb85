#!/usr/bin/env bash
# git clone over http: the same clone with and without the library.
. "$(dirname "$0")/../lib.sh" || exit 1
need git /usr/bin/python3
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
git init -q work
seq 100000 >work/numbers
head -c 3000000 /dev/urandom >work/random
git -C work add . && git -C work commit -q -m first && git clone -q --bare work origin.git &&
    git -C origin.git update-server-info || fail "git"

clone() { # TO [NAME=VALUE]
    local to=$1 port
    shift
    port=$(free_port)
    start env "$@" /usr/bin/python3 -m http.server --bind 127.0.0.1 "$port" >server.out 2>&1
    wait_until listening "$port"
    env "$@" git -c http.proxy= clone "http://127.0.0.1:$port/origin.git" "$to" >"$to.out" 2>&1 ||
        fail "git clone: $(cat "$to.out")"
    kill "$pid"
    sed -i "s/'$to'/'clone'/; s/[0-9.]* [KM]iB.*//" "$to.out"
}
clone bare SOCKSPY_RING="$SOCKSPY_RING"
clone ours LD_PRELOAD="$lib"
diff bare.out ours.out || fail "git says something else"
assert_eq "$(git -C ours rev-parse HEAD)" "$(git -C work rev-parse HEAD)" "the commit that was cloned"
diff -r -x .git bare ours || fail "another tree"
git -C ours fsck --strict >/dev/null 2>&1 || fail "the clone is damaged"
check 'git and its helper were recorded' 'any(.comm == "git-remote-http" and .call == "connect") and any(.comm == "git" and .call == "exec")'
