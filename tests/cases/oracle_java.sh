#!/usr/bin/env bash
# The strace oracle: java, a server and its client in one machine.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session java
oracle_session
