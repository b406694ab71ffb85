# sessions.sh - servers and clients that several cases run: under `sockspy run`,
# under the strace oracle, bare. `session NAME` skips the case where a program
# is missing and writes $TMP/session, a script that starts the server, waits for
# it, runs the client and ends both. It sets $port where the port is fixed.
# shellcheck shell=bash disable=SC2016,SC2034

session() {
    {
        echo '#!/bin/bash'
        echo 'until_true() { for ((i = 0; i < 500; i++)); do "$@" 2>/dev/null && return; sleep 0.02; done; exit 99; }'
        "session_$1"
    } >"$TMP/session" || exit
    chmod +x "$TMP/session"
}

# The sample web server for one request, and a client given as shell text.
http_session() {
    printf '"%s" 0 1 >server.out & server=$!\n' "$samples/http_server"
    echo 'until_true grep -q "^port" server.out; port=$(sed -n "s/^port //p" server.out)'
    printf '%s || exit 1\nwait $server\n' "$1"
}

session_curl() {
    need curl >&2
    http_session "curl -sS --noproxy '*' http://127.0.0.1:\$port/ >page"
}

session_wget() {
    need wget >&2
    http_session 'wget -q --no-proxy -O page http://127.0.0.1:$port/'
}

session_python() {
    need /usr/bin/python3 >&2
    http_session '/usr/bin/python3 -c "
import sys, urllib.request
page = urllib.request.urlopen(\"http://127.0.0.1:\" + sys.argv[1] + \"/\").read()
open(\"page\", \"wb\").write(page)" $port'
}

session_nc() {
    need nc >&2
    port=$(free_port)
    echo "nc -l 127.0.0.1 $port >received & server=\$!"
    # A look with a connection of our own would end the server.
    echo "until_true grep -qi ':$(printf '%04x' "$port") .* 0A ' /proc/net/tcp"
    echo "echo hello | nc -N 127.0.0.1 $port || exit 1; wait \$server"
}

session_redis() {
    need redis-server redis-cli >&2
    port=$(free_port)
    echo "redis-server --bind 127.0.0.1 --port $port --save '' --appendonly no --dir . >server.out & server=\$!"
    echo "until_true grep -q 'Ready to accept' server.out"
    echo "redis-cli -p $port set key value >reply && redis-cli -p $port get key >>reply || exit 1"
    echo "redis-cli -p $port shutdown nosave; wait \$server"
}

# nginx with two workers, and wrk for a second.
session_nginx() {
    need nginx wrk >&2
    port=$(free_port)
    nginx_settings "$port" 2 >"$TMP/nginx.conf"
    echo "nginx -e stderr -p . -c nginx.conf 2>server.out & server=\$!"
    echo "until_true grep -qi ':$(printf '%04x' "$port") .* 0A ' /proc/net/tcp"
    echo "wrk -t 1 -c 4 -d 1 http://127.0.0.1:$port/ >wrk.out; kill -QUIT \$server; wait \$server"
}

nginx_settings() { # PORT WORKERS
    cat <<END
daemon off; worker_processes $2; pid nginx.pid; error_log stderr;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    server { listen 127.0.0.1:$1; location / { return 200 "hello from nginx\n"; } }
}
END
}

# run_session - the session under `sockspy run`, its records in $SOCKSPY_RING.
run_session() {
    (cd "$TMP" && "$spy" run -q -w "$SOCKSPY_RING" -- ./session) || fail "the session ended with $?"
}

# oracle_session [OPTIONS] - the session under the strace oracle.
oracle_session() {
    [ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not installed"
    "$top/tests/oracle.py" "$@" -- ./session || fail "the oracle does not agree"
}
