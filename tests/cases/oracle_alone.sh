#!/usr/bin/env bash
# The strace oracle without -f: each program by itself, with nobody traced beside
# it. In the sessions a stand-in is found in the place of each, which runs the
# program under the oracle. Here a few; SESSIONS names others (tests/soak/).
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
need strace /usr/bin/python3

mkdir standins
stand_in() { # PROGRAM [NAME]
    local path
    path=$(command -v "$1") || return
    cat >"standins/${2-$1}" <<END
#!/bin/bash
exec "$top/tests/oracle.py" --alone "$TMP/verdicts" -- "$path" "\$@"
END
    chmod +x "standins/${2-$1}"
}
for program in curl wget nc socat redis-server redis-cli nginx wrk node git ssh java; do
    stand_in "$program"
done
stand_in /usr/bin/python3 python3

: >verdicts
for name in ${SESSIONS-curl redis socat}; do
    (session "$name" >why) || { echo "$name: $(cat why)"; continue; }
    sed -i "s#/usr/bin/python3#python3#" session
    mkdir -p "$name" && mv session "$name" && cp ./*.conf "$name" 2>/dev/null
    (cd "$name" && PATH=$TMP/standins:$PATH ./session) || fail "$name ended with $?: $(tail -n 20 verdicts)"
done
grep -q 'NOT AGREED' verdicts && fail "$(cat verdicts)"
asked=$(grep -c '^oracle: ' verdicts)
assert_eq "$(grep -c '  recall 100.0 %: .* 0 invented$' verdicts)" "$asked" "programs with a recall of 100 %"
[ "$asked" -ge 3 ] || fail "only $asked programs: $(cat verdicts)"
echo "$asked programs, each by itself: recall 100.0 %"
