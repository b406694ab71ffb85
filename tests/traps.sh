# traps.sh - what the cases of the traps share, after lib.sh.
# shellcheck shell=bash disable=SC2154

# with_and_without COMMAND... - what it says on both outputs and how it ends must
# not depend on the library; its output is left in $TMP/without.out.
with_and_without() {
    local without=0 with=0
    "$@" >without.out 2>without.err || without=$?
    recorded "$@" >with.out 2>with.err || with=$?
    assert_eq "$with" "$without" "exit status of $*"
    diff without.out with.out >difference || fail "another output of $*: $(head -n 20 difference)"
    diff without.err with.err >difference || fail "another stderr of $*: $(head -n 20 difference)"
}

# count KEY - one of the ring's counts, as `info` names them.
count() {
    "$spy" info --format=jsonl "$SOCKSPY_RING" | jq -r "select(has(\"$1\")) | .$1"
}

# shared NAME - builds tests/programs/shared/NAME.c into $TMP/NAME.so.
shared() {
    "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -O1 -shared -fPIC -o "$TMP/$1.so" "$top/tests/programs/shared/$1.c" -ldl ||
        fail "$1.c does not compile"
}

# system_calls FILE COMMAND... - runs it under strace -f and leaves the names of
# the system calls in FILE, sorted, from the marker on: a call of getpgid(-77).
# What LD_PRELOAD says goes to the command only.
system_calls() {
    local file=$1
    shift
    strace -f -qq -e signal=none -o strace.out "$@" || fail "under strace: $*"
    sed -n '/getpgid(-77)/,$ s/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' strace.out | sort >"$file"
}
