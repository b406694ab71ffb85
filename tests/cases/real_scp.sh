#!/usr/bin/env bash
# scp of 100 MB through an sshd of our own, with its seccomp sandbox: the same file
# with and without the library, on both sides.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
need ssh scp sshd ssh-keygen
[ "$(id -u)" = 0 ] || skip "sshd needs root for its sandbox"
umask 077
ssh-keygen -q -t ed25519 -N "" -f host && ssh-keygen -q -t ed25519 -N "" -f user || fail "ssh-keygen"
exec 9</run && flock 9 || fail "no lock" # with others at once, one would take away the directory of all
[ -d /run/sshd ] || { mkdir /run/sshd && trap 'at_end; rmdir /run/sshd' EXIT; }
head -c 100000000 /dev/urandom >file

copy() { # TO [NAME=VALUE]
    local to=$1 port
    shift
    port=$(free_port)
    start env "$@" "$(command -v sshd)" -D -e -f /dev/null -p "$port" -h "$TMP/host" -o ListenAddress=127.0.0.1 \
        -o StrictModes=no -o AuthorizedKeysFile="$TMP/user.pub" -o PidFile=none -o UsePAM=no \
        -o Subsystem='sftp internal-sftp' 2>server.out
    wait_until listening "$port"
    env "$@" scp -q -F none -i user -P "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        file "root@127.0.0.1:$TMP/$to" 2>client.err || fail "scp: $(cat client.err server.out)"
    kill "$pid"
    cmp file "$to" || fail "another file"
}
copy bare SOCKSPY_RING="$SOCKSPY_RING"
copy ours LD_PRELOAD="$lib"
check 'both sides were recorded' 'any(.comm == "ssh" and .call == "connect") and any(.comm == "sshd" and .call == "accept")'
