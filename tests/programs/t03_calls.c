/* t03_calls HOW PORT - every kind of call that a watcher might add system calls of
 * its own to, from a marker (getpgid(-77)) on.
 *
 * plain: just so, from the first call on.
 * probe: asks first whether there could be a seccomp filter, which fails.
 * sandbox, gate_prctl, gate_seccomp: behind a filter that kills for a look-up,
 * whoever makes it; it comes on by prctl or by syscall().
 * guest, sharer: a child that lives in our memory goes behind such a filter.
 * exec: the filter comes on, then this program starts again behind it, with an
 * open socket, and asks whether there could be another. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int by_prctl(const struct sock_fprog *filter)
{
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter);
}
static int by_gate_prctl(const struct sock_fprog *filter)
{
    return (int)syscall(SYS_prctl, (long)PR_SET_SECCOMP, (long)SECCOMP_MODE_FILTER, filter, 0L, 0L);
}
static int by_gate_seccomp(const struct sock_fprog *filter)
{
    return (int)syscall(SYS_seccomp, (long)SECCOMP_SET_MODE_FILTER, 0L, filter);
}

static void forbid(const int *numbers, unsigned count, int (*put_on)(const struct sock_fprog *filter))
{
    struct sock_filter code[64] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};
    unsigned size = 1;
    for (unsigned i = 0; i < count; i++) {
        code[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)numbers[i], 0, 1);
        code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    }
    code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog filter = {.len = (unsigned short)size, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || put_on(&filter) < 0)
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

static socklen_t *far; /* on a page of its own, neither stack nor heap */

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
    *far = sizeof from;
    const int server = accept(listening, (struct sockaddr *)&from, far);
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
        static socklen_t kept;
        socklen_t *const heap = malloc(sizeof *heap), *const lengths[] = {&length, far, &kept, heap};
        *lengths[i % 4] = sizeof from;
        recvfrom(receiver, buffer, sizeof buffer, 0, (struct sockaddr *)&from, lengths[i % 4]);
        free(heap);
    }
    close(dup(client));
    shutdown(client, SHUT_WR);
    close(client);
    close(server);
    close(listening);
    close(receiver);
    close(sender);
}

static int pair[2];
static bool confined; /* the child goes behind a filter of its own */

/* A child in our memory, or in a copy of it. */
static int child_work(void *argument)
{
    if (confined)
        forbid(others, sizeof others / sizeof others[0], by_prctl);
    char buffer[8];
    for (int i = 0; i < 3; i++) {
        send(pair[0], "child", 5, 0);
        recv(pair[1], buffer, sizeof buffer, 0);
    }
    close(dup(pair[1]));
    close(socket(AF_UNIX, SOCK_DGRAM, 0));
    return argument != NULL;
}

static void reap(const char *way, long child)
{
    int status = -1;
    if (child == 0) {
        child_work(NULL);
        _exit(0);
    }
    if (child < 0 || waitpid((pid_t)child, &status, 0) < 0 || status != 0)
        errx(1, "%s: status %d", way, status);
}

static long clone_child(int flags)
{
    static char stack[65536] __attribute__((aligned(16))), tls[65536] __attribute__((aligned(64)));
    return clone(child_work, stack + sizeof stack, flags | SIGCHLD, NULL, NULL, tls + sizeof tls / 2, NULL);
}

static void by_vfork(void)
{
    const pid_t child = vfork();
    if (child == 0) {
        child_work(NULL);
        _exit(0);
    }
    reap("vfork", child);
}

/* Children of every kind, none of whom libc or anybody may ask for its number. */
static void children(void)
{
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    by_vfork();
    reap("SYS_clone", syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L));
    reap("clone", clone_child(CLONE_VM | CLONE_VFORK));
    reap("clone with a thread pointer of nobody's", clone_child(CLONE_VM | CLONE_VFORK | CLONE_SETTLS));
    reap("SYS_clone3", syscall(SYS_clone3, &arguments, sizeof arguments));
    child_work(NULL);
}

/* A length on the stack of a thread. */
static void *in_thread(void *argument)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    must(getsockname(pair[0], (struct sockaddr *)&name, &length), "getsockname");
    return argument;
}

/* A thread that libc does not know of: from then on nobody knows who is calling. */
static void by_raw_thread(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    static volatile pid_t running = 1;
    const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    must(clone(child_work, stack + sizeof stack, flags | CLONE_CHILD_CLEARTID, NULL, NULL, NULL, &running), "clone");
    for (long i = 0; i < 10000000000 && running != 0; i++) { /* no system call: these are counted */
    }
    child_work(NULL);
}

static const struct {
    const char *how;
    int (*put_on)(const struct sock_fprog *filter);
} filters[] = {{"sandbox", by_prctl}, {"gate_prctl", by_gate_prctl}, {"gate_seccomp", by_gate_seccomp}};

static void probe(void)
{
    for (unsigned i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (filters[i].put_on(NULL) == 0)
            errx(1, "a filter that is none was taken");
    }
}

int main(int argc, char **argv)
{
    const char *const how = argc > 1 ? argv[1] : "";
    const int port = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(how, "plain") == 0)
        getpgid(-77);
    far = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), "socketpair");
    if (strcmp(how, "exec") == 0) {
        forbid(look_ups, sizeof look_ups / sizeof look_ups[0], by_prctl);
        close(pair[1]);
        execl("/proc/self/exe", argv[0], "behind", argv[2], NULL);
        err(1, "exec");
    }
    if (strcmp(how, "probe") == 0 || strcmp(how, "behind") == 0)
        probe();
    confined = strcmp(how, "guest") == 0 || strcmp(how, "sharer") == 0;
    if (strcmp(how, "guest") == 0)
        by_vfork();
    if (strcmp(how, "sharer") == 0)
        reap(how, clone_child(CLONE_VM));
    for (unsigned i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (strcmp(how, filters[i].how) == 0)
            forbid(others, sizeof others / sizeof others[0], filters[i].put_on);
    }
    if (strcmp(how, "sandbox") == 0)
        children();
    getpgid(-77);
    exercise(port);
    const pid_t child = fork();
    if (child == 0) {
        exercise(port);
        _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    pthread_t thread;
    if (strcmp(how, "plain") == 0) {
        if (pthread_create(&thread, NULL, in_thread, NULL) != 0)
            err(1, "thread");
        while (pthread_tryjoin_np(thread, NULL) == EBUSY) { /* whether a join asks the kernel is a matter of time */
        }
    }
    if (strcmp(how, "sandbox") == 0)
        by_raw_thread();
    return status != 0;
}
