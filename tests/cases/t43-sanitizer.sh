#!/usr/bin/env bash
# T43: run records a program of AddressSanitizer, also one that the command starts; what
# the sanitizer finds is as ever.
. "$(dirname "$0")/../lib.sh" || exit 1
cat >pair.c <<'E2'
#include <stdlib.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int count, char **words)
{
    int pair[2];
    char *volatile memory = malloc(10);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || write(pair[0], "x", 1) != 1 || read(pair[1], memory, 1) != 1)
        return 1;
    free(memory);
    puts(count > 1 && memory[0] == 'x' ? words[0] : "fine");
    return 0;
}
E2
gcc -fsanitize=address -w -o pair pair.c 2>/dev/null && ./pair >/dev/null 2>&1 || skip "nothing can be built with AddressSanitizer here"
for command in ./pair 'sh -c ./pair;true'; do
    IFS=' ' read -ra words <<<"$command"
    assert_status 0 "$spy" run -- "${words[@]}"
    assert_eq "$(cat out)" fine "$command"
    assert_grep 'pair\[[0-9]+\].* socketpair' err
done
./pair bad >/dev/null 2>plain
plain=$?
assert_status "$plain" "$spy" run -q -- ./pair bad
assert_grep 'ERROR: AddressSanitizer: heap-use-after-free' err
# What the caller asks of it stays.
status=0
ASAN_OPTIONS=exitcode=57 "$spy" run -q -- ./pair bad >out 2>err || status=$?
assert_eq "$status" 57 "the status that ASAN_OPTIONS asks for"
exit 0
