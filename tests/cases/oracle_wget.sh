#!/usr/bin/env bash
# The strace oracle: wget and the sample server.
. "${0%/*}/../lib.sh"
. "$top/tests/sessions.sh"
session wget
oracle_session
