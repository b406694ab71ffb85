# lesson.sh - what the cases of the lessons share; sources lib.sh.
# shellcheck shell=bash disable=SC2154
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 1

jq_words="$jq_words"'
    def of_program(name): map(select(.comm == name[0:15]));
    def sockets: map(select(.family));
    def phases: map(.call | select(IN("socket", "bind", "listen", "connect", "accept", "read", "write", "send", "recv",
        "sendto", "recvfrom", "shutdown", "close")));
'

# play N - plays lesson N into the case's ring; what it prints is in $TMP/out, and
# in $TMP/flat as one line for each paragraph. It must take less than 15 s, print
# the four parts of a lesson, and leave nothing running.
play() {
    local began=$SECONDS
    "$spy" lesson "$1" --lang=en --show-code --ring="$SOCKSPY_RING" >out 2>err || fail "lesson $1: $(cat err)"
    [ $((SECONDS - began)) -lt 15 ] || fail "lesson $1 took $((SECONDS - began)) s"
    [ -s err ] && fail "lesson $1 complains: $(cat err)"
    assert_grep "^Lesson $1\." out
    assert_grep '^\$ [a-z_]+' out
    assert_grep '^① creating the socket   ② connecting' out
    assert_grep '^What to notice' out
    tr '\n' ' ' <out | sed 's/   *- /\n- /g; s/   */ /g' >flat
    # Each call of the programs has its line of C.
    local with without
    with=$(grep -cE '[a-z_]+\.c:[0-9]+ ' out)
    without=$(grep -cE '^ *(·|①|②|③|④) ' out)
    ((with > 0 && with <= without)) || fail "$with lines of C for $without steps"
    if grep -E '\{|\?\?| \? ' flat | grep -vE '\.c:[0-9]+|"\?"'; then
        fail "lesson $1: something was not filled in"
    fi
}
