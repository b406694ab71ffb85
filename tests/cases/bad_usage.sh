#!/usr/bin/env bash
# An unknown verb, option or value: one clear line, status 2.
. "$(dirname "$0")/../lib.sh" || exit 1
bad() {
    assert_status 2 "$spy" "$@"
    assert_one_line err
    assert_eq "$(cat out)" "" "stdout of sockspy $*"
    assert_grep "$word" err
}
word=frobnicate bad frobnicate
word=frobnicate bad log --frobnicate
word=frobnicate bad info --frobnicate
word=frobnicate bad run --frobnicate -- true
word=nonsense bad log --trace=nonsense
word=nonsense bad log --format=nonsense
word=nonsense bad log --pid=nonsense
word=nonsense bad log --port=nonsense
word=nonsense bad log --fd=nonsense
word=nonsense bad log --since=nonsense
word=nonsense bad log --color=nonsense
word=nonsense bad log -n nonsense
word=nonsense bad run --data=nonsense -- true
word=two bad log one two
assert_status 0 "$spy" --help
assert_grep 'log' out
assert_grep 'run' out
assert_status 0 "$spy" --version
assert_one_line out
assert_grep '[0-9]+\.[0-9]+' out
for verb in log run info clean; do
    assert_status 0 "$spy" "$verb" --help
    assert_grep "sockspy $verb" out
done
