#!/usr/bin/env bash
# Lesson 7: send returns though the peer has read nothing; the queues fill, then
# EAGAIN; the last write waits until the peer reads.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 7
words='def writer: of_program("eager_writer"); def reader: of_program("slow_reader");
    def sent: writer | calls("send") | map(select(.ret > 0));'
check 'sends return before anything is read' "$words"'
    (sent | length) > 1 and (sent | map(.time + .dur_ns / 1e9) | max) < (reader | calls("read") | .[0].time)'
check 'then there is no room' "$words"' writer | calls("send") | last | .errno == "EAGAIN"'
check 'the queues hold it: received and not read, handed over and not sent' "$words"'
    (reader | calls("ioctl") | only | .args.value) > 0 and (writer | calls("ioctl") | only | .args.value) > 0'
check 'the last write waits for the reader' "$words"' writer | calls("write") | only | .dur_ns > 250000000'
check 'in the end all is read' "$words"'
    (writer | map(.bytes // 0) | add) as $sent | (reader | map(.bytes // 0) | add) == $sent and $sent > 100000'
assert_grep 'has not$|has not read [0-9,]+' out
