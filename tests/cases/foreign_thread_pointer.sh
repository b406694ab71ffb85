#!/usr/bin/env bash
# A child by clone, in its parent's memory, whose thread pointer is not libc's: it
# ends as it does without us, and its _exit is recorded.
. "$(dirname "$0")/../lib.sh" || exit 1
[ "$(uname -m)" = x86_64 ] || skip "only x86-64's libc shows whose thread pointer it is"
assert_status 7 "$programs/foreign_tls"
assert_status 7 recorded "$programs/foreign_tls"
check 'the end of the child' 'calls("clone") as $c | calls("exit") + calls("_exit") | any(.pid == ($c | only).ret)'
