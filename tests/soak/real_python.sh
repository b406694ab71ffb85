#!/usr/bin/env bash
# Python's own tests of sockets and processes: each ends with and without the
# library in the same way, and with the same tests passed, failed and skipped.
. "$(dirname "$0")/../lib.sh" || exit 1
/usr/bin/python3 -c 'import test.test_socket' 2>/dev/null || skip "Python's own tests are not installed (libpython3.11-testsuite or the like)"

tests=(test_selectors test_subprocess test_ssl test_multiprocessing_fork test_socket test_asyncio)
[ "$DURATION" = quick ] && tests=(test_selectors)

# Two machines of vsock are not here: its stream test waits for ever in some of
# them. Compared is the outcome of each test: "name completed", "name skipped"…
outcome() { # NAME OUT [NAME=VALUE]
    local name=$1 out=$2 status=0
    shift 2
    rm -f "$out.xml"
    env "$@" timeout --foreground -k 5 600 /usr/bin/python3 -m test --junit-xml "$out.xml" -v -i '*VSOCK*' "$name" >"$out" 2>&1 </dev/null || status=$?
    /usr/bin/python3 - "$out.xml" >"$out.outcome" <<'PYTHON'
import sys, xml.etree.ElementTree
cases = xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase")
print(*sorted(" ".join([case.get("name"), case.get("result"), *(child.tag for child in case)]) for case in cases), sep="\n")
PYTHON
    echo "status $status, $(wc -l <"$out.outcome") outcomes" | tee -a "$out.outcome"
}
for name in "${tests[@]}"; do
    echo "$name"
    outcome "$name" bare SOCKSPY_RING="$SOCKSPY_RING"
    outcome "$name" ours LD_PRELOAD="$lib" SOCKSPY_SIZE=64M
    diff bare.outcome ours.outcome || fail "$name differs"
done
