#!/usr/bin/env bash
# The language comes from --lang or the environment, and changes nothing else: jsonl
# is the same under every language, and so is every other verb.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
server=$pid
SOCKSPY_DATA=64 recorded "$samples/http_client" "$port" >/dev/null
wait "$server"
{ unset LC_ALL LC_MESSAGES LANG; } 2>/dev/null

is_korean() { grep -q '소켓 작성' "$1"; }
LANG=ko_KR.UTF-8 "$spy" explain "$SOCKSPY_RING" >out || fail "explain"
is_korean out || fail "not Korean with LANG=ko_KR.UTF-8: $(head -n 5 out)"
env LANG=en_US.UTF-8 LC_MESSAGES=ko_KR.UTF-8 "$spy" explain "$SOCKSPY_RING" >out
is_korean out || fail "not Korean with LC_MESSAGES=ko_KR.UTF-8"
LANG=ko_KR.UTF-8 LC_ALL=C.UTF-8 "$spy" explain "$SOCKSPY_RING" >out
is_korean out && fail "Korean with LC_ALL=C.UTF-8"
LANG=ko_KR.UTF-8 "$spy" explain --lang=en "$SOCKSPY_RING" >out
is_korean out && fail "Korean with --lang=en"
LC_ALL=C "$spy" explain --lang=ko "$SOCKSPY_RING" >out
is_korean out || fail "not Korean with --lang=ko"
assert_status 2 "$spy" explain --lang=fr "$SOCKSPY_RING"
assert_grep "'fr' is none of en, ko, both" err

frozen same
for verb in 'log --format=jsonl' 'log' 'sockets' 'sockets --format=jsonl' 'connections --format=jsonl' \
    'explain --format=jsonl' 'explain --format=csv' 'stat -e socket' 'info --format=jsonl'; do
    # shellcheck disable=SC2086 # a verb and its options
    LC_ALL=C.UTF-8 "$spy" $verb same >plain || fail "$verb"
    for language in ko_KR.UTF-8 ko en_US.UTF-8; do
        # shellcheck disable=SC2086
        LC_CTYPE=C.UTF-8 LC_MESSAGES=$language LANG=$language "$spy" $verb same >other
        cmp -s plain other || fail "$verb differs with LANG=$language: $(diff plain other | head -n 4)"
    done
done
for language in en ko both; do
    "$spy" explain --lang=$language --format=jsonl same >"jsonl.$language"
    cmp -s jsonl.en "jsonl.$language" || fail "jsonl differs with --lang=$language"
done
