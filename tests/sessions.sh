# sessions.sh - servers and clients that several cases run: under `sockspy run`,
# under the strace oracle, bare. `session NAME` skips the case where a program
# is missing and writes $TMP/session, a script that starts the server, waits for
# it, runs the client and ends both. A session prints that script's text; its
# first line may be port=N, which sets $port here, too.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

session() {
    local text status=0
    text=$("session_$1") || status=$?
    case $status in
    0) ;;
    77) skip "$text" ;;
    *) exit "$status" ;;
    esac
    port=$(sed -n 's/^port=//p' <<<"$text")
    cat >"$TMP/session" <<END
#!/bin/bash
until_true() { for ((i = 0; i < 1500; i++)); do "\$@" 2>/dev/null && return; sleep 0.02; done; exit 99; }
listens() { until_true grep -qi ":\$(printf %04x "\$1") .* 0A " /proc/net/tcp; }
children() { cat /proc/\$server/task/\$server/children; }
has_children() { [ "\$(children | wc -w)" = "\$1" ]; }
$(declare -f listening_at)
$text
END
    chmod +x "$TMP/session"
}

# The sample web server for one request, and a client given as shell text.
http_session() {
    printf '"%s" 0 1 >server.out & server=$!\n' "$samples/http_server"
    echo 'until_true grep -q "^port" server.out; port=$(sed -n "s/^port //p" server.out)'
    printf '%s || exit 1\nwait $server\n' "$1"
}

session_curl() {
    need curl
    http_session "curl -sS --noproxy '*' http://127.0.0.1:\$port/ >page"
}

session_wget() {
    need wget
    http_session 'wget -q --no-proxy -O page http://127.0.0.1:$port/'
}

