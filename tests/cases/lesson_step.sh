#!/usr/bin/env bash
# --step on a terminal: each Enter shows one step more, q ends it, Ctrl-C ends it and
# leaves no program, no ring and the terminal as it was.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
cat >step.py <<'END'
import glob, os, pty, select, signal, sys, termios, time

def play(keys, args, patience=15):
    """Runs sockspy lesson on a terminal and presses a key at each prompt."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(master)
        import fcntl
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.environ.update(TERM='xterm', LC_ALL='C.UTF-8')
        os.execv(args[0], args)
    shown, pressed, end = b'', [], time.time() + patience
    prompt = b'-- Enter: next, q and Enter: end -- '
    status = None
    while time.time() < end and status is None:
        if select.select([master], [], [], 0.05)[0]:
            shown += os.read(master, 65536)
        if shown.count(prompt) > len(pressed) and len(pressed) < len(keys):
            pressed.append(len(shown))
            os.write(master, keys[len(pressed) - 1])
        done, code = os.waitpid(pid, os.WNOHANG)
        status = code if done else None
    while select.select([master], [], [], 0.1)[0]:
        shown += os.read(master, 65536)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        sys.exit('it did not end: ' + shown[-300:].decode(errors='replace'))
    if termios.tcgetattr(slave) != before:
        sys.exit('the terminal is not as it was')
    return os.waitstatus_to_exitcode(status), shown, pressed, pid

def want(condition, what, shown):
    if not condition:
        sys.exit(what + ': ' + shown[-500:].decode(errors='replace'))

spy = sys.argv[1]
lesson = [spy, 'lesson', '1', '--step', '--brief', '--lang=en']
code, shown, pressed, _ = play([b'\n'] * 200, lesson)
want(code == 0 and b'What to notice' in shown, 'all the way', shown)
want(len(pressed) > 15, 'too few steps', shown)
want(all(b > a for a, b in zip(pressed, pressed[1:])), 'a step showed nothing', shown)
code, shown, pressed, _ = play([b'\n', b'\n', b'q\n'], lesson)
want(code == 0 and len(pressed) == 3 and b'What to notice' not in shown, 'q', shown)
code, shown, pressed, pid = play([b'\n', b'\x03'], lesson)
want(code == 130 and len(pressed) == 2, 'Ctrl-C gives %d' % code, shown)
want(not os.path.exists('/dev/shm/sockspy-%d.run-%d' % (os.getuid(), pid)), 'the ring is left', shown)

def interrupt(programs, delay):
    """Ctrl-C while so many programs of lesson 7, which takes half a second, run."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        import fcntl
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.execv(spy, [spy, 'lesson', '7'])
    def children():
        with open('/proc/%d/task/%d/children' % (pid, pid)) as file:
            return file.read().split()
    end = time.time() + 10
    while len(children()) < programs and time.time() < end:
        time.sleep(0.0005)
    started = children()
    want(len(started) >= programs, 'no programs are running', b'')
    time.sleep(delay)
    os.write(master, b'\x03')
    _, status = os.waitpid(pid, 0)
    want(os.waitstatus_to_exitcode(status) == 130, 'Ctrl-C in mid-play', str(status).encode())
    want(not any(os.path.exists('/proc/' + p) for p in started), 'programs are left', str(started).encode())
    want(not glob.glob('/dev/shm/sockspy-*.run-%d*' % pid), 'the ring is left, whole or in the making', b'')
    want(termios.tcgetattr(slave) == before, 'the terminal is not as it was', b'')
    os.close(master)
    os.close(slave)

for round in range(10):
    interrupt(1, 0.0005 * round)  # the server may be making the ring
    interrupt(2, 0.02 * round)
END
python3 step.py "$spy" >out 2>&1 || fail "$(cat out)"
