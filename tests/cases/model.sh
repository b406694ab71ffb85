# timeout: 300
# The order proof of the ring: spin finds no violation, and finds each of those
# that were made on purpose.
. "${0%/*}/../lib.sh"

need spin "${CC:-cc}"
"$top/tests/model/run.sh" || fail "see above"
