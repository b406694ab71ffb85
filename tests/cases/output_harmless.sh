#!/usr/bin/env bash
# timeout: 120
# Whatever programs are called, send, look up or connect to: what is printed does no
# harm to a terminal, a browser, a spreadsheet or a script. (See tests/harmless.py.)
. "$(dirname "$0")/../lib.sh" || exit 1

python=$(command -v python3) || skip "no python3"
maker=$top/build/checked/fuzz/ring
[ -x "$maker" ] || fail "$maker is not built: make test does"

# show FORM NAME VERB [OPTIONS] - prints it into a file of that form.
show() {
    local form=$1 name=$2
    shift 2
    mkdir -p "$form"
    "$spy" "$@" -o "$form/$name" ring
    case $? in
    0) ;;
    1) [ "$1" = audit ] || fail "$*" ;; # something was found
    *) fail "$*" ;;
    esac
}

show_all() { # SEED
    local verb by
    for verb in log sockets connections explain audit stat info; do
        show text "$1.$verb" $verb
        show jsonl "$1.$verb" $verb --format=jsonl
        [ $verb = info ] || show colour "$1.$verb" $verb --color=always
        show csv "$1.$verb" $verb --format=csv
    done
    for by in process peer socket connect; do
        show text "$1.by-$by" stat --by=$by
        show csv "$1.by-$by" stat --by=$by --format=csv
        show jsonl "$1.by-$by" stat --by=$by --format=jsonl
    done
    show text "$1.log-s" log -T -tt -s 4096
    show text "$1.explain-both" explain --lang=both --deep
    show text "$1.diagram" diagram --by=socket
    show colour "$1.diagram" diagram --lang=ko --color=always
    show text "$1.mermaid" export --format=mermaid
    show json "$1.perfetto" export --format=perfetto
    show pcapng "$1.pcapng" export --format=pcapng
    show html "$1.html" report
}

# The larger inputs, and a locale without letters for one of them.
for seed in 8 16 24 32 40 48; do
    RING=$TMP/ring "$maker" -r 1 $seed >/dev/null || fail "no ring of $seed"
    show_all $seed
done
LC_ALL=C show_all 7

for form in text colour jsonl csv json pcapng html; do
    "$python" "$top/tests/harmless.py" $form $form/* || fail "$form"
done
