#!/usr/bin/env bash
# timeout: 120
# What goes on while the viewer looks is no blind spot: sockets that were made after
# the ring was read, programs between exec and the dynamic linker's work, children that
# have come and gone; and what processes did just before they went is not missing.
. "$(dirname "$0")/../lib.sh" || exit 1
need nginx wrk strace

# look COMMAND... - runs it again and again while $pid lives, which goes on until
# there is a file `enough`.
look() {
    looks=0
    while kill -0 "$pid" 2>/dev/null; do
        [ -e "$SOCKSPY_RING" ] || continue
        "$@" || fail "$*"
        looks=$((looks + 1))
        [ "$looks" -lt 2 ] || : >enough
    done
    rm -f enough
}
looked() { [ "$looks" -gt 1 ] || fail "only $looks looks while $*"; }
audit() { rows audit >>audit; }
programs() {
    rows audit | jq -r 'select(.not_seen == "program") | .text' >>programs || return
    "$spy" info "$SOCKSPY_RING" | sed -n '/^not seen.* ran /p' >>programs
}
closed() { rows sockets | jq -c 'select(.state == "closed") | [.bytes_out, .bytes_in, .closed != null]' >>closed; }

mkdir www
echo hello >www/index.html
port=$(free_port)
SOCKSPY_SIZE=256M serve_nginx "$port" 2
start sh -c 'while "$@"; [ ! -e enough ]; do :; done' sh \
    wrk -t1 -c20 -d4 -H 'Connection: close' "http://127.0.0.1:$port/" >wrk.out
look audit
looked sockets came and went
jq -r 'select(.serious) | .text' audit >spots
[ -s spots ] && fail "blind spots in $looks looks: $(sort spots | uniq -c | head -n 20)"

# The dynamic linker is slow to open the library.
rm "$SOCKSPY_RING"
start_recorded strace -f -o trace -e trace=execve,openat -e inject=openat:delay_enter=200000:when=1 \
    sh -c 'while /bin/sleep 0.3; [ ! -e enough ]; do :; done' 2>strace.err
look programs
wait "$pid" || skip "strace may not be used here: $(cat strace.err)"
looked programs were loaded
[ -s programs ] && fail "in $looks looks: $(sort programs | uniq -c)"

# Children come and go by hundreds, and all of them say so.
rm "$SOCKSPY_RING"
start_recorded bash -c 'while for i in $(seq 150); do x=$(echo x | sed s/x/y/ | tr y z); ls / | head -1; (exit 0) & done; wait
    [ ! -e enough ]; do :; done' >children
: >audit
look audit
looked children came and went
jq -r 'select(.serious) | .text' audit | sed 's/\[[0-9]*\]//' >spots
[ -s spots ] && fail "blind spots in $looks looks: $(sort spots | uniq -c)"

# Clients that end while the viewer looks have all that they did in their rows.
rm "$SOCKSPY_RING"
start_recorded sh -c 'while for i in $(seq 400); do "$@" || exit; done; [ ! -e enough ]; do :; done' sh "$samples/http_client" "$port" >clients.out
look closed
wait "$pid" || fail "a client failed"
looked clients came and went
assert_eq "$(sort -u closed | wc -l)" 1 "ways of being closed, in $looks looks: $(sort closed | uniq -c)"
