# lib.sh - what the cases share. A case begins with:  . "$(dirname "$0")/../lib.sh" || exit 1
#
# A case passes by exit 0, is skipped by `skip WHY`, and fails by anything else.
# It has $TMP, a directory of its own, and $SOCKSPY_RING, a ring of its own; both
# go away after it. What it starts with `start` or `serve` is ended with it.
# A line "# timeout: N" (seconds) raises its time of 60 s; a line "# alone" lets
# no other case run beside it.
# shellcheck shell=bash disable=SC2034,SC2120
set -u

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lib=$top/libsockspy.so
spy=$top/sockspy
samples=$top/build/samples
programs=$top/build/programs
PATH=/usr/bin:/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin # programs, not scripts that look for them and fork
unset SOCKSPY_SIZE SOCKSPY_DATA SOCKSPY_TRACE SOCKSPY_DEBUG SOCKSPY_ARGS LD_PRELOAD
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
export LC_ALL=C.UTF-8

# A case that is started by hand makes what else the runner gives it.
own_tmp=
if [ -z "${TMP-}" ] || [ -z "${SOCKSPY_RING-}" ]; then
    own_tmp=$(mktemp -d /tmp/sockspy-case-XXXXXX)
    export TMP=$own_tmp SOCKSPY_RING=$own_tmp/ring
fi
cd "$TMP" || exit 1

started=()
at_end() {
    local pid
    for pid in ${started[@]+"${started[@]}"}; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    [ -n "$own_tmp" ] && rm -rf "$own_tmp"
}
trap at_end EXIT
trap 'exit 1' HUP INT TERM

# --- results ---------------------------------------------------------------

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# skip WHY - the runner prints the last line of stdout.
skip() {
    echo "$*"
    exit 77
}

# need COMMAND... - skips the case where one of them is not there.
need() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip "$command is not installed"
    done
}

assert_eq() { # GOT WANT WHAT
    [ "$1" = "$2" ] || fail "$3: got '$1', not '$2'"
}

assert_status() { # WANT COMMAND... - its stdout and stderr go to $TMP/out and $TMP/err
    local want=$1 status=0
    shift
    "$@" >"$TMP/out" 2>"$TMP/err" || status=$?
    [ "$status" = "$want" ] || fail "$* ended with $status, not $want: $(cat "$TMP/err")"
}

assert_grep() { # PATTERN FILE
    grep -Eq -- "$1" "$2" || fail "no line of ${2##*/} matches '$1': $(head -c 2000 "$2")"
}

assert_one_line() { # FILE
    [ "$(wc -l <"$1")" = 1 ] || fail "not one line in ${1##*/}: $(head -c 2000 "$1")"
}

# --- running ---------------------------------------------------------------

# wait_until COMMAND... - tries it for half a minute.
wait_until() {
    local i
    for ((i = 0; i < 1500; i++)); do
        "$@" 2>/dev/null && return
        sleep 0.02
    done
    fail "never came true: $*"
}

# start COMMAND... - runs it in the background until the case ends; sets $pid.
start() {
    "$@" &
    pid=$!
    started+=("$pid")
}

# recorded COMMAND... - runs it with the library preloaded.
recorded() {
    LD_PRELOAD=$lib "$@"
}

# start_recorded COMMAND... - as start; the pid is the command's own.
start_recorded() {
    start env LD_PRELOAD="$lib" "$@"
}

# serve NAME ARGS... - starts the sample server NAME recorded, its output in
# $TMP/NAME.out, and waits for its line "port N"; sets $pid and $port.
serve() {
    local out=$TMP/$1.out
    start_recorded "$samples/$1" "${@:2}" >"$out"
    wait_until grep -q '^port ' "$out"
    port=$(sed -n 's/^port //p' "$out")
}

