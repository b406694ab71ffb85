#!/usr/bin/env bash
# The strace oracle: Python's urllib and the sample server.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session python
oracle_session
