#!/usr/bin/env python3
"""ring_edit.py RING ID WORD VALUE - damages a ring as no accident would: sets a word
(enum record_word of preload/record.h) of a record and makes its check right again."""
import struct
import sys

SLOT, CHUNKS_AT = 64, 72  # bytes of a slot; where ring_header.chunks_at lies
CHECK, SLOTS = 1, 90      # the check's word; where the record's number of slots lies
SEED, STEP = 0x1B873593, 0x03A4D2E2


def main():
    path, (record, word, value) = sys.argv[1], map(int, sys.argv[2:])
    with open(path, "r+b") as ring:
        data = bytearray(ring.read())
        at = struct.unpack_from("<Q", data, CHUNKS_AT)[0] + record * SLOT
        assert struct.unpack_from("<Q", data, at)[0] == record, "no record lies there"
        struct.pack_into("<Q", data, at + 8 * word, value)
        words = struct.unpack_from(f"<{data[at + SLOTS] * SLOT // 8}Q", data, at)
        check = SEED + sum(w * (SEED + i * STEP) for i, w in enumerate(words) if i != CHECK)
        struct.pack_into("<Q", data, at + 8 * CHECK, check % 2**64)
        ring.seek(0)
        ring.write(data)


main()
