#!/usr/bin/env bash
# Descriptor numbers are the same with and without the library; so are output
# and exit status.
. "$(dirname "$0")/../lib.sh" || exit 1
# Not into a file of ours: the shell's own descriptors must be the same, too.
without=$("$programs/descriptors" 2>&1)
with=$(LD_PRELOAD=$lib "$programs/descriptors" 2>&1)
[ -n "$without" ] || fail "no output"
assert_eq "$with" "$without" "descriptors with the library"
with=$("$spy" run -q -- "$programs/descriptors" 2>&1)
assert_eq "$with" "$without" "descriptors under run"
check 'and it was recorded' 'calls("socket") | length == 4'
