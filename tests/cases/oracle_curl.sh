#!/usr/bin/env bash
# The strace oracle: curl and the sample server.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session curl
oracle_session
