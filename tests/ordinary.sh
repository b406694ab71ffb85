# ordinary.sh - for programs that do not start as root, or behave otherwise there.
# `ordinary` makes $home, a directory of an ordinary user (ours; if we are root,
# nobody's) with a ring $home/ring, and `as_ordinary COMMAND...` runs a command
# as that user in there. $home goes away with the case.
# shellcheck shell=bash disable=SC2034,SC2154

ordinary() {
    become=()
    home=$(mktemp -d /tmp/sockspy-home-XXXXXX) || exit 1
    trap 'at_end; rm -rf "$home"' EXIT
    if [ "$(id -u)" = 0 ]; then
        need setpriv
        become=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups --)
        chown nobody "$home"
    fi
    as_ordinary test -x "$spy" -a -r "$lib" || skip "an ordinary user cannot read $top"
}

as_ordinary() {
    (cd "$home" && HOME=$home TMP=$home TMPDIR=$home SOCKSPY_RING=$home/ring ${become[@]+"${become[@]}"} "$@")
}
