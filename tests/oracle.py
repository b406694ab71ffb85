#!/usr/bin/python3
"""oracle.py [--alone FILE] [--bar PERCENT] [--timeout S] [--verbose] -- COMMAND...

Runs COMMAND once, under `strace -f` and under the library together, and
compares what the two saw of its sockets: process, thread, call, descriptor,
result and error of every call, and the order within each thread. With --alone
strace follows nobody (no -f), and only the first thread is compared; signals
are passed on, the verdict goes to the end of FILE, and the command's own status
comes back: so it can stand in for the command in a script.

strace also prints who made each system call (-k), so that we need not guess:

  the program's   its code, or a library of its, called libc's wrapper of that
                  very call (or the kernel itself): there must be a record
  libc's own      made on the way through another function of libc, such as
                  getaddrinfo or fclose: listed under that function's name
  ours            made by libsockspy.so: the address look-ups

and which descriptors are sockets (-y). The last call of a thread that a signal,
or another thread's exit, ended may have no record, and is listed. Exit 0: recall
reaches the bar (100), nothing was invented and no order differs; 1: not so; 2: it
could not be run.
"""
import argparse
import collections
import contextlib
import glob
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARY = os.path.join(TOP, "libsockspy.so")
VIEWER = os.path.join(TOP, "sockspy")

# Calls that are about sockets whatever descriptor they are given, and calls
# that are about sockets only if a descriptor of theirs is one.
SOCKET_CALLS = """socket socketpair connect accept accept4 bind listen getsockname getpeername getsockopt
    setsockopt shutdown send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg""".split()
OTHER_CALLS = """read write readv writev preadv2 pwritev2 close dup dup2 dup3 fcntl ioctl sendfile splice
    close_range pidfd_getfd""".split()
CALLS = set(SOCKET_CALLS + OTHER_CALLS)

# The names in the API of a system call that has not its own name.
WRAPPERS = {
    "recvfrom": {"recvfrom", "recv"},
    "sendto": {"sendto", "send"},
    "accept4": {"accept4", "accept"},
    "pread64": {"pread"},
    "pwrite64": {"pwrite"},
}
NEW_TASK = {"clone", "clone3", "fork", "vfork"}
EXITS = {"exit", "exit_group"}
TRACED = ["%network", "read", "write", "readv", "writev", "preadv2", "pwritev2", "close", "close_range", "?dup2"]
TRACED += ["dup", "dup3", "fcntl", "ioctl", "sendfile", "splice", "?pidfd_getfd", "clone", "clone3", "?fork", "?vfork",
           "rt_sigreturn", *sorted(EXITS)]
# Where threads wait: a signal that ends one there has cut no call of the above short.
TRACED += ["?poll", "ppoll", "?select", "pselect6", "?epoll_wait", "epoll_pwait", "?epoll_pwait2", "futex", "wait4",
           "clock_nanosleep", "?pause", "rt_sigsuspend"]

LIBC = re.compile(r"/(libc[.-]|libc-2|ld-linux|ld-musl|ld-2|libresolv[.-]|libnss_|libnsl[.-]|librt[.-]|libpthread[.-]"
                  r"|libanl[.-]|libdl[.-])")
LINE = re.compile(r"^(\d+\.\d+) (\w+)\((.*)\) += (\?|0x[0-9a-f]+|-?\d+)(<socket:\[\d+\]>)?(?: (E[A-Z0-9]+))?")
FRAME = re.compile(r"^ > (.*?)\(([^()+]*)(?:\+0x[0-9a-f]+)?\)? ?\[0x")
SOCKET = re.compile(r"(-?\d+)<socket:\[(\d+)\]>")
FIRST_FD = re.compile(r"(-?\d+)")

Call = collections.namedtuple("Call", "pid tid call fd ret errno")


