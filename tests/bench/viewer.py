"""viewer.py - how fast the log is printed, and how soon."""

import os
import re
import subprocess
import time

from measure import BENCH, LIBRARY, QUICK, STANDIN, VIEWER, Row, environment, new_ring, numbers, run
from library import CALLS

RUNS = 3 if QUICK else 5


def seconds_of(*command):
    """How long it runs, with its output thrown away."""
    begin = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begin


def speed():
    size, records = ("64M", 600_000) if QUICK else ("512M", 4_500_000)
    with new_ring() as ring:
        run(CALLS, "send", 0, 1, 1, 1, records, env=environment([LIBRARY, STANDIN], ring, size=size))
        here = int(re.search(r"([0-9,]+) here", run(VIEWER, "info", ring)).group(1).replace(",", ""))
        for what, words, bar in (("log", ["log"], None), ("log --format=jsonl", ["log", "--format=jsonl"], 1.5)):
            samples = [here / seconds_of(VIEWER, *words, ring) / 1e6 for _ in range(RUNS)]
            yield Row(what, samples, "million records/s", at_least=bar)
    with new_ring() as ring:
        run(CALLS, "send", 0, 1, 1, 1, 100_000, env=environment([LIBRARY, STANDIN], ring))
        samples = [seconds_of(VIEWER, "log", ring) * 1000 for _ in range(RUNS)]
        yield Row("log of a full ring of 8M", samples, "ms")


def verbs():
    """The verbs over the model; ten million records are to take a minute at most."""
    cycles, size = (40_000, "64M") if QUICK else (300_000, "256M")
    with new_ring() as ring:
        run(CALLS, "cycle", 0, 1, 1, 1, cycles, env=environment([LIBRARY], ring, size=size))
        here = int(re.search(r"([0-9,]+) here", run(VIEWER, "info", ring)).group(1).replace(",", ""))
        for verb in ("connections", "sockets", "stat", "audit"):
            samples = [here / seconds_of(VIEWER, verb, ring) / 1e6 for _ in range(RUNS)]
            yield Row(verb, samples, "million records/s", at_least=10 / 60)


def follower():
    count, idle = (10, 3) if QUICK else (40, 10)
    with new_ring() as ring:
        program = os.path.join(BENCH, "follow")
        text = run(program, idle, count, VIEWER, "log", "-f", ring, env=environment([LIBRARY], ring))
    lines = text.splitlines()
    samples = [line[0] for line in numbers("\n".join(lines[:-1]))]
    yield Row("log -f: from the call to its line", samples, "ms", at_most=50)
    yield Row("  slowest of them", [max(samples)], "ms", at_most=50)
    yield Row("log -f when nothing happens", [float(lines[-1].split()[1])], "% of a processor", at_most=0.5)


SECTIONS = [("The viewer's speed", speed), ("Sockets and connections", verbs), ("Following", follower)]
