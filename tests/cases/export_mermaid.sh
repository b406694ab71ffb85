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

# What the demo shows.
if command -v curl >/dev/null; then
    export SOCKSPY_RING=$TMP/ring-demo
    serve http_server 0 1
    recorded curl -sS --noproxy '*' "http://127.0.0.1:$port/" >page || fail curl
    wait "$pid"
    diagram demo.mmd
fi

# Names and payload that would be Mermaid's syntax.
export SOCKSPY_RING=$TMP/ring-hostile
names=('end' '%%{init}%%' 'a->>b: x' '<br>#35;' 'wrap:' 'Note over A' 'x; destroy S1' 'as "b" @{x}' $'\xff\x1b[31m' 'box rgb(1,2)'
    '한글 =1' 'style classDef' '$$x$$ `y`' 'loop ( [ )')
hostile=$'end;#%%<br/>\n->>x: style a:#b; classDef `$$`"\x1b[31m\xff'
cp "$samples/udp_server" './end; wrap:<b>#'
start_recorded './end; wrap:<b>#' 0 1000 >server.out
wait_until grep -q '^port ' server.out
port=$(sed -n 's/^port //p' server.out)
for name in "${names[@]}"; do
    cp "$samples/udp_client" "./$name"
    recorded "./$name" "$port" "$hostile" end style "$name" >client.out || fail "udp_client as $name"
done
diagram hostile.mmd --max 1000
if LC_ALL=C grep -n $'[\x01-\x09\x0b-\x1f\x7f]' hostile.mmd; then fail 'a control character'; fi

# The package, of this run only; or in SOCKSPY_TEST_NPM, for who runs it often.
need node npm
packages=${SOCKSPY_TEST_NPM:-$TMP/npm}
if [ ! -d "$packages/node_modules/mermaid" ]; then
    mkdir -p "$packages"
    (cd "$packages" && timeout -k 5 120 npm install --silent --no-audit --no-fund --no-save --prefer-offline mermaid@11 jsdom@26) >npm.out 2>&1 ||
        skip 'the npm packages mermaid and jsdom cannot be had here'
fi
texts() { # FILE - the texts of its diagram, one a line
    node "$top/tests/mermaid.mjs" "$packages" "$1" >"$1.texts" 2>mermaid.err || fail "$1: $(tail -n 5 mermaid.err)"
    jq -r '.[]' "$1.texts"
}
for file in http.mmd short.mmd demo.mmd; do
    [ -f $file ] && texts $file >file.texts
done
texts hostile.mmd >hostile.texts
records | jq -r '.comm // empty' | sort -u >comms
assert_eq "$(wc -l <comms)" $((${#names[@]} + 1)) 'the programs'
while IFS= read -r comm; do
    name=$(printf %s "$comm" | sed 's/\\/\\\\/g')
    grep -qF -- "${name}[" hostile.texts || fail "no participant '$name': $(grep '\[' hostile.texts)"
done < <(LC_ALL=C grep '^[ -~]*$' comms)
assert_grep '^한글 =1\[' hostile.texts
assert_grep '^\\xff\\x1b\[31m\[' hostile.texts
assert_eq "$(grep -cF '“end;#%%<br/>\n->>x: style' hostile.texts)" ${#names[@]} 'the payload'
for word in end style; do
    [ "$(grep -c "bytes .$word.\$" hostile.texts)" -ge ${#names[@]} ] || fail "its own word $word"
done
