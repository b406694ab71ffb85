#!/usr/bin/env bash
# The strace oracle: nginx, two workers, and wrk.
# timeout: 120
. "${0%/*}/../lib.sh"
. "$top/tests/sessions.sh"
session nginx
oracle_session
