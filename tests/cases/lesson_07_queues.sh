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
check 'the last write waits for the reader' "$words"'
    (reader | calls("read") | .[0].time) as $reads
    | writer | calls("write") | only | .time < $reads and .time + .dur_ns / 1e9 > $reads'
check 'the kernel reserves twice what was asked for' "$words"'
    (reader, writer) | (calls("getsockopt") | only | .args.value) == 2 * (calls("setsockopt") | only | .args.value)'
check 'in the end all is read' "$words"'
    (writer | map(.bytes // 0) | add) as $sent | (reader | map(.bytes // 0) | add) == $sent and $sent > 100000'
received=$(value 'of_program("slow_reader") | calls("ioctl") | only | .args.value' | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta')
unsent=$(value 'of_program("eager_writer") | calls("ioctl") | only | .args.value' | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta')
for text in 'has not read [0-9,]+ bytes yet' "the receive queue\. It says: $received bytes" "the send queue\. It says: $unsent bytes" \
    'there is no room in the send buffer' "$received bytes lay in the server's stack, not read yet, and $unsent in the client's"; do
    assert_grep "$text" flat
done
"$spy" explain --deep "$SOCKSPY_RING" | tr '\n' ' ' | tr -s ' ' >deep
assert_grep 'send buffer 32,768 bytes' deep
assert_grep 'receive buffer 32,768 bytes' deep
