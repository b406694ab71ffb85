#!/usr/bin/env bash
# The strace oracle: nc at both ends.
. "${0%/*}/../lib.sh"
. "$top/tests/sessions.sh"
session nc
oracle_session
