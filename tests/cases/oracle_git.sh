#!/usr/bin/env bash
# The strace oracle: git clone over http.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session git
oracle_session
