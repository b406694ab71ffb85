#!/usr/bin/env bash
# T10: errno survives every hook: it was 4711 before the call, and is the same
# after it with the library and without; the constructor leaves 0.
. "$(dirname "$0")/../lib.sh" || exit 1
# Each call with its errno on a line. What only old programs link against cannot
# be found by its name without us. A reserved port that somebody has just then leaves
# EADDRINUSE, and libc takes the next.
in_use=98
pairs() {
    awk '/^ / { print name, $2; next } { name = $0 }' | grep -v '^absent\|^__res' |
        sed -E "/^(rresvport|bindresvport)/s/ $in_use\$/ 4711/" | sort
}
"$programs/t08_every_name" errno 2>/dev/null >said || fail "t08_every_name ended with $?"
pairs <said >without
SOCKSPY_TRACE=%net,%io,%desc,%opt,%name,%poll,%process recorded "$programs/t08_every_name" errno 2>/dev/null >said ||
    fail "with the library: $?"
pairs <said >with
[ "$(wc -l <without)" -gt 140 ] || fail "only $(wc -l <without) calls were tried"
diff without with >difference || fail "another errno: $(cat difference)"
assert_eq "$(head -n 1 said)" "at the start: 0" "errno at the start"
