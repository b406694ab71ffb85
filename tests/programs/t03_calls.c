/* t03_calls [probe|sandbox|exec] - every kind of call that a watcher might add
 * system calls of its own to, from a marker (getpgid(-77)) on.
 *
 * probe: asks first whether there could be a seccomp filter, which fails.
 * sandbox: behind a filter that kills for a look-up, whoever makes it.
 * exec: the filter comes on, then this program starts again behind it, with an
 * open socket. */
#include <arpa/inet.h>
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void forbid(const int *numbers, unsigned count)
{
    struct sock_filter code[64] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};
    unsigned size = 1;
    for (unsigned i = 0; i < count; i++) {
        code[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)numbers[i], 0, 1);
        code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    }
    code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog filter = {.len = (unsigned short)size, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
        err(77, "no seccomp here");
}

static const int look_ups[] = {SYS_getsockname, SYS_getpeername, SYS_getsockopt, SYS_ppoll};
static const int others[] = {SYS_getsockname, SYS_getpeername, SYS_getsockopt,     SYS_ppoll,  SYS_fstat,
                             SYS_newfstatat,  SYS_getpid,      SYS_gettid,         SYS_prctl,  SYS_openat,
                             SYS_ioctl,       SYS_readlinkat,  SYS_rt_sigprocmask, SYS_madvise};

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void must(int result, const char *what)
{
    if (result < 0)
        err(1, "%s", what);
}

/* A connection, a datagram, a pair; the port is known without asking. */
static void exercise(int port)
{
    char buffer[64];
    struct sockaddr_in address = loopback(port), from;
    socklen_t length = sizeof address;
    const int listening = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    must(bind(listening, (struct sockaddr *)&address, length), "bind");
    must(listen(listening, 5), "listen");
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    must(connect(client, (struct sockaddr *)&address, length), "connect");
    length = sizeof from;
    const int server = accept(listening, (struct sockaddr *)&from, &length);
    for (int i = 0; i < 100; i++) {
        send(client, "hello", 5, 0);
        recv(server, buffer, 5, 0);
        write(server, "world", 5);
        read(client, buffer, 5);
    }
    const int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
    must(bind(receiver, (struct sockaddr *)&address, sizeof address), "bind");
    for (int i = 0; i < 10; i++) {
        sendto(sender, "hello", 5, 0, (struct sockaddr *)&address, sizeof address);
        length = sizeof from;
        recvfrom(receiver, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    }
    close(dup(client));
    shutdown(client, SHUT_WR);
    close(client);
    close(server);
    close(listening);
    close(receiver);
    close(sender);
}

int main(int argc, char **argv)
{
    const char *const how = argc > 1 ? argv[1] : "";
    const int port = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(how, "exec") == 0) {
        const int kept = socket(AF_INET, SOCK_STREAM, 0);
        (void)kept;
        forbid(look_ups, sizeof look_ups / sizeof look_ups[0]);
        execl("/proc/self/exe", argv[0], "behind", argv[2], NULL);
        err(1, "exec");
    }
    if (strcmp(how, "probe") == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == 0)
        errx(1, "a filter that is none was taken");
    if (strcmp(how, "sandbox") == 0)
        forbid(others, sizeof others / sizeof others[0]);
    getpgid(-77);
    exercise(port);
    const pid_t child = fork();
    if (child == 0) {
        exercise(port);
        _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    return status != 0;
}
