#!/usr/bin/env bash
# Programs that no library can be preloaded into, started in every way: log, info
# and audit name each, and none that was recorded, that could not be started, or
# that goes by another number in a pid namespace of its own.
. "$(dirname "$0")/../lib.sh" || exit 1
need cc /usr/bin/python3
echo 'int main(void) { return 0; }' | cc -static -x c -o quiet - 2>/dev/null || skip "no static C library"
cat >ways.c <<'END'
#define _GNU_SOURCE
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(int argc, char **argv)
{
    const char *how = argv[1];
    char *words[] = {argv[2], NULL};
    pid_t child = 0;
    if (strstr(how, "spawn"))
        return posix_spawn(&child, words[0], NULL, NULL, words, environ) != 0 || wait(NULL) != child;
    if (strstr(how, "vfork"))
        child = vfork();
    else if (strstr(how, "fork"))
        child = fork();
    if (child != 0)
        return wait(NULL) != child;
    if (strstr(how, "execlp"))
        execlp(words[0], words[0], "a", "b", "c", "d", "e", "f", "g", NULL);
    else if (strstr(how, "execle"))
        execle(words[0], words[0], "a", NULL, environ);
    else if (strstr(how, "execl"))
        execl(words[0], words[0], NULL);
    else
        execve(words[0], words, environ);
    _exit(argc != 3);
}
END
cc -o ways ways.c || fail "cc"

missed() { "$spy" info --format=jsonl "$SOCKSPY_RING" | jq -c 'select(.unrecorded) | [.by, .unrecorded, .runs]'; }
ways='spawn vfork_execve fork_execve fork_execl vfork_execlp fork_execle execve execl'
for how in $ways; do
    rm -f "$SOCKSPY_RING"
    recorded ./ways "$how" ./quiet || fail "$how: $?"
    assert_eq "$(missed)" '["ways","./quiet",1]' "what is missed by $how"
    "$spy" log "$SOCKSPY_RING" | tail -n 1 >text
    assert_grep '^# ways ran ./quiet, which is static: it cannot be recorded$' text
    "$spy" audit "$SOCKSPY_RING" >audit || fail audit
    assert_eq "$(grep -c '^not seen' audit)" 1 "the lines of audit for $how"

    rm -f "$SOCKSPY_RING"
    recorded ./ways "$how" /bin/true || fail "$how: $?"
    recorded ./ways "$how" ./nowhere
    assert_eq "$(missed)" '' "what is missed by $how of a program that is recorded, and of none"
done

# Many, so that the ring's table of processes goes round.
rm -f "$SOCKSPY_RING"
recorded /usr/bin/python3 -c 'import subprocess
for i in range(600): subprocess.run(["/bin/true"])' || fail "python3"
assert_eq "$(missed)" '' "of 600 programs"
recorded sh -c './quiet; ./quiet; /bin/true'
assert_eq "$(missed)" '["sh","./quiet",2]' "two runs"

rm -f "$SOCKSPY_RING"
if unshare -fp true 2>/dev/null; then
    recorded unshare -fp sh -c '/bin/true; ./quiet; true' || fail "unshare"
    assert_eq "$(missed)" '["sh","./quiet",1]' "in a pid namespace"
    assert_eq "$("$spy" audit "$SOCKSPY_RING" | grep -c '^not seen')" 1 "the lines of audit in a pid namespace"
fi
if [ "$(id -u)" = 0 ]; then
    . "$top/tests/ordinary.sh"
    ordinary
    cc -o "$home/privileged" -x c - <<<'int geteuid(void); int main(void) { return geteuid() != 0; }' &&
        chmod 4755 "$home/privileged"
    as_ordinary env LD_PRELOAD="$lib" sh -c './privileged; true' 2>/dev/null
    # Where the mount or no_new_privs keeps it from becoming root, it is recorded as any other.
    as_ordinary "$spy" log "$home/ring" | grep -q '^# sh ran ./privileged' ||
        ! as_ordinary ./privileged || fail "nothing is said of a setuid program"
fi
