#!/usr/bin/env bash
# timeout: 240
# T2: the child of vfork runs our hooks in its parent's memory. After 1,000 of
# them that closed everything, Python's table still equals /proc/self/fd: every
# socket is known with its address, and nothing else is taken for one. Nor does it
# change by anything else that a child may do to descriptors.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need /usr/bin/python3 strace
cat >many.py <<'END'
import os, socket, subprocess, sys
kept = []
for family in (socket.AF_INET, socket.AF_UNIX):
    for _ in range(10):
        kept.extend(socket.socketpair(socket.AF_UNIX) if family == socket.AF_UNIX else [socket.socket(family)])
for one in kept[:10]:
    one.bind(("127.0.0.1", 0))
files = [os.open("/dev/null", os.O_RDWR) for _ in range(10)]
for _ in range(int(sys.argv[1])):
    subprocess.run(["/bin/true"], close_fds=True)
sockets = set()
for name in os.listdir("/proc/self/fd"):
    try:
        if os.readlink("/proc/self/fd/" + name).startswith("socket:"):
            sockets.add(int(name))
    except OSError:
        pass
for fd in sorted(sockets | set(files)):
    try:
        os.write(fd, b"x" * 77)
    except OSError:
        pass
print(*sorted(sockets))
END
SOCKSPY_SIZE=64M recorded /usr/bin/python3 many.py 1000 >sockets || fail "Python ended with $?"
strace -f -qq -e trace=vfork,clone,clone3 -o strace.out /usr/bin/python3 many.py 1 >/dev/null
grep -q 'vfork(\|CLONE_VFORK' strace.out || skip "this Python does not use vfork"
check 'the table equals /proc/self/fd' '
    calls("write") | map(select(.args.len == 77)) | map(.fd) == ($sockets | split(" ") | map(tonumber))
    and all(.[]; .inode > 0) and (map(select(.family == "inet")) | length == 10 and all(.local))' --arg sockets "$(cat sockets)"
assert_eq "$(count hidden_opens) $(count hidden_closes)" "0 0" "hidden opens and closes"

rm -f "$SOCKSPY_RING"
recorded "$programs/t02_guest" >steps || fail "t02_guest"
assert_eq "$(grep -c . steps)" 21 "steps"
parent=$(value 'calls("vfork")[0].pid')
while read -r number rest; do
    fds=$(grep -o '[0-9][0-9 ]*$' <<<"$rest" | tr ' ' ,)
    check "$rest" 'calls("write") | of($parent) | map(select(.args.len == $step)) | map(.fd) - $fds == [] and $fds - map(.fd) == []' \
        --argjson step "$number" --argjson fds "[$fds]" --argjson parent "$parent"
done <steps
check 'what became of a name in the child' 'calls("write") | of($parent) | map(select(.family == "inet")) | length == 21
    and all(.type == "dgram" and .local == null and .peer == null)' --argjson parent "$parent"
check 'a closed socket is still one' 'calls("write") | of($parent) | map(select(.errno == "EBADF")) | only | .args.len == 40' --argjson parent "$parent"
check "a fork of the child's is a process of its own" 'calls("send") | map(select(.args.len == 50)) | only | .inode > 0 and .pid != $parent' --argjson parent "$parent"
check 'nothing was hidden from the parent' 'calls("hidden") | of($parent) | map(select(.args.what != "a stdio stream")) == []' --argjson parent "$parent"

# dash: its vfork children move descriptors about; what it says stays the same.
if command -v dash >/dev/null; then
    # shellcheck disable=SC2016
    with_and_without dash -c 'for i in 1 2 3 4 5; do /bin/true 3<&- 4>&1; /bin/echo $i 5>&1 >&5; done; echo $(/bin/echo end)'
fi
