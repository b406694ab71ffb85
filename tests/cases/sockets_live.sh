#!/usr/bin/env bash
# -f on a terminal of 80 columns: the table is drawn anew in its place, no line is
# wider, and Ctrl-C gives the terminal back. Elsewhere changes are printed.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
cat >screen.py <<'END'
"""screen.py SECONDS COMMAND... - runs it on a terminal of 80 by 12, presses Ctrl-C; checks what is drawn."""
import fcntl, os, pty, re, select, struct, sys, termios, time
ROWS, COLUMNS = 12, 80
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM='xterm', LC_ALL='C.UTF-8')
    time.sleep(0.2)
    os.execv(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', ROWS, COLUMNS, 0, 0))
shown, end, stopped = b'', time.time() + float(sys.argv[1]), False
while True:
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            some = os.read(terminal, 65536)
        except OSError:
            break
        if not some:
            break
        shown += some
    if time.time() > end and not stopped:
        os.write(terminal, b'\x03')
        stopped = True
    if time.time() > end + 10:
        sys.exit('it does not end')
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = shown.decode('utf-8', 'replace')
if status != 0 or text.count('\x1b[?1049h') != 1 or not text.rstrip().endswith('\x1b[?25h\x1b[?1049l'):
    sys.exit(f'status {status}, and it ends with {text[-60:]!r}')
frames = re.sub(r'\x1b\[\?1049[hl]|\x1b\[\?25[hl]', '', text).split('\x1b[H')[1:]
if len(frames) < 2:
    sys.exit('nothing was drawn')
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
python3 screen.py 1.5 "$spy" sockets -f "$SOCKSPY_RING" >screen || fail "$(cat screen)"
assert_grep '^[0-9:]{8} +[0-9,]+ records, [0-9,]+ sockets, [0-9,]+ connections' screen
assert_grep '^PROCESS +FD ' screen
assert_grep '^leaks\[[0-9]+\] +[0-9]+ +.*peer closed' screen
assert_grep '^… [0-9]+ more' screen
python3 screen.py 1.5 "$spy" connections -f "$SOCKSPY_RING" >screen || fail "$(cat screen)"
assert_grep '^CLIENT +FD ' screen

# Elsewhere: a line when something changes.
start timeout -s INT 8 "$spy" sockets -f --format=jsonl -p "$server" "$SOCKSPY_RING" >changes
follower=$pid
sleep 0.3
recorded "$samples/tcp_echo_client" "$port" hello >/dev/null || fail "tcp_echo_client"
changed() { jq -es 'map(select(.role == "server") | .state) | index("connected") != null and index("closed") != null' changes >/dev/null; }
wait_until changed
kill -INT "$follower"
wait "$follower"
assert_grep '"role":"listening","state":"listening"' changes
