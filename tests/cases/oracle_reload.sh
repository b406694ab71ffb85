#!/usr/bin/env bash
# The strace oracle: nginx that changes its worker on a reload.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session reload
oracle_session
