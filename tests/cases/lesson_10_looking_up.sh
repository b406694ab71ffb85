#!/usr/bin/env bash
# Lesson 10: the resolver is a user of the socket library: one question, one answer,
# over UDP.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 10
check 'socket, sendto, recvfrom, close; no connect' 'of_program("resolver") | phases == ["socket", "sendto", "recvfrom", "close"]'
check 'datagrams' 'of_program("resolver") | sockets | all(.type == "dgram")'
check 'the question carries the name' 'of_program("resolver") | calls("sendto") | only | .data | test("www.*example")'
check 'the answer goes to where the question came from, with the address' '
    (of_program("resolver") | calls("sendto") | only | .local | port) as $port
    | (of_program("name_server") | calls("recvfrom") | only | .peer | port) == $port
      and (of_program("name_server") | calls("sendto") | only | (.peer | port) == $port and (.data | endswith("\u007f\u0000\u0000\u0001")))'
assert_grep 'www.example has the address 127.0.0.1' out
