#!/usr/bin/env bash
# timeout: 120
# The unit tests of the ring again, under ThreadSanitizer: no data race.
. "$(dirname "$0")/../lib.sh" || exit 1

cc=${CC:-cc}
echo 'int main(void) { return 0; }' >probe.c
"$cc" -fsanitize=thread -o probe probe.c 2>/dev/null || skip "$cc has no ThreadSanitizer"

# Its shadow memory wants a layout that randomised addresses may not leave it.
still=
setarch -R true 2>/dev/null && still="setarch -R"
$still ./probe || skip "ThreadSanitizer does not run here"

for source in "$top"/tests/unit/test_ring*.c; do
    name=$(basename "$source" .c)
    "$cc" -std=gnu17 -O1 -g -fsanitize=thread -I "$top/viewer" -o "$name" "$source" "$top/preload/sys.c" \
        "$top/viewer/base/clock.c" -lcmocka -pthread || fail "$name does not compile"
    $still ./"$name" >"$name.out" 2>&1 || fail "$(cat "$name.out")"
done
