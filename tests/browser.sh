# browser.sh - what the cases of `sockspy report` share; sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

need /usr/bin/python3
command -v chromium >/dev/null || command -v google-chrome >/dev/null || skip 'chromium is not installed'

# report FILE [OPTIONS] - writes the report of the ring.
report() {
    "$spy" report -o "$1" "${@:2}" "$SOCKSPY_RING" || fail "report"
}

# browse FILE COMMANDS... - see browser.py. Fails with the page, if it complained
# of anything or asked for anything.
browse() {
    "$top/tests/browser.py" "$1" wait "document.documentElement.dataset.ready" "${@:2}" 2>"$TMP/browser.err" ||
        fail "the page: $(cat "$TMP/browser.err")"
}
