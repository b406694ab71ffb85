#!/usr/bin/env bash
# T35: preloaded through /etc/ld.so.preload, we are in set-uid programs as well, whose
# environment belongs to a user with fewer rights: there nothing of it is believed, no
# file is made, and nothing is recorded.
. "$(dirname "$0")/../lib.sh" || exit 1
need unshare setpriv
[ "$(id -u)" = 0 ] || skip "only root can make a set-uid copy and mount over /etc"
chmod 755 "$TMP"
mkdir -p open upper work secure && chmod 1777 open
cp "$lib" secure/libsockspy.so && cp "$programs/transfers" secure/transfers || fail "cp"
chmod 755 secure secure/libsockspy.so && chmod 4755 secure/transfers

cat >inside.sh <<'INSIDE'
mount --bind "$1" /mnt || exit 77 # where nobody may look, too
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc 2>/dev/null || {
    cp -a /etc "$1/etc" && mount --bind "$1/etc" /etc
} || exit 77
# But for the last, these are preloaded, too, and make no ring.
export SOCKSPY_RING=/nowhere/ring
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env SOCKSPY_DEBUG=1 SOCKSPY_RING="$ring" "$@"; }
ring=/mnt/open/plain
as_nobody "/mnt/secure/transfers" >"/mnt/without" 2>&1 || exit 3
echo "/mnt/secure/libsockspy.so" >/etc/ld.so.preload || exit 77
ring=/mnt/open/ring
as_nobody "/mnt/secure/transfers" >"/mnt/with" 2>&1 || exit 4
ring=/mnt/open/seen # one that is not set-uid, to see that we are there at all
cp "/mnt/secure/transfers" "/mnt/secure/ordinary" && chmod 755 "/mnt/secure/ordinary"
as_nobody "/mnt/secure/ordinary" >/dev/null 2>&1 || exit 5
INSIDE
[ ! -e /etc/ld.so.preload ] || skip "this machine has an /etc/ld.so.preload"
find /dev/shm -name 'sockspy-[0-9]*' | sort >before # the rings that nobody named
status=0
unshare -m sh inside.sh "$TMP" || status=$?
[ "$status" != 77 ] && [ "$status" != 1 ] || skip "nothing can be mounted over /etc here"
assert_eq "$status" 0 "status of the set-uid copy"
[ -e open/seen ] || skip "set-uid or the preload has no effect here"
cmp without with || fail "another output: $(cat with)"
assert_eq "$(ls open | paste -sd' ')" "seen" "files made by the set-uid copy"
find /dev/shm -name 'sockspy-[0-9]*' | sort | diff before - || fail "files in /dev/shm"
