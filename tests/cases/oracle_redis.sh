#!/usr/bin/env bash
# The strace oracle: redis-cli and redis-server.
. "${0%/*}/../lib.sh"
. "$top/tests/sessions.sh"
session redis
oracle_session
