#!/usr/bin/env bash
# T23: what no preloaded library can see is announced: calls past libc's names,
# io_uring, and programs that are static, privileged or started without us. Each
# has its count in info, its record, and its line at the end of the log.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"

announced() { # COUNT - at least one, and the text log says so
    [ "$(count "$1")" -gt 0 ] || fail "$way: $1 is not counted"
    "$spy" log "$SOCKSPY_RING" >text
    grep -Eiq "$2" text || fail "$way: the log does not say '$2': $(tail -n 5 text)"
}
shared t23_plugin
tried=0
while read -r way counted word; do
    rm -f "$SOCKSPY_RING"
    status=0
    recorded "$programs/t23_hidden" "$way" 2>err || status=$?
    [ "$status" = 77 ] && continue # not to be had on this machine
    assert_eq "$status" 0 "status of $way ($(cat err))"
    announced "$counted" "$word"
    check "$way has a record" 'calls("hidden") | length > 0'
    [ "$way" != bare_connect ] || check 'it is known whereto' 'calls("connect") | only | (.peer | port) > 0 and (.local | port) > 0'
    tried=$((tried + 1))
done <<'WAYS'
bare_open hidden_opens hidden
bare_send hidden_opens hidden
bare_connect hidden_opens hidden
bare_close hidden_closes hidden
copied hidden_closes hidden
obtained hidden_closes hidden
dlsym_open hidden_opens hidden
dlsym_close hidden_closes hidden
dlmopen_open hidden_opens hidden
deepbind_open hidden_opens hidden
mapped_packets mapped packets
mapped_sends mapped packets
io_uring io_uring io_uring
beyond hidden_uses hidden
beyond_copy hidden_uses hidden
WAYS
[ "$tried" -ge 2 ] || fail "only $tried ways were tried"

rm -f "$SOCKSPY_RING"
way='a dropped environment'
recorded env -i /bin/true
announced blind_execs 'without the library'

# A Go program that is no static one: its linker leaves a note. Whoever runs it is told
# by log, info, audit, and by run before the start.
cat >go.c <<'END'
__asm__(".section .note.go.buildid,\"a\",@note\n .long 4, 4, 4\n .asciz \"Go\"\n .balign 4\n .long 7\n .previous");
int main(void) { return 0; }
END
if cc -o go go.c; then
    rm -f "$SOCKSPY_RING"
    way='a Go program'
    recorded sh -c './go; /bin/true'
    assert_eq "$(count around)" 1 "programs that make their system calls by themselves"
    announced around 'system calls by itself'
    check "$way has a record" 'calls("hidden") | only | .comm == "go"'
    "$spy" audit "$SOCKSPY_RING" >text
    assert_eq "$(grep 'not seen' text)" 'not seen: go makes its system calls by itself (Go): its sockets are not seen' \
        "what audit says of $way"
    "$spy" run -- ./go 2>said
    assert_grep 'go is a Go program' said
fi

# run says before the start what it will not see.
printf 'int main(void) { return 0; }\n' | "${CC:-cc}" -static -x c -o static - 2>/dev/null &&
    { "$spy" run -- ./static 2>said; assert_grep 'static is static' said; }
# Of what no loader here can start, it says it as well.
if echo 'int main(void) { return 0; }' | cc -x c -Wl,--dynamic-linker=/nowhere/ld-other.so.1 -o other - 2>/dev/null; then
    cp other small && printf '\1' | dd of=small bs=1 seek=4 conv=notrunc status=none    # EI_CLASS
    cp other foreign && printf '\26' | dd of=foreign bs=1 seek=18 conv=notrunc status=none # e_machine
    while read -r name words; do
        "$spy" run -- "./$name" 2>said
        assert_grep "$name $words" said
    done <<'WORDS'
other is for another C library
small is a 32-bit program
foreign is for another kind of processor
WORDS
fi
if [ "$(id -u)" = 0 ]; then
    for bit in u g; do
        cp /bin/true elevated && chown 65534:65534 elevated && chmod $bit+s elevated || continue
        "$spy" run -- ./elevated 2>said
        assert_grep 'elevated is setuid, setgid' said
        rm elevated
    done
fi
exit 0
