#!/usr/bin/env python3
"""bench.py [--format=text|jsonl] [--base=DIR] [SECTION...] - what recording costs.

SECTION: the beginning of a section's title; all of them without. Each figure is
the median of several runs; beside it the lowest and highest, and the bar that
it has to meet. The unit "clock" is one clock_gettime(CLOCK_MONOTONIC), measured
in the same run. DURATION=quick measures less often. With --base, each figure of
this checkout beside that of another one, which is built already, and their ratio:
median, lowest and highest of several rounds. Exit status 1 if a bar was missed. Only an otherwise idle machine tells the truth.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing is left in the source tree

import compare  # noqa: E402
import library  # noqa: E402
import programs  # noqa: E402
import report  # noqa: E402
import viewer  # noqa: E402
from measure import BENCH, clock_source, end_cleanly  # noqa: E402


def machine():
    name = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return {
        "processor": name,
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "libc": " ".join(platform.libc_ver()),
        "clock": clock_source(),
        "load": round(os.getloadavg()[0], 2),
    }


def number(value):
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.995 else f"{value:.3f}"


def text_row(row):
    clocks = f"{row.clocks:,.2f}" if row.clocks is not None else ""
    bar = ""
    if row.met is not None:
        limit = f"≤ {row.at_most:g}" if row.at_most is not None else f"≥ {row.at_least:g}"
        bar = f"{limit}{' clocks' if row.clocks is not None else ''}  {'met' if row.met else 'MISSED'}"
    extremes = f"{number(row.low)} … {number(row.high)}"
    return f"{row.what:<52} {number(row.value):>9} {row.unit:<17} {clocks:>9}  {extremes:<22} {bar}".rstrip()


def ratio_row(row):
    figures = f"{number(row['here']):>9} {number(row['base']):>9} {row['unit']:<17}"
    return f"{row['what']:<52} {figures} {row['ratio']:>7.3f} ×  {row['min']:.3f} … {row['max']:.3f}"


def print_ratios(base, title, as_json):
    if not as_json:
        print(f"\n{title}\n{'':<52} {'here':>9} {'base':>9} {'':<17} {'ratio':>7}    lowest … highest")
    for row in compare.compare(base, title):
        print(json.dumps(row) if as_json else ratio_row(row))
        sys.stdout.flush()


def study(as_json):
    """The ring's layouts, as layouts.c prints them."""
    text = subprocess.run([os.path.join(BENCH, "layouts")], stdout=subprocess.PIPE, text=True, check=True).stdout
    if not as_json:
        return "\nLayouts of the ring (layouts.c)\n" + text.rstrip()
    keys = ("ns_1_thread", "ns_2_threads", "ns_64_threads", "history_2_cpus", "history_64_cpus")
    lines = [line.replace(" ns ", " ").split() for line in text.splitlines()[1:]]
    rows = [{"layout": name} | dict(zip(keys, map(float, values))) for name, *values in lines]
    return "\n".join(json.dumps({"section": "Layouts of the ring"} | row) for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=("text", "jsonl"), default="text")
    parser.add_argument("--base", help="another checkout, built")
    parser.add_argument("section", nargs="*")
    options = parser.parse_args()
    end_cleanly()

    def asked(title):
        return not options.section or any(title.lower().startswith(word.lower()) for word in options.section)

    missed = 0
    if options.format == "jsonl":
        print(json.dumps({"machine": machine()}))
    else:
        print(", ".join(f"{key} {value}" for key, value in machine().items()))
    for title, rows in library.SECTIONS + programs.SECTIONS + viewer.SECTIONS + report.SECTIONS:
        if not asked(title):
            continue
        if options.base:
            print_ratios(os.path.abspath(options.base), title, options.format == "jsonl")
            continue
        if options.format == "text":
            print(f"\n{title}\n{'':<52} {'median':>9} {'':<17} {'clocks':>9}  {'lowest … highest':<22} bar")
        for row in rows():
            missed += row.met is False
            print(json.dumps({"section": title} | row.as_dict()) if options.format == "jsonl" else text_row(row))
            sys.stdout.flush()
    if asked("Layouts") and not options.base:
        print(study(options.format == "jsonl"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
