"""report.py - the report of 100,000 records: how long until it is written, there in
a browser, and drawn anew."""

import json
import os
import shutil
import time

from measure import LIBRARY, QUICK, TOP, VIEWER, Row, environment, new_ring, run, scratch

RUNS = 1 if QUICK else 5
DRAW = """(() => { const begin = performance.now();
    for (let i = 0; i < 10; i++) { timeline.zoom(0.5); drawing.draw(); }
    timeline.fit(); drawing.draw();
    return (performance.now() - begin) / 11; })()"""
CHOOSE = """(() => { const begin = performance.now(); change({connection: 300});
    document.body.offsetHeight; return performance.now() - begin; })()"""
FILTER = """(() => { const begin = performance.now(); byId("filter").value = "127";
    byId("filter").dispatchEvent(new Event("input")); document.body.offsetHeight;
    return performance.now() - begin; })()"""
FIGURES = (
    ("in a browser: from asking to ready", "Number(document.documentElement.dataset.ready)", 3000),
    ("  the timeline drawn anew", DRAW, 16),
    ("  one connection chosen", CHOOSE, 300),
    ("  the filter typed into", FILTER, 100),
)


def report():
    page = os.path.join(scratch(), "page.html")
    with new_ring() as ring:
        program = os.path.join(TOP, "tests", "many_records.py")
        run("/usr/bin/python3", program, env=environment([LIBRARY], ring, size="64M", data=32))
        samples = []
        for _ in range(RUNS):
            begin = time.monotonic()
            run(VIEWER, "report", "-o", page, ring)
            samples.append((time.monotonic() - begin) * 1000)
    yield Row("report of 100,000 records", samples, "ms")
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return
    words = [word for _, script, _ in FIGURES for word in ("eval", script)]
    command = [os.path.join(TOP, "tests", "browser.py"), page, "wait", "document.documentElement.dataset.ready", *words]
    runs = [[json.loads(line) for line in run(*command).splitlines()] for _ in range(RUNS)]
    os.unlink(page)
    for (what, _, bar), samples in zip(FIGURES, zip(*runs)):
        yield Row(what, samples, "ms", at_most=bar)


SECTIONS = [("The report", report)]
