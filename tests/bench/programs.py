"""programs.py - whole programs: plain, under sockspy, and under the tools that
people use today, one after another in the same run."""

import contextlib
import os
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


def requests_per_second(port, seconds):
    text = run("wrk", "-t1", "-c16", f"-d{seconds}s", f"http://127.0.0.1:{port}/")
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("Requests/sec"))


@contextlib.contextmanager
def server(*front, env=None):
    """An nginx behind the words in front; its port."""
    port = free_port()
    with background(*front, *nginx_command(port), env=env):
        wait_for(port)
        yield port


def wrk_and_nginx():
    if not (shutil.which("wrk") and shutil.which("nginx")):
        return
    seconds = 1 if QUICK else 3
    with new_ring() as ring, server() as plain, server(env=environment([LIBRARY], ring)) as recorded:
        rates, shares = [], []
        requests_per_second(plain, 1)
        for i in range(PAIRS):
            order = (plain, recorded) if i % 2 == 0 else (recorded, plain)
            rate = {port: requests_per_second(port, seconds) for port in order}
            rates.append(rate[plain])
            shares.append(rate[recorded] / rate[plain] * 100)
    yield Row("wrk on nginx, plain", rates, "requests/s")
    yield Row("  under sockspy", shares, "% of plain", at_least=97)
    base = statistics.median(rates)
    for name, command in tracers():
        if command[0] != "bpftrace":
            with server(*command) as port:
                yield Row(f"  under {name}", [requests_per_second(port, seconds) / base * 100], "% of plain")


SECTIONS = [("Ping-pong", ping_pong), ("wrk and nginx", wrk_and_nginx)]
