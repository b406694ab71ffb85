#!/usr/bin/env bash
# The strace oracle: nc at both ends.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session nc
oracle_session
