#!/usr/bin/env bash
# -f on a terminal of 80 columns: the table is drawn anew in its place, no line is
# wider, and Ctrl-C gives the terminal back. Elsewhere changes are printed.
# timeout: 180
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
cat >screen.py <<'END'
"""screen.py COMMAND... - runs it on a terminal of 80 by 12, presses Ctrl-C when it has drawn thrice; checks that."""
import fcntl, os, pty, re, select, signal, struct, sys, termios, time
ROWS, COLUMNS, FRAMES, PATIENCE = 12, 80, 3, 30
SIZE = struct.pack('HHHH', ROWS, COLUMNS, 0, 0)
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM='xterm', LC_ALL='C.UTF-8')
    while fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(len(SIZE))) != SIZE:
        time.sleep(0.01)
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, SIZE)
shown, end, stopped = b'', time.time() + PATIENCE, False
while True:
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            some = os.read(terminal, 65536)
        except OSError:
            break
        if not some:
            break
        shown += some
    if shown.count(b'\x1b[H') >= FRAMES and not stopped:
        os.write(terminal, b'\x03')
        stopped, end = True, time.time() + PATIENCE
    if time.time() > end:
        os.kill(pid, signal.SIGKILL)
        sys.exit('it does not end' if stopped else f'it does not draw: {shown!r}')
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = shown.decode('utf-8', 'replace')
if status != 0 or text.count('\x1b[?1049h') != 1 or not text.rstrip().endswith('\x1b[?25h\x1b[?1049l'):
    sys.exit(f'status {status}, and it ends with {text[-60:]!r}')
frames = re.sub(r'\x1b\[\?1049[hl]|\x1b\[\?25[hl]', '', text).split('\x1b[H')[1:]
for frame in frames:
    lines = re.sub(r'\x1b\[[0-9;]*[A-Za-z]', '', frame).replace('\r', '').split('\n')
    if len(lines) > ROWS or any(len(line) > COLUMNS for line in lines):
        sys.exit('too large for the screen: ' + '|'.join(lines))
print(re.sub(r'\x1b\[[0-9;]*[A-Za-z]', '', frames[-1]).replace('\r', ''))
END
serve tcp_echo_server 0 9
server=$pid
start_recorded "$programs/leaks" server >leaks.out
wait_until grep -q '^port ' leaks.out
for _ in 1 2 3 4 5; do
    recorded "$programs/leaks" client "$(sed -n 's/^port //p' leaks.out)"
done
python3 screen.py "$spy" sockets -f "$SOCKSPY_RING" >screen || fail "$(cat screen)"
assert_grep '^[0-9:]{8} +[0-9,]+ records, [0-9,]+ sockets, [0-9,]+ connections' screen
assert_grep '^PROCESS +FD ' screen
assert_grep '^leaks\[[0-9]+\] +[0-9]+ +.*peer closed' screen
assert_grep '^… [0-9]+ more' screen
python3 screen.py "$spy" connections -f "$SOCKSPY_RING" >screen || fail "$(cat screen)"
assert_grep '^CLIENT +FD ' screen

# Elsewhere: a line when something changes.
start "$spy" sockets -f --format=jsonl -p "$server" "$SOCKSPY_RING" >changes
follower=$pid
wait_until grep -q '"state":"listening"' changes
recorded "$samples/tcp_echo_client" "$port" hello >/dev/null || fail "tcp_echo_client"
changed() { jq -es 'map(select(.role == "server") | .state) | index("connected") != null and index("closed") != null' changes >/dev/null; }
wait_until changed
kill -INT "$follower"
wait "$follower" || fail "the follower ended with $?"
assert_grep '"role":"listening","state":"listening"' changes
