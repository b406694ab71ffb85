#!/usr/bin/env bash
# Chromium renders the same page with and without the library, its sandbox on.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/ordinary.sh"
need chromium
ordinary
cat >"$TMP/page" <<'END'
<!doctype html><title>page</title><p id=p>before</p>
<script>document.getElementById("p").textContent = "six times seven is " + 6 * 7;</script>
END
as_ordinary tee page.html <"$TMP/page" >/dev/null

dump() { # [NAME=VALUE]
    as_ordinary env "$@" timeout -s KILL 50 chromium --headless --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$home/profile" --dump-dom "file://$home/page.html" 2>err
}
dump HOME="$home" >bare || skip "chromium does not run here as an ordinary user: $(grep -v dbus err | head -n 1)"
assert_grep 'six times seven is 42' bare
dump LD_PRELOAD="$lib" >ours || fail "chromium under the library: $(head -c 2000 err)"
cmp bare ours || fail "another page"
as_ordinary "$spy" log --format=jsonl "$home/ring" >records || fail "sockspy log"
jq -es 'map(select(.comm // "" | startswith("chromium"))) | length > 20 and any(.call == "seccomp" or .call == "prctl")' \
    records >/dev/null || fail "chromium was not recorded, or set up no sandbox"
