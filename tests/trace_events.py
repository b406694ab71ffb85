#!/usr/bin/env python3
"""trace_events.py FILE - is it a sound trace in Chrome's form?

Checks each event against the documented fields of its phase, that the slices of
a thread nest, that every arrow has both its ends within slices, and every span
its beginning and end. Prints how many there are of each phase, as JSON.
"""
import collections
import json
import sys

FIELDS = {  # phase: what it must have besides pid, tid, ts, name
    "X": {"dur": (int, float), "cat": str, "args": dict},
    "i": {"s": str},
    "b": {"cat": str, "id": str},
    "e": {"cat": str, "id": str},
    "s": {"cat": str, "id": int},
    "f": {"cat": str, "id": int, "bp": str},
    "C": {"args": dict},
    "M": {"args": dict},
}


def nanoseconds(microseconds):
    return round(microseconds * 1000)


def check_fields(event):
    phase = event["ph"]
    assert phase in FIELDS, f"an unknown phase: {event}"
    for name, kind in {"pid": int, "tid": int, "ts": (int, float), "name": str, **FIELDS[phase]}.items():
        assert isinstance(event.get(name), kind), f"{name} is missing or of another type: {event}"
    assert event["ts"] >= 0 and event.get("dur", 0) >= 0, f"a time before the beginning: {event}"
    if phase == "i":
        assert event["s"] in "gpt", event
    if phase == "f":
        assert event["bp"] == "e", event
    if phase == "M":
        assert event["name"] in ("process_name", "thread_name") and isinstance(event["args"]["name"], str), event
    if phase == "C":
        assert event["args"] and all(isinstance(value, int) and value >= 0 for value in event["args"].values()), event


def slices_of(events):
    threads = collections.defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            begin = nanoseconds(event["ts"])
            threads[event["pid"], event["tid"]].append((begin, begin + nanoseconds(event["dur"]), event["name"]))
    for slices in threads.values():
        slices.sort(key=lambda slice: (slice[0], -slice[1]))
    return threads


def check_nesting(threads):
    for thread, slices in threads.items():
        around = []
        for begin, end, name in slices:
            while around and around[-1][1] <= begin:
                around.pop()
            assert not around or end <= around[-1][1], f"{name} at {begin} of {thread} reaches out of {around[-1]}"
            around.append((begin, end, name))


def check_arrows(events, threads):
    ends = collections.defaultdict(dict)
    for event in events:
        if event["ph"] in "sf":
            key = event["cat"], event["name"], event["id"]
            assert event["ph"] not in ends[key], f"twice: {event}"
            ends[key][event["ph"]] = event
    for key, both in ends.items():
        assert set(both) == {"s", "f"}, f"an arrow with one end: {both}"
        assert both["s"]["ts"] <= both["f"]["ts"], f"an arrow into the past: {both}"
        for event in both.values():
            at = nanoseconds(event["ts"])
            slices = threads[event["pid"], event["tid"]]
            assert any(begin <= at < end or begin == at for begin, end, _ in slices), f"not within a slice: {event}"


def check_spans(events):
    spans = collections.defaultdict(list)
    for event in events:
        if event["ph"] in "be":
            spans[event["cat"], event["id"]].append(event)
    for span in spans.values():
        assert [event["ph"] for event in span] == ["b", "e"], f"a span without both ends: {span}"
        assert span[0]["ts"] <= span[1]["ts"] and span[0]["name"] == span[1]["name"], span


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        trace = json.load(file)
    events = trace["traceEvents"]
    assert isinstance(events, list) and trace["displayTimeUnit"] == "ns"
    for event in events:
        check_fields(event)
    threads = slices_of(events)
    check_nesting(threads)
    check_arrows(events, threads)
    check_spans(events)
    named = {event["tid"] for event in events if event["ph"] == "M" and event["name"] == "thread_name"}
    assert {tid for _, tid in threads} <= named, "a thread without its name"
    print(json.dumps(collections.Counter(event["ph"] for event in events)))


if __name__ == "__main__":
    main()
