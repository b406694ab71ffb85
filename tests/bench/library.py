"""library.py - what a recorded call costs, and what the library takes besides."""

import os
import re
import resource
import statistics

from measure import BENCH, LIBRARY, QUICK, STANDIN, Row, clock_source, environment, new_ring, numbers, run

CALLS = os.path.join(BENCH, "calls")
PAIRS = 3 if QUICK else 7
RUNS = 3 if QUICK else 5
BATCH = 300_000 if QUICK else 1_000_000


def calls(*arguments, preload=(), ring=None, runs=RUNS, batch=BATCH, **settings):
    """Medians of one run of calls.c: (ns of a call, ns of a clock_gettime)."""
    work = list(arguments) + [0, 1, 1][len(arguments) - 1 :]
    text = run(CALLS, *work, runs, batch, env=environment(preload, ring, **settings))
    of_call, of_clock = zip(*numbers(text))
    return statistics.median(of_call), statistics.median(of_clock)


def added(what, *arguments, at_most=None, ring=None, batch=BATCH, **settings):
    """What the library adds to a call that returns at once: with it less without,
    in pairs."""
    differences, clocks = [], []
    for _ in range(PAIRS):
        without, _ = calls(*arguments, preload=[STANDIN], batch=batch)
        with_us, clock = calls(*arguments, preload=[LIBRARY, STANDIN], ring=ring, batch=batch, **settings)
        differences.append(with_us - without)
        clocks.append(clock)
    return Row(what, differences, "ns", statistics.median(clocks), at_most=at_most)


def one_call():
    bar = 1.0 if clock_source() == "tsc" else 3.0
    with new_ring() as ring:
        calls("send", preload=[LIBRARY, STANDIN], ring=ring)  # touches its pages
        samples = [calls("none")[1] for _ in range(PAIRS)]
        yield Row("one clock_gettime(CLOCK_MONOTONIC)", samples, "ns", statistics.median(samples))
        yield added("send, recorded, no payload", "send", at_most=bar, ring=ring)
        yield added("send, 32 bytes of payload kept", "send", 32, at_most=bar + 0.25, ring=ring, data=32)
        yield added("send, 1024 bytes of payload kept", "send", 1024, ring=ring, data=1024)
        yield added("recv, recorded, no payload", "recv", ring=ring)
        yield added("read of a file", "read", 64, at_most=0.15, ring=ring)
        yield added("write to a file", "write", 64, at_most=0.15, ring=ring)
        yield added("send, not asked for (SOCKSPY_TRACE=!send)", "send", ring=ring, trace="!send")
    yield added("send, recording off (no ring to be had)", "send", ring="/dev/null/ring")


def many_at_once():
    with new_ring() as ring:
        calls("send", preload=[LIBRARY, STANDIN], ring=ring)
        alone = None
        for threads in (1, 2, 4, 8):
            row = added(f"send, recorded, {threads} thread{'s'[: threads > 1]}", "send", 0, threads, ring=ring)
            yield row
            alone = alone or row.value
            if threads == 2:
                yield Row("  two threads against one", [row.value / alone], "times", at_most=1.5)
        for processes in (2, 4):
            yield added(f"send, recorded, {processes} processes", "send", 0, 1, processes, ring=ring)


def cycles():
    batch = 2_000 if QUICK else 10_000
    plain, more, percent, clock = [], [], [], 20
    with new_ring() as ring:
        for _ in range(PAIRS):
            without, _ = calls("cycle", batch=batch)
            with_us, clock = calls("cycle", preload=[LIBRARY], ring=ring, batch=batch)
            plain.append(without)
            more.append(with_us - without)
            percent.append((with_us / without - 1) * 100)
    yield Row("socket, connect, accept, close, close", plain, "ns", clock)
    yield Row("  added by recording", more, "ns", clock)
    yield Row("  the same", percent, "%")


def start_up():
    runs = 50 if QUICK else 400
    startup = os.path.join(BENCH, "startup")
    with new_ring() as ring:
        pairs = numbers(run(startup, LIBRARY, "true", runs, env=environment(ring=ring)))
    plain, with_us = (statistics.median(column) for column in zip(*pairs))
    yield Row("true, from start to end", [plain], "ms")
    quarters = [pairs[i::4] for i in range(4)]
    samples = [statistics.median(b for _, b in part) - statistics.median(a for a, _ in part) for part in quarters]
    yield Row("  added, with a ring that exists", samples, "ms", at_most=0.5)
    samples = []
    for i in range(5 if QUICK else 20):
        with new_ring(f"ring{i}") as ring:
            command = ["sh", "-c", 'LD_PRELOAD="$0" exec true', LIBRARY]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            run(*command, env=environment(ring=ring))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            samples.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 - plain)
    yield Row("  added, with a ring of 8M to be made (processor time)", samples, "ms")


def own_memory(smaps):
    """KiB of what is ours alone in a process: all of the library, and what is not
    a file's. (Of libc, more pages show up with us, but no more memory is used.)"""
    total, field = 0, ""
    for line in smaps.splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            field = "Rss:" if line.endswith(LIBRARY) else "Anonymous:"
        elif line.startswith(field):
            total += int(line.split()[1])
    return total


def memory():
    program = os.path.join(BENCH, "memory")
    samples = []
    with new_ring() as ring:
        for _ in range(PAIRS):
            without = own_memory(run(program))
            samples.append(own_memory(run(program, env=environment([LIBRARY], ring))) - without)
    yield Row("memory beside the ring, 100 sockets", samples, "KiB", at_most=256)


def first_touch():
    lap = 65_000  # records of a ring of 8M
    first, later = [], []
    for i in range(PAIRS):
        with new_ring(f"ring{i}") as ring:
            text = run(CALLS, "send", 0, 1, 1, 5, lap, env=environment([LIBRARY, STANDIN], ring))
            of_call, clock = zip(*numbers(text))
            first.append(of_call[0])
            later.append(statistics.median(of_call[1:]))
    yield Row("send in a new ring's first lap, with page faults", first, "ns", statistics.median(clock))
    yield Row("  in its later laps", later, "ns", statistics.median(clock))


SECTIONS = [
    ("One call that returns at once: what recording adds", one_call),
    ("Many at once, each on a socket of its own: what recording adds to a call", many_at_once),
    ("Real connections over loopback", cycles),
    ("Starting", start_up),
    ("Memory", memory),
    ("The first touch of a new ring", first_touch),
]
