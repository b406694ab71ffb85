#!/usr/bin/env bash
# `sockspy run` of nc at both ends.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session nc
run_session
assert_eq "$(cat received)" hello "what nc received"
check_keys
check 'one port' '(calls("accept") + calls("accept4") | only | .peer) == (calls("connect") | last | .local)'
check 'hello, six bytes, sent and received' '
    (calls("write") | map(select(.type == "stream" and .bytes == 6)) | length) == 1
    and (calls("read") | map(select(.type == "stream" and .bytes == 6)) | length) == 1'
check 'nc -N says that it is done' 'calls("shutdown") | any(.args.how == "SHUT_WR")'
