#!/usr/bin/env bash
# The strace oracle: node, as server and client.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session node
oracle_session
