"""programs.py - whole programs: plain, under sockspy, and under the tools that
people use today, one after another in the same run."""

import contextlib
import os
import re
import shutil
import socket
import statistics
import time

from measure import BENCH, LIBRARY, QUICK, Row, background, environment, new_ring, run, scratch
from library import calls

PINGPONG = os.path.join(BENCH, "pingpong")
PAIRS = 3 if QUICK else 9

TRACERS = {
    "strace -f": ["strace", "-f", "-o", "/dev/null"],
    "ltrace -f": ["ltrace", "-f", "-o", "/dev/null"],
    "perf trace": ["perf", "trace", "-o", "/dev/null"],
    "bpftrace": ["bpftrace", "-o", "/dev/null", "-e", "tracepoint:syscalls:sys_exit_* { printf(\"%d %d\\n\", pid, args->ret); }", "-c"],
}


def tracers():
    """Those that are here and can trace `true`: name, and the words in front."""
    for name, command in TRACERS.items():
        if shutil.which(command[0]):
            with contextlib.suppress(RuntimeError):
                traced(command, "true")
                yield name, command


def traced(command, *program):
    if command[0] == "bpftrace":
        return run(*command, " ".join(map(str, program)))
    return run(*command, *program)


def ping_pong():
    seconds = 0.3 if QUICK else 1
    plain, differences = [], []
    clock = calls("none")[1]
    with new_ring() as ring:
        for _ in range(PAIRS):
            without = float(run(PINGPONG, seconds))
            plain.append(without)
            differences.append(float(run(PINGPONG, seconds, env=environment([LIBRARY], ring))) - without)
    base = statistics.median(plain)
    yield Row("a call of a loopback ping-pong, plain", plain, "ns", clock)
    yield Row("  added by sockspy", differences, "ns", clock)
    for name, command in tracers():
        samples = [float(traced(command, PINGPONG, seconds).split()[0]) - base for _ in range(3)]
        yield Row(f"  added by {name}", samples, "ns", clock)


# --- wrk and nginx ---------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def nginx_command(port):
    """An nginx with one worker that answers 200 on this port."""
    place = os.path.join(scratch(), f"nginx{port}")
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, "nginx.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(
            f"daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;"
            + ("user root;" if os.geteuid() == 0 else "")
            + f"events {{ }} http {{ access_log off; client_body_temp_path {place};"
            f" proxy_temp_path {place}; fastcgi_temp_path {place}; uwsgi_temp_path {place}; scgi_temp_path {place};"
            f' keepalive_requests 1000000000; server {{ listen 127.0.0.1:{port}; return 200 "hello\\n"; }} }}\n'
        )
    return ["nginx", "-p", place, "-c", path]


def wait_for(port):
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("nginx does not answer")


def load(port, seconds):
    """What wrk reaches: requests per second, and requests in all."""
    text = run("wrk", "-t1", "-c16", f"-d{seconds}s", f"http://127.0.0.1:{port}/")
    return float(re.search(r"Requests/sec: *([0-9.]+)", text).group(1)), int(
        re.search(r"(\d+) requests in", text).group(1)
    )


def worker_ns(master):
    """The processor time of nginx's worker until now, in ns."""
    with open(f"/proc/{master}/task/{master}/children", encoding="ascii") as file:
        worker = file.read().split()[0]
    with open(f"/proc/{worker}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0])


def wrk(server, seconds):
    """Requests per second, and the worker's processor time of one, in ns."""
    master, port = server
    before = worker_ns(master)
    rate, requests = load(port, seconds)
    return rate, (worker_ns(master) - before) / requests


@contextlib.contextmanager
def nginx(*front, env=None):
    """An nginx behind the words in front: the pid of its master, and its port."""
    port = free_port()
    with background(*front, *nginx_command(port), env=env) as process:
        wait_for(port)
        yield process.pid, port


def wrk_and_nginx():
    if not (shutil.which("wrk") and shutil.which("nginx")):
        return
    seconds = 1 if QUICK else 3
    rates, shares, used, added = [], [], [], []
    with new_ring() as ring, nginx() as plain, nginx(env=environment([LIBRARY], ring)) as recorded:
        wrk(plain, 1)
        wrk(recorded, 1)
        for i in range(PAIRS):
            if i % 2 == 0:
                (rate, ns), (rate_recorded, ns_recorded) = wrk(plain, seconds), wrk(recorded, seconds)
            else:
                (rate_recorded, ns_recorded), (rate, ns) = wrk(recorded, seconds), wrk(plain, seconds)
            rates.append(rate)
            shares.append(rate_recorded / rate * 100)
            used.append(ns)
            added.append(ns_recorded - ns)
    yield Row("wrk on nginx, plain", rates, "requests/s")
    yield Row("  under sockspy", shares, "% of plain", at_least=97)
    yield Row("  nginx's processor time for a request, plain", used, "ns")
    yield Row("  added to it by sockspy", added, "ns")
    base = statistics.median(rates)
    for name, command in tracers():
        if command[0] != "bpftrace":
            with background(*command, *nginx_command(port := free_port())):
                wait_for(port)
                yield Row(f"  under {name}", [load(port, seconds)[0] / base * 100], "% of plain")


SECTIONS = [("Ping-pong", ping_pong), ("wrk and nginx", wrk_and_nginx)]
