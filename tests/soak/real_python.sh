#!/usr/bin/env bash
# Python's own tests of sockets and processes: each ends with and without the
# library in the same way, and with the same tests passed, failed and skipped.
. "$(dirname "$0")/../lib.sh" || exit 1
/usr/bin/python3 -c 'import test.test_socket' 2>/dev/null || skip "Python's own tests are not installed (libpython3.11-testsuite or the like)"

tests=(test_selectors test_subprocess test_ssl test_multiprocessing_fork test_socket test_asyncio)
[ "$DURATION" = quick ] && tests=(test_selectors)

# Two machines of vsock are not here: its stream test waits for ever in some of
# them. The outcome of each test, "name ... ok", is compared.
outcome() { # NAME OUT [NAME=VALUE]
    local name=$1 out=$2 status=0
    shift 2
    env "$@" timeout -k 5 600 /usr/bin/python3 -m test -v -i '*VSOCK*' "$name" >"$out" 2>&1 </dev/null || status=$?
    sed -nE 's/^(test\w+ \(.*) \.\.\. (ok|FAIL|ERROR|skipped).*/\1 \2/p' "$out" | sort >"$out.outcome"
    echo "status $status, $(wc -l <"$out.outcome") outcomes" | tee -a "$out.outcome"
}
for name in "${tests[@]}"; do
    echo "$name"
    outcome "$name" bare SOCKSPY_RING="$SOCKSPY_RING"
    outcome "$name" ours LD_PRELOAD="$lib" SOCKSPY_SIZE=64M
    diff bare.outcome ours.outcome || fail "$name differs"
done
