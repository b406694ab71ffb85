#!/usr/bin/env bash
# The strace oracle: Python's urllib and the sample server.
. "${0%/*}/../lib.sh"
. "$top/tests/sessions.sh"
session python
oracle_session
