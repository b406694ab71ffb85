#!/usr/bin/env bash
# T45: no verb writes onto a ring, by whatever name; what was recorded stays.
. "$(dirname "$0")/../lib.sh" || exit 1
export SOCKSPY_RING=$TMP/ring # hard links need one file system
SOCKSPY_SIZE=64K recorded "$programs/free_port" >/dev/null
ring=$SOCKSPY_RING
ln "$ring" hard
ln -s "$ring" soft
cksum <"$ring" >before
refused() { # WHAT COMMAND...
    local what=$1
    shift
    assert_status 1 "$@"
    assert_one_line err
    assert_grep 'ring' err
    cmp -s before <(cksum <"$ring") || fail "$what: the recording is not what it was"
    [ "$ring" -ef hard ] || fail "$what: the ring is another file"
}
for verb in log sockets connections explain diagram report 'export --format=jsonl' stat audit info 'log -f'; do
    for name in "$ring" hard soft ./../"${TMP##*/}"/hard; do
        # shellcheck disable=SC2086
        refused "$verb -o $name" "$spy" $verb -o "$name" "$ring"
    done
done
# shellcheck disable=SC2094
refused "a descriptor" sh -c '"$1" log -o /proc/self/fd/5 "$2" 5<"$2"' sh "$spy" "$ring"
refused "audit --save" "$spy" audit --save "$ring" "$ring"
# Any other ring, too.
SOCKSPY_RING=$ring.other SOCKSPY_SIZE=64K recorded "$programs/free_port" >/dev/null
refused "another ring" "$spy" log -o "$ring" "$ring.other"
refused "run -o" "$spy" run -o "$ring" -- true
refused "run --save" "$spy" run --audit=/dev/null --save="$ring" -- true
refused "run -w -o" "$spy" run -w "$ring" -o hard -- true
# Nor one that is only to come.
for option in '' -f; do
    # shellcheck disable=SC2086
    assert_status 1 "$spy" run $option -w new -o ./new -- true
    [ ! -e new ] || fail "there is a file where the ring and the output were to be"
done
# What the shell has opened to add to gets nothing.
# shellcheck disable=SC2094
"$spy" log "$ring" >>"$ring" 2>err && fail "log wrote behind the ring"
assert_one_line err
# shellcheck disable=SC2094
"$spy" run -w "$ring" -- true 2>>"$ring" >out && fail "run wrote behind the ring"
assert_one_line out
cmp -s before <(cksum <"$ring") || fail "something was written behind the ring"
# Files that are no rings are written over as ever.
echo old >file
assert_status 0 "$spy" log -o file "$ring"
assert_grep getsockname file
