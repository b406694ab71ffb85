#!/usr/bin/env bash
# T3: sshd's child that talks to strangers lives behind a seccomp filter which
# kills it for a look-up. It logs in, and is recorded in there.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session ssh
run_session
check 'a filter came on' 'calls("prctl") | any(.args.option == "PR_SET_SECCOMP" and .ret == 0)'
check 'its process went on in there, and was not killed' '
    (calls("prctl") | map(select(.args.option == "PR_SET_SECCOMP" and .ret == 0)) | .[0]) as $filter
    | map(select(.pid == $filter.pid and .time > $filter.time)) | any(.call == "write" or .call == "read")'
check 'the login itself' 'map(select(.call == "connect" and .comm == "ssh" and .family == "inet")) | only | .ret == 0 and .local != null'
