#!/usr/bin/env bash
# `sockspy run` of redis-cli, three times, and redis-server.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session redis
run_session
assert_eq "$(paste -sd, reply)" OK,value "redis-cli's answers"
check_keys
check 'three connections, each with the port that the server saw' '
    (map(select(.comm == "redis-cli" and .call == "connect" and .ret == 0)) | map(.local)) as $clients
    | (map(select((.call | IN("accept", "accept4")) and .ret >= 0)) | map(.peer)) as $seen
    | ($clients | length) == 3 and $clients == $seen'
check 'what the clients wrote, the server read' '
    (map(select(.comm == "redis-cli" and .call == "send")) | map(.bytes) | add)
    == (map(select(.comm != "redis-cli" and .call == "read")) | map(.bytes // 0) | add)'