class Line:
    """A system call as strace shows it."""

    def __init__(self, tid, match):
        self.tid = tid
        self.time = float(match[1])
        self.name = match[2]
        self.arguments = match[3]
        self.result = match[4]
        self.new_socket = bool(match[5])
        self.errno = match[6]
        self.frames = []
        self.handler = None  # the first of the calls around a signal handler, see around_handlers
        self.fatal = False  # the thread was ended before it was back, or right after it

    def entry(self):
        """(who, function): "ours"; "direct" if the program made it itself; or
        "libc" with the function of libc that it went in by, the outermost of
        the innermost ones. Where strace has no symbols (in a chroot), one
        function of libc alone is taken for the wrapper of the call."""
        names = [name for _, name in itertools.takewhile(lambda frame: LIBC.search(frame[0]), self.frames)]
        if not names:
            return "ours" if self.frames and "libsockspy" in self.frames[0][0] else "direct", None
        if not names[-1]:
            return ("direct", None) if len(names) == 1 else ("libc", "unknown")
        return "libc", plain_name(names[-1])

    def number(self):
        return int(self.result, 0)

    def sockets(self):
        """The descriptors among the arguments that are sockets: {fd: inode}."""
        return {int(fd): int(inode) for fd, inode in SOCKET.findall(self.arguments)}

    def about_sockets(self):
        return self.name in SOCKET_CALLS or self.name == "close_range" or self.new_socket or bool(self.sockets())

    def descriptor(self):
        """The record's `fd`: what the call acts on, the new one where one is made of nothing."""
        if self.name in ("socket", "pidfd_getfd"):
            return None if self.errno else self.number()
        if self.name in ("socketpair", "close_range"):
            return None
        first = FIRST_FD.match(self.arguments)
        fd = int(first[1]) if first else None
        if self.name == "splice" and self.sockets() and fd not in self.sockets():
            return next(iter(self.sockets()))
        return fd


def plain_name(function):
    """__libc_fcntl64 -> fcntl, __read_chk -> read, preadv64v2 -> preadv2."""
    name = re.sub(r"^_*(?:GI_+)?(?:libc_|IO_)?", "", function)
    return re.sub(r"64|_chk$|_nocancel$|_time64", "", name) or function


def around_handlers(events):
    """A handler that runs when a call returns comes before the end of that
    call: its calls and that one are in no order. Marks them in a thread's
    events, lines and "signal"; the kernel's rt_sigreturn ends a handler."""
    waiting = []  # where a signal came; one without a handler stays
    for at, event in enumerate(events):
        if event == "signal":
            waiting.append(at)
        elif event.name == "rt_sigreturn" and waiting:
            together = [line for line in events[max(waiting.pop() - 1, 0):at] if line != "signal"]
            for line in together:
                line.handler = together[0].handler or together[0]


def cut_short(lines):
    """The thread was ended by others: what it did last may have no record yet, and
    before our own look-ups for a record there is the call that they were for."""
    for line in reversed(lines):
        line.fatal = True
        if line.entry()[0] != "ours":
            break


def read_strace(prefix):
    """All calls, by thread, each thread in its order; and tid -> pid."""
    threads, born = {}, []
    for path in glob.glob(prefix + ".*"):
        tid = int(path.rsplit(".", 1)[1])
        lines = threads[tid] = []
        events = []
        with open(path, encoding="utf-8", errors="replace") as file:
            last = None
            for text in file:
                frame = FRAME.match(text)
                if frame:
                    if last:
                        last.frames.append((frame[1], frame[2]))
                    continue
                match = LINE.match(text)
                last = Line(tid, match) if match else None
                if last:
                    events.append(last)
                elif " --- SIG" in text:
                    events.append("signal")
                if not last:
                    continue
                if last.name in NEW_TASK:
                    if last.result not in "?" and last.number() > 0:
                        born.append((last.time, tid, last.number(), "CLONE_THREAD" in last.arguments))
                else:
                    lines.append(last)
        around_handlers(events)
        if not lines or lines[-1].name not in EXITS:
            cut_short(lines)
    process = {tid: tid for tid in threads}
    for _, parent, child, thread in sorted(born):
        process[child] = process.get(parent, parent) if thread else child
    return threads, process


class Seen:
    """What strace saw, sorted by who made it."""

    def __init__(self):
        self.program = []  # Call, in each thread's order
        self.handlers = []  # of each of these, its Line.handler
        self.inodes = {}  # Call -> inodes seen with it
        self.may = collections.Counter()  # Calls that may have a record, and need not
        self.fatal = collections.Counter()  # of these, the last of threads that were killed
        self.libc = collections.Counter()  # function -> calls
        self.ours = collections.Counter()
        self.bypass = collections.Counter()


