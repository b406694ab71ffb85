#!/usr/bin/env bash
# An output that cannot be written: one clear error, and nothing is left behind;
# nor where the writer is killed. A reader that goes away is no error.
. "$(dirname "$0")/../lib.sh" || exit 1

export SOCKSPY_DATA=64
serve http_server 0 5
for _ in 1 2 3 4 5; do
    recorded "$samples/http_client" "$port" >page || fail http_client
done
wait "$pid"
mkdir there full
outputs=(report 'export --format=pcapng' 'export --format=perfetto' 'export --format=mermaid' 'export --format=csv'
    'export --format=jsonl')

nameless=$(/usr/bin/python3 -c 'import os; os.open("there", os.O_TMPFILE | os.O_WRONLY), print("yes")' 2>/dev/null)

# fails VERB COMMAND... - it ends with 1 and one line, and leaves nothing in `there`.
fails() {
    assert_status 1 "${@:2}"
    assert_one_line err
    assert_eq "$(ls -A there)" '' "what $1 left behind"
}
for verb in "${outputs[@]}"; do
    # shellcheck disable=SC2206 # a verb and its option
    words=($verb)
    fails "$verb" "$spy" "${words[@]}" -o "$TMP/nowhere/file" "$SOCKSPY_RING"
    fails "$verb" "$spy" "${words[@]}" -o "$TMP/there" "$SOCKSPY_RING"
    fails "$verb" "$spy" "${words[@]}" -o "$TMP/there/none" "$TMP/no-such-ring"
    fails "$verb" "$spy" "${words[@]}" -o /dev/full "$SOCKSPY_RING"
    assert_grep 'No space left' err
    fails "$verb" bash -c 'exec "$0" "$@" >/dev/full' "$spy" "${words[@]}" "$SOCKSPY_RING"
    fails "$verb" bash -c 'ulimit -f 1; trap "" XFSZ; exec "$0" "$@"' "$spy" "${words[@]}" -o "$TMP/there/full" "$SOCKSPY_RING"

    # Killed in the middle. (Where the file system has files without a name.)
    bash -c '(ulimit -f 1; exec "$0" "$@")' "$spy" "${words[@]}" -o "$TMP/there/killed" "$SOCKSPY_RING" 2>/dev/null
    [ $? -gt 128 ] || fail "$verb was not killed"
    [ -z "$nameless" ] || assert_eq "$(ls -A there)" '' "what $verb left behind when it was killed"
    rm -f there/killed*

    # A closed pipe.
    "$spy" "${words[@]}" "$SOCKSPY_RING" 2>err | head -c 10 >/dev/null
    assert_eq "${PIPESTATUS[0]} $(cat err)" '0 ' "$verb into a closed pipe"

    # What is there is replaced whole, or stays as it is.
    echo old >there/file
    assert_status 1 bash -c 'ulimit -f 1; trap "" XFSZ; exec "$0" "$@"' "$spy" "${words[@]}" -o "$TMP/there/file" "$SOCKSPY_RING"
    assert_eq "$(cat there/file)" old "the old file, after $verb"
    assert_status 0 "$spy" "${words[@]}" -o "$TMP/there/file" "$SOCKSPY_RING"
    [ "$(stat -c %s there/file)" -gt 1024 ] || fail "$verb is too short: $(cat there/file)"
    rm there/file
done
assert_status 2 "$spy" export -o x "$SOCKSPY_RING"
assert_status 2 "$spy" export --format=nonsense "$SOCKSPY_RING"
assert_grep 'pcapng, perfetto, mermaid, csv, jsonl' err

# A disk that is full, where one may be made.
unshare -rm true 2>/dev/null || exit 0
unshare -rm bash -c '
    mount -t tmpfs -o size=4k none "$1/full" || exit 0
    echo old >"$1/full/file"
    for verb in report "export --format=pcapng" "export --format=perfetto" "export --format=csv"; do
        LC_ALL=C "$0" $verb -o "$1/full/file" "$2" 2>"$1/err" && exit 2
        [ "$(wc -l <"$1/err")" = 1 ] && grep -q "No space left" "$1/err" || exit 3
        [ "$(ls -A "$1/full")" = file ] && [ "$(cat "$1/full/file")" = old ] || exit 4
    done' "$spy" "$TMP" "$SOCKSPY_RING" || fail "on a full disk: $? $(cat err)"
