/* sandboxed PORT - puts a seccomp filter on that forbids all questions about
 * sockets, connects to PORT, says "connected", and stays so until a signal ends
 * it. */
#include <arpa/inet.h>
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The process is killed if it, or somebody in its name, asks. */
static void lock_in(void)
{
#define FORBID(number)                                                                                                 \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        FORBID(SYS_getsockname),
        FORBID(SYS_getpeername),
        FORBID(SYS_getsockopt),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
        err(77, "seccomp");
}

int main(int argc, char **argv)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((in_port_t)atoi(argc > 1 ? argv[1] : "0")),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    lock_in();
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 || write(fd, "hello", 5) != 5)
        err(1, "connect");
    puts("connected");
    fflush(stdout);
    pause();
    return 0;
}
