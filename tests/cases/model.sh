#!/usr/bin/env bash
# timeout: 300
# The order proof of the ring: spin finds no violation, and finds each of those
# that were made on purpose.
. "$(dirname "$0")/../lib.sh" || exit 1

need spin "${CC:-cc}"
"$top/tests/model/run.sh" || fail "see above"
