#!/usr/bin/env bash
# The strace oracle: socat over TCP, UDP and UNIX.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session socat
oracle_session
