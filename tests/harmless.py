#!/usr/bin/env python3
"""harmless.py FORM FILE... - can what sockspy printed do no harm?

FORM: text, colour (text with colours), jsonl, csv, json, html, pcapng. Each file must
be what it says it is to a strict reader, and must hold nothing that a terminal, a
browser or a spreadsheet would obey. Names each file that is not so; fails then.
"""

import csv
import io
import json
import re
import struct
import sys
import unicodedata

FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
COLOUR = re.compile(r"\x1b\[\d{1,2}m")
UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10)))


def check_characters(text, ours="\n"):
    """Nothing that moves the cursor, changes the direction, or is not seen."""
    for line in text.split("\n"):
        for char in line:
            sly = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in UNSEEN
            if sly and char not in ours:
                raise ValueError(f"U+{ord(char):04x} in {line!r}")


def no_constant(word):
    raise ValueError(f"{word} is no JSON")


def once(pairs):
    """An object; no key twice."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key twice: {keys}")
    return dict(pairs)


def parse(text):
    value = json.loads(text, parse_constant=no_constant, object_pairs_hook=once)
    json.dumps(value, ensure_ascii=False).encode()  # no half of a surrogate pair
    return value


def check_text(text):
    check_characters(text)


def check_colour(text):
    check_characters(COLOUR.sub("", text))


def check_jsonl(text):
    check_characters(text)
    for line in text.splitlines():
        if not isinstance(parse(line), dict):
            raise ValueError(f"no object: {line}")


def check_csv(text):
    check_characters(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for row in rows:
        if len(row) != len(rows[0]):
            raise ValueError(f"{len(row)} fields, not {len(rows[0])}: {row}")
        for field in row:
            if FORMULA.match(field) and not NUMBER.fullmatch(field):
                raise ValueError(f"a formula: {field!r}")


def check_json(text):
    check_characters(text)
    parse(text)


def check_html(text):
    check_characters(text, "\n\t")
    before, recording, _ = re.split(r'<script type="application/json" id="recording">|</script>', text, maxsplit=2)
    if "<script" in before.split("</head>")[-1]:
        raise ValueError("the recording is not where it should be")
    if "<" in recording:
        raise ValueError("a tag in the recording")
    parse(recording)


def check_pcapng(data):
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size % 4 != 0 or size < 12 or at + size > len(data):
            raise ValueError(f"a block {kind:#x} of {size} bytes at {at}")
        if struct.unpack_from("<I", data, at + size - 4)[0] != size:
            raise ValueError(f"two sizes of the block at {at}")
        at += size


def main():
    form = sys.argv[1]
    check = globals()["check_" + form]
    wrong = 0
    for path in sys.argv[2:]:
        with open(path, "rb") as file:
            data = file.read()
        try:
            check(data if form == "pcapng" else data.decode("utf-8", "strict"))
        except (ValueError, struct.error, csv.Error) as error:
            print(f"{path}: {error}", file=sys.stderr)
            wrong += 1
    sys.exit(wrong != 0)


main()
