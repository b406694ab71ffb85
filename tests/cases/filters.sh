#!/usr/bin/env bash
# The filters of log: each alone, and some together.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
server=$pid web=$port
SOCKSPY_DATA=64 recorded "$samples/http_client" "$port" >/dev/null
wait "$server"
serve tcp_echo_server 0 0
wait "$pid" # else its last records may come between two looks
closed=$(free_port)
recorded "$samples/http_client" "$closed" 2>/dev/null
records >all

same() { # JQ-CONDITION OPTIONS... - the options give just the records of which the condition is true
    local condition=$1
    shift
    records "$@" >got || fail "log $*"
    jq -c "select(.call != \"lost\" and ($condition))" all >want
    [ -s want ] || fail "nothing to expect from $*"
    # The clocks are tied anew at each reading, to the nanosecond.
    diff <(jq -cS 'del(.time, .dur_ns)' want) <(jq -cS 'del(.time, .dur_ns)' got) >difference || fail "log $*: $(head -n 5 difference)"
}
same ".pid == $server" -p "$server"
same ".pid == $server" "--pid=$server"
same '.comm == "http_client"' --comm=http_client
same '.fd == 4 or (.fds // [] | index(4))' --fd=4
same "(.local // \"\" | endswith(\":$web\")) and (.call | IN(\"bind\", \"listen\"))" --port="$web" -e bind,listen
same ".peer == \"127.0.0.1:$web\"" --port="$web" --comm=http_client
same '.call == "connect"' -e connect
same '.call | IN("read", "write")' --trace=read,write
same '.call | IN("connect", "close") | not' -e '!connect,close'
same '.call | IN("socket", "socketpair", "accept", "accept4", "bind", "bindresvport", "listen", "connect", "shutdown")' -e %net
same '.call | IN("read", "write", "send", "recv")' -e %io
same 'has("errno")' -Z
same 'has("errno") | not' -z
same '.errno == "ECONNREFUSED"' -Z -e connect
same ".pid == $server and .call == \"close\"" -p "$server" -e close

assert_eq "$(records -n 2 | jq .id)" "$(tail -n 2 all | jq .id)" "the last two"
assert_eq "$(records -n 1 -e connect | jq .id)" "$(jq 'select(.call == "connect").id' all | tail -n 1)" "the last connect"
assert_eq "$(records --comm=nobody)" "" "nobody's records"
assert_eq "$(records --since=1h | wc -l)" "$(wc -l <all)" "the last hour's"
