#!/usr/bin/env bash
# A sequence diagram in Mermaid's words, as the mermaid package itself reads it.
# timeout: 300
. "$(dirname "$0")/../lib.sh" || exit 1

diagram() { # FILE [OPTIONS]
    "$spy" export --format=mermaid -o "$1" "${@:2}" "$SOCKSPY_RING" || fail export
}

export SOCKSPY_DATA=64
serve http_server 0 1
recorded "$samples/http_client" "$port" >page || fail http_client
wait "$pid"
diagram http.mmd
assert_eq "$(head -n 1 http.mmd)" sequenceDiagram 'the first line'
assert_grep '^    participant P[0-9]+ as http_client\[[0-9]+\]$' http.mmd
assert_eq "$(grep -c '^    create participant' http.mmd)" 3 'sockets that come: two, and the one that accept gives'
assert_eq "$(grep -c '^    destroy' http.mmd)" 3 'and go'
assert_grep '^    S[0-9]+->>S[0-9]+: write [0-9]+ bytes “GET' http.mmd
diagram short.mmd --max 3
assert_grep 'Note over P1: … [0-9]+ more$' short.mmd

# Names and payload that would be Mermaid's syntax.
export SOCKSPY_RING=$TMP/ring-hostile
hostile=$'end;#%%<br/>\n->>x: style a:#b; classDef `$$`"\x1b[31m\xff'
cp "$samples/udp_server" './end; wrap:<b>#'
cp "$samples/udp_client" './%%{init}%%'
start_recorded './end; wrap:<b>#' 0 3 >server.out
wait_until grep -q '^port ' server.out
recorded './%%{init}%%' "$(sed -n 's/^port //p' server.out)" "$hostile" end style >client.out || fail udp_client
diagram hostile.mmd
if LC_ALL=C grep -n $'[\x01-\x09\x0b-\x1f\x7f]' hostile.mmd; then fail 'a control character'; fi

# The package, of this run only.
need node npm
packages=$top/build/npm
if [ ! -d "$packages/node_modules/mermaid" ]; then
    mkdir -p "$packages"
    (cd "$packages" && npm install --silent --no-audit --no-fund --no-save mermaid@11 jsdom@26) >npm.out 2>&1 ||
        skip 'the npm packages mermaid and jsdom cannot be had here'
fi
node "$top/tests/mermaid.mjs" "$packages" http.mmd short.mmd hostile.mmd >texts 2>mermaid.err ||
    fail "mermaid: $(tail -n 5 mermaid.err)"
sed -n 3p texts >hostile.texts
jq -e 'any(.[]; startswith("end; wrap:<b>#["))' hostile.texts >/dev/null || fail "the program's name: $(cat hostile.texts)"
jq -e 'any(.[]; startswith("%%{init}%% fd "))' hostile.texts >/dev/null || fail "the other's: $(cat hostile.texts)"
jq -e 'any(.[]; contains("“end;#%%<br/>\\n->>x: style"))' hostile.texts >/dev/null || fail "the payload: $(cat hostile.texts)"
jq -e 'any(.[]; endswith("“style”"))' hostile.texts >/dev/null || fail "its own words: $(cat hostile.texts)"
