#!/usr/bin/env bash
# T29: descriptors live and die by more than socket and close: dup2 over another,
# F_DUPFD, SCM_RIGHTS (peeked at, cut, several), pidfd_getfd, streams, close_range
# that closes nothing. After each step what is taken for a socket is just what the
# kernel says.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/t29_lifecycle" >steps || fail "t29_lifecycle"
assert_eq "$(grep -c . steps)" 20 "steps"
while read -r number rest; do
    fds=$(grep -o '[0-9][0-9 ]*$' <<<"$rest" | tr ' ' ,)
    check "$rest" 'calls("write") | map(select(.args.len == $step)) | map(.fd) == $fds' \
        --argjson step "$number" --argjson fds "[$fds]"
done <steps
check 'a file that is gone is no socket that is gone' 'calls("write") | all(.errno == null)'
check 'one inode for one socket' 'calls("socketpair")[0].fds as $pair | map(select(.call == "write" and .args.len == 2))
    | map(select(.fd != $pair[1]) | .inode) | unique | length == 1'
check 'a copy has the names of its socket' 'calls("send") | only | .bytes == 5 and (.local | startswith("unix:@")) and .peer == .local'
check 'what came with messages' 'calls("recvmsg") | map(.fds // [] | length) == [3, 3, 1, 0, 3]'
check 'nothing was hidden but what streams do' 'calls("hidden") | map(.args.what) == ["a stdio stream", "a stdio stream"]'

# A close that fails has closed all the same.
"${CC:-cc}" -D_GNU_SOURCE -shared -fPIC -o fails.so -x c - <<'PROGRAM' || fail "fails.so does not compile"
#include <dlfcn.h>
#include <errno.h>
int close(int fd)
{
    ((int (*)(int))dlsym(RTLD_NEXT, "close"))(fd); /* syscall would be seen */
    errno = EIO;
    return -1;
}
PROGRAM
"${CC:-cc}" -o closes -x c - <<'PROGRAM' || fail "the program does not compile"
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return close(fd) != -1 || open("/dev/null", O_WRONLY) != fd || write(fd, "file", 4) != 4;
}
PROGRAM
rm -f "$SOCKSPY_RING"
LD_PRELOAD="$lib $TMP/fails.so" ./closes || fail "closes"
check 'closed, with an error' '(calls("close") | only | .errno == "EIO") and calls("write") == []'

# What libc puts in the place of descriptors 0 to 2 by itself is no socket.
"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -o standard -x c - -lutil <<'PROGRAM' || fail "the program does not compile"
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>
int main(int argc, char **argv)
{
    int pair[2], terminal, slave = -1;
    pid_t child = 0;
    if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || dup2(pair[0], 0) != 0)
        return 1;
    if (strcmp(argv[1], "daemon") == 0) {
        if (daemon(1, 0) < 0)
            return 1;
    } else if (strcmp(argv[1], "forkpty") == 0) {
        child = forkpty(&terminal, NULL, NULL, NULL);
    } else {
        if (openpty(&terminal, &slave, NULL, NULL, NULL) < 0)
            return 1;
        child = fork();
        if (child == 0 && login_tty(slave) < 0)
            _exit(1);
    }
    if (child == 0)
        _exit(write(0, "file", 4) != 4);
    int status = 1;
    return waitpid(child, &status, 0) != child || status != 0;
}
PROGRAM
for way in daemon forkpty login_tty; do
    rm -f "$SOCKSPY_RING"
    recorded ./standard $way || fail "standard $way"
    over() { [ "$(value 'calls("exit") | length')" -ge 1 ]; }
    wait_until over
    check "descriptor 0 after $way" 'calls("write") == []'
done

# In a sandbox nobody may look at what came with a message: its use tells that it is a
# socket, and of nothing hidden.
"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -o boxed -x c - <<'PROGRAM' || fail "the program does not compile"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
int main(void)
{
    struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog filter = {1, allow};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
    struct iovec part = {(char[]){"x"}, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int pair[2], got;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        return 77;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 1;
    memcpy(CMSG_DATA(&control.header), &pair[0], sizeof pair[0]);
    if (sendmsg(pair[0], &message, 0) != 1 || recvmsg(pair[1], &message, 0) != 1)
        return 1;
    memcpy(&got, CMSG_DATA(&control.header), sizeof got);
    return send(got, "boxed", 5, 0) != 5;
}
PROGRAM
rm -f "$SOCKSPY_RING"
status=0
recorded ./boxed || status=$?
if [ "$status" != 77 ]; then
    assert_eq "$status" 0 "status in a sandbox"
    check 'used in a sandbox' '(calls("send") | only | .bytes == 5) and calls("hidden") == []'
fi
