"""measure.py - what the measurements share: running programs, samples, rows."""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(TOP, "build", "bench")
MEASURED = os.environ.get("BENCH_TOP", TOP)  # another checkout, for compare.py
LIBRARY = os.path.join(MEASURED, "libsockspy.so")
VIEWER = os.path.join(MEASURED, "sockspy")
STANDIN = os.path.join(BENCH, "standin.so")
QUICK = os.environ.get("DURATION") == "quick"


def clock_source():
    with contextlib.suppress(OSError), open(
        "/sys/devices/system/clocksource/clocksource0/current_clocksource", encoding="ascii"
    ) as file:
        return file.read().strip()
    return "unknown"


class Row:
    """One figure: the median of its samples, their extremes, and its bar.

    samples: in `unit`; clock: ns of one clock_gettime in the same run, where the
    figure is also told in clocks; at_most, at_least: the bar, in clocks if there
    is a clock, else in `unit`.
    """

    def __init__(self, what, samples, unit, clock=None, at_most=None, at_least=None):
        self.what, self.unit, self.clock = what, unit, clock
        self.value = statistics.median(samples)
        self.low, self.high = min(samples), max(samples)
        self.at_most, self.at_least = at_most, at_least

    @property
    def clocks(self):
        return self.value / self.clock if self.clock else None

    @property
    def met(self):
        judged = self.value if self.clocks is None else self.clocks
        if self.at_most is not None:
            return judged <= self.at_most
        return None if self.at_least is None else judged >= self.at_least

    def as_dict(self):
        row = {"what": self.what, "unit": self.unit, "value": round(self.value, 4)}
        row.update(min=round(self.low, 4), max=round(self.high, 4))
        if self.clocks is not None:
            row.update(clocks=round(self.clocks, 3), clock_ns=round(self.clock, 3))
        for key in ("at_most", "at_least"):
            if getattr(self, key) is not None:
                row[key] = getattr(self, key)
        if self.met is not None:
            row["met"] = self.met
        return row


def environment(preload=None, ring=None, **settings):
    """Our own environment without settings of sockspy, with these instead."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("SOCKSPY_") and k != "LD_PRELOAD"}
    if preload:
        env["LD_PRELOAD"] = " ".join(preload)
    if ring:
        env["SOCKSPY_RING"] = ring
    env.update({f"SOCKSPY_{k.upper()}": str(v) for k, v in settings.items()})
    return env


def run(*command, env=None):
    """Runs it to its end and returns what it printed."""
    done = subprocess.run(
        [str(word) for word in command], env=env or environment(), stdout=subprocess.PIPE, check=False, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout


def numbers(text):
    """The lines of numbers that a program printed, as lists."""
    return [[float(word) for word in line.split()] for line in text.splitlines()]


_scratch = None


def scratch():
    """A directory of ours, in memory where possible; gone at the end."""
    global _scratch
    if _scratch is None:
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        _scratch = tempfile.TemporaryDirectory(prefix="sockspy-bench-", dir=place)
    return _scratch.name


@contextlib.contextmanager
def new_ring(name="ring"):
    """The path of a ring that is not there yet, and not there afterwards."""
    path = os.path.join(scratch(), name)
    try:
        yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def end_cleanly():
    """A signal ends us by an exception, so that everything is put away."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))


@contextlib.contextmanager
def background(*command, env=None):
    """Runs it until the block ends."""
    process = subprocess.Popen(
        [str(word) for word in command],
        env=env or environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
