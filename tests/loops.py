#!/usr/bin/env python3
"""loops.py OBJECT... - names the object files that depend on each other in a loop.

A file depends on another if it uses a symbol that the other defines. Prints each
loop with the symbols that close it; exit status 1 if there is one.
"""
import pathlib
import subprocess
import sys


def read(paths):
    """By file, the global symbols that it defines, and those that it uses."""
    files = {pathlib.Path(path).stem: (set(), set()) for path in paths}
    lines = subprocess.run(["nm", "-A", *paths], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in lines:
        path, _, rest = line.partition(":")
        kind, symbol = rest.split()[-2:]
        if kind.isupper():
            files[pathlib.Path(path).stem][kind == "U"].add(symbol)
    return files


def reach(uses, start):
    """All files on which a file depends, directly or not."""
    found, todo = set(), [start]
    while todo:
        for name in uses[todo.pop()].keys() - found:
            found.add(name)
            todo.append(name)
    return found


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: loops.py OBJECT...")
    files = read(sys.argv[1:])
    home = {symbol: name for name, (defined, _) in files.items() for symbol in defined}
    uses = {name: {} for name in files}
    for name, (defined, used) in files.items():
        for symbol in sorted(used - defined):
            if symbol in home:
                uses[name].setdefault(home[symbol], []).append(symbol)
    reached = {name: reach(uses, name) for name in files}
    looped = sorted(name for name in files if name in reached[name])
    for name in looped:
        for other in sorted(uses[name]):
            if name in reached[other]:
                print(f"{name} -> {other}: {', '.join(uses[name][other])}")
    sys.exit(1 if looped else 0)


main()
