#!/usr/bin/env bash
# curl against nginx, told in Korean: the phases of both programs, and no sentence
# that was left in English.
. "$(dirname "$0")/../korean.sh" || exit 1
need curl nginx
port=$(free_port)
mkdir -p nginx/logs
cat >nginx.conf <<END
daemon off;
master_process off;
pid nginx/pid;
error_log nginx/error;
events { }
http {
    access_log off;
    client_body_temp_path nginx/1; proxy_temp_path nginx/2; fastcgi_temp_path nginx/3;
    uwsgi_temp_path nginx/4; scgi_temp_path nginx/5;
    server { listen 127.0.0.1:$port; location / { return 200 "hello\n"; } }
}
END
export SOCKSPY_DATA=64
start_recorded nginx -p "$TMP" -c "$TMP/nginx.conf" 2>/dev/null
wait_until listening "$port"
recorded curl -sS "http://127.0.0.1:$port/" >page || fail "curl"
assert_eq "$(cat page)" hello "the page"
kill "$pid" && wait "$pid"

COLUMNS=90 "$spy" explain --lang=ko "$SOCKSPY_RING" >ko || fail "explain"
tr '\n' ' ' <ko | tr -s ' ' >flat
assert_grep '^curl\[[0-9]+\] +nginx\[[0-9]+\]$' ko
for text in '① 소켓 작성' '② 접속' '③ 송수신' '④ 연결 끊기' "서버의 포트 번호 $port" '새 디스크립터' '대기용 소켓' '통지'; do
    assert_grep "$text" flat
done
is_korean ko
