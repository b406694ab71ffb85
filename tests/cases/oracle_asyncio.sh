#!/usr/bin/env bash
# The strace oracle: Python's asyncio, subprocess, multiprocessing, and SCM_RIGHTS.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session asyncio
oracle_session
