#!/usr/bin/env bash
# An unknown verb, option or value: one clear line, status 2.
. "$(dirname "$0")/../lib.sh" || exit 1
bad() { # WORD ARGUMENTS... - the word that the line must name
    local word=$1
    shift
    assert_status 2 "$spy" "$@"
    assert_one_line err
    assert_eq "$(cat out)" "" "stdout of sockspy $*"
    assert_grep "$word" err
}
bad frobnicate frobnicate
bad frobnicate log --frobnicate
bad frobnicate info --frobnicate
bad frobnicate run --frobnicate -- true
bad nonsense log --trace=nonsense
bad nonsense log --format=nonsense
bad nonsense log --pid=nonsense
bad nonsense log --port=nonsense
bad nonsense log --fd=nonsense
bad nonsense log --since=nonsense
bad nonsense log --color=nonsense
bad nonsense log -n nonsense
bad nonsense run --data=nonsense -- true
bad two log one two
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
recorded "$programs/free_port" >port || fail "free_port"
# Each form that a verb's help names is one that it has; the others it refuses.
for verb in log sockets connections stat audit explain info; do
    "$spy" "$verb" --help | grep -e '--format=FORM' >"$verb.forms"
    for form in text jsonl csv; do
        want=0
        grep -q " $form" "$verb.forms" || want=2
        assert_status "$want" "$spy" "$verb" --format="$form" "$SOCKSPY_RING"
    done
done
