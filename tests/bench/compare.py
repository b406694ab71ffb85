"""compare.py - the same figures of two checkouts, measured in turn in one run.

Each round measures both with the measurements of this one, section by section,
now the one first and now the other; so what changes on the machine meanwhile
changes both. A ratio is that of one round; above 1: more here than there.
"""

import json
import os
import statistics
import subprocess
import sys

from measure import QUICK, TOP

ROUNDS = 3 if QUICK else 5


def measured(top, title):
    """The rows of one section, of what was built in `top`: (what, unit) to value."""
    program = os.path.join(TOP, "tests", "bench", "bench.py")
    done = subprocess.run(
        [sys.executable, program, "--format=jsonl", title],
        env=os.environ | {"BENCH_TOP": top, "DURATION": "quick"},
        stdout=subprocess.PIPE,
        check=False,  # a bar that was missed is no matter here
        text=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    figures = {(row["what"], row["unit"]): row["value"] for row in rows if row.get("section") == title}
    if done.returncode != 0 and not figures:
        raise RuntimeError(f"{title}: nothing was measured of {top}")
    return figures


def compare(base, title):
    """Yields a dictionary for each figure that both have."""
    here, there = [], []
    for i in range(ROUNDS):
        pair = [(here, TOP), (there, base)]
        for rows, top in pair if i % 2 == 0 else reversed(pair):
            rows.append(measured(top, title))
    for key in here[0]:
        both = [(a[key], b[key]) for a, b in zip(here, there) if key in a and key in b]
        ratios = [a / b for a, b in both if b > 0]
        if not ratios:
            continue
        yield {
            "section": title,
            "what": key[0],
            "unit": key[1],
            "here": statistics.median(a for a, _ in both),
            "base": statistics.median(b for _, b in both),
            "ratio": round(statistics.median(ratios), 3),
            "min": round(min(ratios), 3),
            "max": round(max(ratios), 3),
        }