def sort_out(threads, process):
    seen = Seen()
    for tid, lines in threads.items():
        for line in lines:
            closed = line.errno == "EBADF"  # may have been a socket once
            if line.name not in CALLS or not (line.about_sockets() or closed):
                continue
            kind, entry = line.entry()
            if kind == "ours":
                seen.ours[line.name] += 1
                continue
            names = WRAPPERS.get(line.name, {line.name})
            if kind == "libc" and entry not in names and entry != "syscall":
                seen.libc[entry] += 1
                continue
            name = entry if entry in names else line.name
            if kind == "direct":
                seen.bypass[line.name] += 1
            if line.result == "?":  # interrupted: restarted below, or EINTR, or the end
                seen.may[Call(process[tid], tid, name, line.descriptor(), -1, "EINTR")] += 1
                continue
            call = Call(process[tid], tid, name, line.descriptor(), line.number(), line.errno)
            if call.fd in line.sockets():
                seen.inodes.setdefault(call, set()).add(line.sockets()[call.fd])
            if line.fatal or line.name == "close_range" or closed and line.name not in SOCKET_CALLS:
                seen.may[call] += 1
                seen.fatal[call] += line.fatal
                continue
            seen.program.append(call)
            seen.handlers.append(line.handler)
    return seen


def read_records(ring):
    """The records that stand for one system call each, the counts of all
    others, and how many were lost."""
    output = subprocess.run([VIEWER, "log", "--format=jsonl", ring], stdout=subprocess.PIPE, check=True).stdout
    direct, others, lost = [], collections.Counter(), 0
    for text in output.decode().splitlines():
        record = json.loads(text)
        name = record["call"]
        if name == "lost":
            lost += record["count"]
        elif name in CALLS:
            # socketpair acts on no descriptor, close_range on many
            fd = None if name in ("socketpair", "close_range") else record.get("fd")
            call = Call(record["pid"], record["tid"], name, fd, record.get("ret"), record.get("errno"))
            direct.append((call, record.get("inode")))
        else:
            others[name] += 1
    return direct, others, lost


def die(message):
    print("oracle: " + message, file=sys.stderr)
    sys.exit(2)


def first_process(ring):
    """The command's number: that of the first program in the ring."""
    output = subprocess.run([VIEWER, "log", "--format=jsonl", "-e", "exec", ring], stdout=subprocess.PIPE, check=True)
    return json.loads(output.stdout.split(b"\n", 1)[0])["pid"]


def pass_signals_on(strace):
    """Who ends us means the command."""
    def to_command(number, _):
        with open("/proc/%d/task/%d/children" % (strace, strace), encoding="ascii") as children:
            for child in children.read().split():
                os.kill(int(child), number)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, to_command)


def run(command, timeout, prefix, ring, alone):
    """Runs it under both; strace writes files that begin with `prefix`. Returns
    how it ended."""
    line = ["strace", "-qq", "-y", "-k", "-ttt", "-s", "32", "-e", "trace=" + ",".join(TRACED),
            "-E", "LD_PRELOAD=" + LIBRARY, "-E", "SOCKSPY_RING=" + ring, "-E", "SOCKSPY_SIZE=64M"]
    line += ["-o", prefix + ".0"] if alone else ["-ff", "-o", prefix]
    child = subprocess.Popen(line + command, start_new_session=not alone)
    if alone:
        pass_signals_on(child.pid)
    try:
        child.wait(timeout)
    except subprocess.TimeoutExpired:
        if not alone:
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
        child.wait()
        die("after %d s it was still running: %s" % (timeout, " ".join(command)))
    if child.returncode != 0 and not alone:
        die("%s ended with %d" % (" ".join(command), child.returncode))
    if alone:
        os.rename(prefix + ".0", "%s.%d" % (prefix, first_process(ring)))
    return child.returncode


def first_disorder(expected, handlers, recorded):
    """The first place where a thread's matched calls differ in order."""
    per_thread = collections.defaultdict(lambda: ([], []))
    for call, handler in zip(expected, handlers):
        per_thread[call.tid][0].append((call, handler))
    for call in recorded:
        per_thread[call.tid][1].append(call)
    for left, right in per_thread.values():
        at = 0
        for handler, group in itertools.groupby(left, lambda pair: pair[1]):
            calls = [call for call, _ in group]
            others = right[at:at + len(calls)]
            at += len(calls)
            if handler:
                calls.sort(key=str)
                others.sort(key=str)
            for one, other in zip(calls, others):
                if one != other:
                    return one, other
    return None


