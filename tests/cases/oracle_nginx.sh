#!/usr/bin/env bash
# The strace oracle: nginx, two workers, and wrk.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session nginx
oracle_session
