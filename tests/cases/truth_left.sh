#!/usr/bin/env bash
# A socket that a program leaves open is a leak however the program ends, also where
# it says nothing of its end.
. "$(dirname "$0")/../lib.sh" || exit 1
for how in q:0 _:0 e:0 a:134 k:137; do
    rm -f "$SOCKSPY_RING"
    status=0
    (recorded "$programs/truth_left" "${how%:*}") 2>/dev/null || status=$?
    assert_eq "$status" "${how#*:}" "exit status of ${how%:*}"
    assert_eq "$("$spy" sockets --leaks --format=jsonl "$SOCKSPY_RING" | jq -r .note)" "never used, never closed" \
        "what ${how%:*} leaves open"
done