session_python() {
    need /usr/bin/python3
    http_session '/usr/bin/python3 -c "
import sys, urllib.request
page = urllib.request.urlopen(\"http://127.0.0.1:\" + sys.argv[1] + \"/\").read()
open(\"page\", \"wb\").write(page)" $port'
}

session_nc() {
    need nc
    echo "port=$(free_port)"
    echo 'nc -l 127.0.0.1 $port >received & server=$!'
    echo 'listens $port; echo hello | nc -N 127.0.0.1 $port || exit 1; wait $server'
}

session_redis() {
    need redis-server redis-cli
    echo "port=$(free_port)"
    cat <<'END'
redis-server --bind 127.0.0.1 --port $port --save "" --appendonly no --dir . >server.out & server=$!
until_true grep -q "Ready to accept" server.out
redis-cli -p $port set key value >reply && redis-cli -p $port get key >>reply || exit 1
redis-cli -p $port shutdown nosave; wait $server
END
}

# A cluster of our own, made beforehand, and psql; $home is made by `ordinary`.
session_postgres() {
    local bin
    bin=$(ls -d /usr/lib/postgresql/*/bin "$(pg_config --bindir)" 2>/dev/null | head -n 1)
    [ -x "$bin/initdb" ] && [ -x "$bin/psql" ] || skip "postgresql is not installed"
    as_ordinary "$bin/initdb" -D data -U tester -A trust -N --locale=C -E UTF8 >"$TMP/initdb" 2>&1 ||
        fail "initdb: $(cat "$TMP/initdb")"
    echo "port=$(free_port)"
    echo "bin=$bin"
    cat <<'END'
"$bin/postgres" -D data -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories="$PWD" -c fsync=off \
    -c autovacuum=off 2>server.out & server=$!
until_true grep -q "ready to accept" server.out
for host in 127.0.0.1 "$PWD"; do
    "$bin/psql" -X -At -h "$host" -p $port -U tester -d postgres -c "select 6 * 7" || exit 1
done >answer
kill $server; wait $server
END
}

# java: an HTTP server and its client in one file, compiled as it starts.
session_java() {
    need java
    java --list-modules 2>/dev/null | grep -q '^jdk.compiler' || skip "java cannot compile here"
    echo "exec java -Xint -XX:TieredStopAtLevel=1 '$top/tests/programs/Loopback.java' >answer"
}

# nginx with two workers, and wrk for a second. It listens before it catches signals,
# but has no workers before that.
session_nginx() {
    need nginx wrk
    port=$(free_port)
    nginx_settings "$port" 2 >"$TMP/nginx.conf"
    echo "port=$port"
    cat <<'END'
nginx -e stderr -p . -c nginx.conf 2>server.out & server=$!
until_true has_children 2; wrk -t 1 -c 4 -d 1 --timeout 30 http://127.0.0.1:$port/ >wrk.out; kill -QUIT $server; wait $server
END
}

# nginx that takes its settings anew: the old worker ends, a new one answers.
session_reload() {
    need nginx curl
    port=$(free_port)
    nginx_settings "$port" 1 >"$TMP/nginx.conf"
    echo "port=$port"
    cat <<'END'
changed() { new=$(children); [ "$(wc -w <<<"$new")" = 1 ] && [ "$new" != "$old" ]; }
nginx -e stderr -p . -c nginx.conf 2>server.out & server=$!
listens $port
curl -sS --noproxy '*' http://127.0.0.1:$port/ >page || exit 1
old=$(children)
kill -HUP $server; until_true changed
curl -sS --noproxy '*' http://127.0.0.1:$port/ >>page || exit 1
kill -QUIT $server; wait $server
END
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

# socat three times: TCP, UDP and UNIX, the server an echo in a child.
session_socat() {
    need socat
    echo "port=$(free_port)"
    cat <<'END'
socat -t 30 TCP-LISTEN:$port,bind=127.0.0.1 EXEC:cat & server=$!
listens $port
echo tcp | socat -t 30 - TCP:127.0.0.1:$port >tcp || exit 1; wait $server
socat UDP-LISTEN:$port,bind=127.0.0.1 EXEC:cat & server=$!
until_true grep -qi ":$(printf %04x $port) " /proc/net/udp
echo udp | socat -t 1 - UDP:127.0.0.1:$port >udp || exit 1; kill $server; wait $server
socat -t 30 UNIX-LISTEN:"$PWD/socket" EXEC:cat & server=$!
until_true listening_at "$PWD/socket"
echo unix | socat -t 30 - UNIX:"$PWD/socket" >unix || exit 1; wait $server
END
}

# Python's asyncio, subprocess and multiprocessing, and a descriptor passed.
session_asyncio() {
    [ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not installed"
    echo "exec /usr/bin/python3 '$top/tests/programs/processes.py'"
}

# node: a server, a client and a child process in one.
session_node() {
    need node
    cat <<'END'
exec node -e '
const http = require("http");
const server = http.createServer((request, answer) => answer.end("hello"));
server.listen(0, "127.0.0.1", () => http.get({ host: "127.0.0.1", port: server.address().port, agent: false },
    (answer) => { answer.on("data", (text) => console.log("" + text)); answer.on("end", () => server.close()); }));
require("child_process").exec("echo from a child", (error, text) => console.log(text));
' >answer
END
}

# git over http, from a server in Python.
session_git() {
    need git /usr/bin/python3
    echo "port=$(free_port)"
    cat <<'END'
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git init -q --bare origin.git && git -C origin.git update-server-info
/usr/bin/python3 -m http.server --bind 127.0.0.1 $port >server.out 2>&1 & server=$!
listens $port
git clone -q http://127.0.0.1:$port/origin.git clone 2>clone.err || exit 1
kill $server; wait $server; exit 0
END
}

# ssh into an sshd of our own, with its seccomp sandbox.
session_ssh() {
    need ssh sshd ssh-keygen
    [ "$(id -u)" = 0 ] || skip "sshd needs root for its sandbox"
    echo "port=$(free_port)"
    echo "sshd=$(command -v sshd)"
    echo ". '$top/tests/separation.sh'"
    cat <<'END'
umask 077
ssh-keygen -q -t ed25519 -N "" -f host && ssh-keygen -q -t ed25519 -N "" -f user || exit 1
separation && trap separation_ends EXIT
$sshd -D -e -f /dev/null -p $port -h "$PWD/host" -o ListenAddress=127.0.0.1 -o StrictModes=no \
    -o AuthorizedKeysFile="$PWD/user.pub" -o PidFile=none -o UsePAM=no 2>server.out & server=$!
listens $port
ssh -F none -i user -p $port -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 \
    echo logged in >answer 2>client.err
status=$?
kill $server; wait $server
grep -q 'logged in' answer || { cat client.err server.out >&2; exit 1; }
exit $status
END
}

# run_session - the session under `sockspy run`, its records in $SOCKSPY_RING.
run_session() {
    (cd "$TMP" && "$spy" run -q -w "$SOCKSPY_RING" -- ./session) || fail "the session ended with $?"
}

# oracle_session [OPTIONS] - the session under the strace oracle.
oracle_session() {
    [ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not installed"
    "$top/tests/oracle.py" --timeout 100 "$@" -- ./session || fail "the oracle does not agree"
}