def kept(calls, counts):
    """For each of `calls`: does `counts` still hold it? Takes it from there."""
    counts = counts.copy()
    answers = []
    for call in calls:
        answers.append(counts[call] > 0)
        counts[call] -= 1
    return answers


def show(call):
    error = " " + call.errno if call.errno else ""
    return "%s[%s/%s] fd %s = %s%s" % (call.call, call.pid, call.tid, call.fd, call.ret, error)


def several(title, counter):
    if counter:
        print("  %s: %s" % (title, ", ".join("%s %d" % item for item in sorted(counter.items()))))


def compare(seen, direct, bar, alone):
    """Prints the differences; true if there are few enough. A program alone may
    leave all calls to its children."""
    expected = collections.Counter(seen.program)
    ours = [call for call, _ in direct]
    recorded = collections.Counter(ours)
    missing = expected - recorded
    invented = recorded - expected - seen.may
    matched = expected & recorded
    total, found = sum(expected.values()), sum(matched.values())
    recall = 100.0 * found / total if total else 100.0
    keep = kept(seen.program, matched)
    disorder = first_disorder(itertools.compress(seen.program, keep), itertools.compress(seen.handlers, keep),
                              itertools.compress(ours, kept(ours, matched)))
    inodes = [call for call, inode in direct if inode and call in seen.inodes and inode not in seen.inodes[call]]
    print("  recall %.1f %%: %d of %d calls; %d invented" % (recall, found, total, sum(invented.values())))
    for title, calls in (("missing", missing), ("invented", invented), ("wrong inode", collections.Counter(inodes))):
        for call, count in sorted(calls.items(), key=str):
            print("  %s: %s%s" % (title, show(call), " (%d times)" % count if count > 1 else ""))
    if disorder:
        print("  order: strace has %s where we have %s" % (show(disorder[0]), show(disorder[1])))
    allowed = sum(expected.values()) * (100 - bar) / 100
    return (total > 0 or alone) and recall >= bar and sum(invented.values()) <= allowed and not disorder and not inodes


def ask(options, prefix, ring):
    """Runs the command, prints what they say of it; how it ended, and whether
    they agree."""
    status = run(options.command, options.timeout, prefix, ring, options.alone)
    threads, process = read_strace(prefix)
    seen = sort_out(threads, process)
    direct, others, lost = read_records(ring)
    if options.alone:
        direct = [(call, inode) for call, inode in direct if call.tid in threads]
    print("oracle: %s" % " ".join(options.command)[:100])
    good = compare(seen, direct, options.bar, options.alone) and not lost
    if lost:
        print("  lost: %d records" % lost)
    for call, count in sorted((+(seen.fatal - collections.Counter(call for call, _ in direct))).items(), key=str):
        print("  killed before it could be told: %s%s" % (show(call), " (%d times)" % count if count > 1 else ""))
    several("libc's own", seen.libc)
    several("records of other calls", others)
    if options.verbose:
        several("ours", seen.ours)
        several("without libc", seen.bypass)
    if options.alone:
        print("  agreed" if good else "  NOT AGREED")
    return status, good


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n", 1)[0])
    parser.add_argument("--alone", metavar="FILE")
    parser.add_argument("--bar", type=float, default=100.0)
    parser.add_argument("--timeout", type=int, default=50)
    parser.add_argument("--verbose", action="store_true", help="also what was no call of the program")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    if not shutil.which("strace"):
        die("strace is not installed")
    directory = tempfile.mkdtemp(prefix="sockspy-oracle-")
    ring = os.path.join("/dev/shm" if os.access("/dev/shm", os.W_OK) else directory, os.path.basename(directory))
    try:
        with contextlib.ExitStack() as stack:
            if options.alone:
                report = stack.enter_context(open(options.alone, "a", encoding="utf-8"))
                stack.enter_context(contextlib.redirect_stdout(report))
                stack.enter_context(contextlib.redirect_stderr(report))
            status, good = ask(options, os.path.join(directory, "strace"), ring)
        sys.exit(128 - status if options.alone and status < 0 else status if options.alone else 0 if good else 1)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        if os.path.exists(ring):
            os.unlink(ring)


if __name__ == "__main__":
    main()
