#!/usr/bin/env bash
# The strace oracle: ssh and sshd with its sandbox.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session ssh
oracle_session
