#!/usr/bin/env bash
# The strace oracle without -f on every program for which there is a session.
. "$(dirname "$0")/../lib.sh" || exit 1
SESSIONS='curl wget python nc redis nginx socat asyncio node git ssh java' bash "$top/tests/cases/oracle_alone.sh"
