#!/usr/bin/env bash
# The strace oracle: redis-cli and redis-server.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session redis
oracle_session
