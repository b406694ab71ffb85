#!/usr/bin/env bash
# T42: signals that are ignored where run is started stay ignored for the command.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
# The kernel says it in a mask.
ignore() { [ $# = 0 ] || trap '' "$@"; }
for ignored in '' PIPE CHLD HUP BUS 'PIPE CHLD HUP TERM INT QUIT BUS'; do
    want=$(ignore $ignored; grep -h '^Sig[IB]' /proc/self/status)
    for options in -q -f '-o log' '--audit=/dev/null'; do
        # shellcheck disable=SC2086
        got=$(ignore $ignored; "$spy" run $options -- grep -h '^Sig[IB]' /proc/self/status 2>err) || fail "run $options under $ignored: $?"
        assert_eq "$got" "$want" "what $ignored is to the command, run $options"
    done
done
python3 -c 'import subprocess, sys
for restore in True, False:
    plain, run = (subprocess.run(way + ["grep", "^Sig[IB]", "/proc/self/status"], restore_signals=restore,
                                 stdout=subprocess.PIPE).stdout for way in ([], [sys.argv[1], "run", "-q", "--"]))
    assert plain == run, (restore, plain, run)' "$spy" || fail "started by Python"
# And the command's end is still told.
assert_eq "$(trap '' CHLD; "$spy" run -q -- sh -c 'exit 7'; echo $?)" 7 "the status where SIGCHLD is ignored"
exit 0
