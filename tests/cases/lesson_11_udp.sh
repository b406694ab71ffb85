#!/usr/bin/env bash
# Lesson 11: UDP: no listen, no accept, no end; one socket serves all.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 11
check 'no connect, listen, accept' 'map(.call) | all(IN("connect", "listen", "accept") | not)'
check 'the client gets its port with the first sendto' '
    of_program("udp_client") | (calls("socket") | length == 2 and all(has("local") | not))
    and (calls("sendto") | length == 3 and all((.local | port) > 0) and (map(.local) | unique | length) == 2)'
check 'one socket of the server receives from both clients and answers' '
    (of_program("udp_client") | map(.pid) | unique | length) == 2
    and (of_program("udp_server") | map(select(.call | IN("recvfrom", "sendto")))
        | length == 6 and (map(.inode) | unique | length) == 1)'
check 'recvfrom tells who sent it' '
    (of_program("udp_client") | calls("sendto") | map(.local | port)) as $ports
    | (of_program("udp_server") | calls("recvfrom") | map(.peer | port)) == $ports'
check 'each datagram is one message' '
    (of_program("udp_client") | calls("sendto") | map(.bytes)) == (of_program("udp_server") | calls("recvfrom") | map(.bytes))'
check 'nobody is told of the end' 'of_program("udp_server") | calls("recvfrom") | all(.ret > 0)'
