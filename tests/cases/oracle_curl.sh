#!/usr/bin/env bash
# The strace oracle: curl and the sample server.
. "${0%/*}/../lib.sh"
. "$top/tests/sessions.sh"
session curl
oracle_session
