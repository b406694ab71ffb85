#!/usr/bin/env bash
# Lesson 5: no port after socket; the stack picks one at connect, at bind to port 0,
# at the first sendto; the server learns the client's from accept.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 5
words='def client: of_program("port_numbers");'
check 'none after socket' "$words"' client | calls("socket") | length == 3 and all(has("local") | not)'
check 'asked right after socket: still none' "$words"' client | calls("getsockname") | .[0] | (.local | port) == null or (.local | port) == 0'
check 'after connect: one, and getsockname says the same' "$words"'
    (client | calls("connect") | only | .local) as $local | ($local | port) > 0 and (client | calls("getsockname") | .[1].local) == $local'
check 'after bind to port 0: one' "$words"' client | calls("bind") | only | (.local | port) > 0'
check 'after the first sendto: one' "$words"' client | calls("sendto") | only | (.local | port) > 0'
check 'accept tells the server' "$words"'
    (of_program("tcp_echo_server") | calls("accept") | only | .peer) == (client | calls("connect") | only | .local)'
assert_grep "the web's server +port 80" out
assert_grep 'before: none, after: [0-9]+' out
assert_grep 'It says: no port number yet\.' out
for call in connect bind sendto; do
    assert_grep "(picked one: |picked there, |first sendto, )$(value "of_program(\"port_numbers\") | calls(\"$call\") | only | .local | port")[.;]" flat
done
