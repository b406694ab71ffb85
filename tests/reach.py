#!/usr/bin/python3
"""reach.py LIBC - the functions that LIBC (x86-64) exports and that can end in a
system call which makes, names, uses or copies a socket, as its machine code
says: one a line, with those calls behind it.

Calls through pointers are not followed, and a number that is put into eax counts
for the next syscall instruction; so this is a hint of what may be missing from
calls.def, good enough to find a name that nobody thought of.
"""
import bisect
import collections
import re
import subprocess
import sys

CALLS = {
    32: "dup", 33: "dup2", 40: "sendfile", 41: "socket", 42: "connect", 43: "accept", 44: "sendto", 45: "recvfrom",
    46: "sendmsg", 47: "recvmsg", 48: "shutdown", 49: "bind", 50: "listen", 51: "getsockname", 52: "getpeername",
    53: "socketpair", 54: "setsockopt", 55: "getsockopt", 275: "splice", 276: "tee", 278: "vmsplice",
    288: "accept4", 292: "dup3", 299: "recvmmsg", 307: "sendmmsg", 436: "close_range", 438: "pidfd_getfd",
}
LINE = re.compile(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)")


def output(*command):
    # readelf warns of a missing debug file, and fails for it
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", errors="replace").stdout


class Functions:
    """Where each function begins and ends, by the unwind tables."""

    def __init__(self, library):
        text = output("readelf", "--debug-dump=frames", library)
        self.ranges = sorted({(int(a, 16), int(b, 16)) for a, b in re.findall(r"pc=([0-9a-f]+)\.\.([0-9a-f]+)", text)})
        self.starts = [start for start, _ in self.ranges]

    def at(self, address):
        i = bisect.bisect_right(self.starts, address) - 1
        return self.starts[i] if i >= 0 and address < self.ranges[i][1] else None


def read_code(library, functions):
    """(function -> who calls or jumps to it, function -> system calls in it)"""
    callers, made, number = collections.defaultdict(set), collections.defaultdict(set), None
    for text in output("objdump", "-d", "--no-show-raw-insn", library).splitlines():
        line = LINE.match(text)
        function = functions.at(int(line[1], 16)) if line else None
        if function is None:
            continue
        constant = re.match(r"\$0x([0-9a-f]+),%eax", line[3])
        target = re.match(r"([0-9a-f]+) <", line[3])
        if line[2] == "mov" and constant:
            number = int(constant[1], 16)
        elif line[2] == "syscall" and number in CALLS:
            made[function].add(CALLS[number])
        elif target and (line[2] == "call" or line[2].startswith("j")):
            callers[functions.at(int(target[1], 16))].add(function)
    return callers, made


def main():
    library = sys.argv[1]
    functions = Functions(library)
    callers, made = read_code(library, functions)
    reached = collections.defaultdict(set)
    for start, calls in made.items():
        todo, seen = [start], {start}
        while todo:
            function = todo.pop()
            reached[function] |= calls
            todo += callers[function] - seen
            seen |= callers[function]
    names = collections.defaultdict(set)
    for text in output("nm", "-D", "--defined-only", library).splitlines():
        address, kind, name = text.split()
        if kind in "TWi" and "GLIBC_PRIVATE" not in name:
            names[name.split("@")[0]] |= reached.get(int(address, 16), set())
    for name, calls in sorted(names.items()):
        if calls:
            print(name, ",".join(sorted(calls)))


if __name__ == "__main__":
    main()