# serve_nginx PORT WORKERS [SETTINGS...] - starts nginx recorded, on 127.0.0.1, with
# the files of $TMP/www and more settings for all that is HTTP; sets $pid.
serve_nginx() {
    {
        [ "$(id -u)" = 0 ] && echo 'user root;' # whose $TMP is
        cat <<END
daemon off; worker_processes $2; pid $TMP/nginx.pid; error_log $TMP/error.log;
events { }
http {
    access_log off;
    client_body_temp_path $TMP; proxy_temp_path $TMP; fastcgi_temp_path $TMP; uwsgi_temp_path $TMP; scgi_temp_path $TMP;
    ${*:3}
    server { listen 127.0.0.1:$1; root $TMP/www; }
}
END
    } >"$TMP/nginx.conf"
    start_recorded nginx -p "$TMP" -c "$TMP/nginx.conf"
    wait_until listening "$1"
}

# A TCP port of 127.0.0.1 on which nobody listens just now.
free_port() {
    "$programs/free_port"
}

listening() { # PORT
    (: <"/dev/tcp/127.0.0.1/$1")
}

has_ipv6() { # where the loopback interface has an address of it
    grep -q ' lo$' /proc/net/if_inet6 2>/dev/null
}

# The file of a UNIX socket is there from bind on; a client is refused until listen.
listening_at() { # PATH, as it was bound
    grep -q " 00010000 .* $1\$" /proc/net/unix # __SO_ACCEPTCON
}

# --- records ---------------------------------------------------------------

# records [OPTIONS] - the ring's log as JSON Lines.
records() {
    "$spy" log --format=jsonl "$@" "$SOCKSPY_RING"
}

# frozen FILE - a copy of the ring as another boot left it: the viewer then has no
# clock to set its times by anew, and tells the same to the nanosecond each time.
frozen() {
    cp "$SOCKSPY_RING" "$1"
    printf 'frozen' | dd of="$1" bs=1 seek=104 conv=notrunc status=none # ring_header.boot_id
}

# jq's words for the cases. `only` gives the one that there should be.
jq_words='
    def calls(name): map(select(.call == name));
    def of(pid): map(select(.pid == pid));
    def only: if length == 1 then .[0] else error("\(length) where one was expected: \(map(.call))") end;
    def port: . // "none" | sub(".*:"; "") | tonumber? // null;
'

# check WHAT FILTER [JQ OPTIONS] - FILTER must be true of the array of records,
# taken anew from the ring.
check() {
    local what=$1 filter=$2
    shift 2
    records >"$TMP/records" || fail "$what: sockspy log failed"
    jq -es "$@" "$jq_words $filter" "$TMP/records" >"$TMP/check" 2>&1 && return
    echo "the records:" >&2
    head -n 60 "$TMP/records" >&2
    fail "$what: $(cat "$TMP/check") from $filter"
}

# value FILTER [JQ OPTIONS] - what FILTER makes of the array of records.
value() {
    local filter=$1
    shift
    records | jq -rs "$@" "$jq_words $filter"
}

# rows VERB [OPTIONS] - the rows of a verb over the ring, as JSON Lines.
rows() {
    "$spy" "$1" --format=jsonl "${@:2}" "$SOCKSPY_RING"
}

# check_rows VERB WHAT FILTER [JQ OPTIONS] - FILTER must be true of the array of
# the verb's rows, taken anew from the ring.
check_rows() {
    local verb=$1 what=$2 filter=$3
    shift 3
    rows "$verb" >"$TMP/rows" || fail "$what: sockspy $verb failed"
    jq -es "$@" "$jq_words $filter" "$TMP/rows" >"$TMP/check" 2>&1 && return
    echo "the rows of $verb:" >&2
    head -n 60 "$TMP/rows" >&2
    fail "$what: $(cat "$TMP/check") from $filter"
}

# check_keys - every record is JSON of its own and has the keys and types of the
# documented form.
check_keys() {
    local line=0
    records >"$TMP/records" || fail "sockspy log failed"
    [ -s "$TMP/records" ] || fail "no records"
    while read -r record; do
        line=$((line + 1))
        jq -e . <<<"$record" >/dev/null || fail "line $line is no JSON: $record"
    done < <(head -n 50 "$TMP/records")
    jq -e -f "$top/tests/record.jq" "$TMP/records" >"$TMP/check" 2>&1 ||
        fail "a record of another form: $(tail -n 3 "$TMP/check")"
    if grep -vE '"call":"lost"|"time":[0-9]+\.[0-9]{9},' "$TMP/records"; then
        fail "a time without nine decimals"
    fi
}
