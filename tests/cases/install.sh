#!/usr/bin/env bash
# make install with DESTDIR; the library works by its bare name afterwards;
# uninstall leaves nothing.
. "$(dirname "$0")/../lib.sh" || exit 1
root=$TMP/root
make -s -C "$top" install DESTDIR="$root" PREFIX=/usr >out 2>&1 || fail "install: $(cat out)"
for file in bin/sockspy lib/libsockspy.so share/man/man1/sockspy.1; do
    [ -s "$root/usr/$file" ] || fail "no $file"
done
server_out=$TMP/server.out
LD_LIBRARY_PATH=$root/usr/lib LD_PRELOAD=libsockspy.so "$samples/http_client" "$(free_port)" >"$server_out" 2>err
grep -q 'ld.so' err && fail "$(cat err)"
"$root/usr/bin/sockspy" log --format=jsonl "$SOCKSPY_RING" >records || fail "log"
grep -q '"call":"connect"' records || fail "nothing was recorded"
# The installed viewer finds the installed library by itself.
"$root/usr/bin/sockspy" run -q -w "$TMP/ring" -- "$programs/free_port" >/dev/null || fail "run"
"$root/usr/bin/sockspy" log --format=jsonl "$TMP/ring" | grep -q '"call":"bind"' || fail "run recorded nothing"
make -s -C "$top" uninstall DESTDIR="$root" PREFIX=/usr || fail "uninstall"
assert_eq "$(find "$root" -type f)" "" "files after uninstall"

# So it is where libraries have a folder for each processor.
libraries=/usr/lib/$(cc -print-multiarch 2>/dev/null)
make -s -C "$top" install DESTDIR="$root" PREFIX=/usr LIBDIR="$libraries" >out 2>&1 || fail "install: $(cat out)"
[ -s "$root$libraries/libsockspy.so" ] || fail "no library in $libraries"
"$root/usr/bin/sockspy" run -q -w "$TMP/ring2" -- "$programs/free_port" >/dev/null || fail "run"
"$root/usr/bin/sockspy" log --format=jsonl "$TMP/ring2" | grep -q '"call":"bind"' || fail "run recorded nothing"
(cd / && "$root/usr/bin/sockspy" lesson 5 --brief --lang=en) >lesson.out || fail "lesson"
make -s -C "$top" uninstall DESTDIR="$root" PREFIX=/usr LIBDIR="$libraries" || fail "uninstall"
assert_eq "$(find "$root" -type f)" "" "files after uninstall"
