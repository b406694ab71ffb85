/* t08_every_name [errno | inside] - calls every function that the library stands
 * in front of, each through its own name and once, and prints the names; and what
 * errno is after it, which was 4711 before. Sockets are used where there is a
 * choice; whether a call succeeds does not matter. inside: only those that use
 * sockets of libc's own for what is in files. */
#include "../../preload/api.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>

/* The type of each, as calls.def has it. */
#define CALL(ret, name, params, args, class, api, schema) typedef ret type_##name params;
#define VARIADIC(ret, name, params, class, api, schema) typedef ret type_##name params;
#include "../../preload/calls.def"

static bool errno_too; /* say what errno is after each, too */

static long absent(void)
{
    return -1;
}

static void *named(const char *name)
{
    void *const function = dlsym(RTLD_DEFAULT, name);
    printf("%s\n", function != NULL ? name : "absent");
    fflush(stdout);
    errno = 4711;
    return function != NULL ? function : (void *)absent;
}

static void say_errno(int code)
{
    if (errno_too)
        printf("    errno %d\n", code);
    fflush(stdout);
}

/* By the name itself: a header may make something else of it. */
#define NAMED(name) ((type_##name *)named(#name))
#define SAY(name, ...) (NAMED(name)(__VA_ARGS__), say_errno(errno))

static int pair[2];
static char buffer[64];
static struct iovec part = {buffer, 4};
static struct sockaddr_in address;
static socklen_t length = sizeof address;

static void create(void)
{
    struct sockaddr_in other = address;
    const int listening = NAMED(socket)(AF_INET, SOCK_STREAM, 0);
    say_errno(errno);
    SAY(bind, listening, (void *)&other, sizeof other);
    SAY(listen, listening, 3);
    SAY(getsockname, listening, (void *)&other, &length);
    const int one = socket(AF_INET, SOCK_STREAM, 0), two = socket(AF_INET, SOCK_STREAM, 0);
    SAY(connect, one, (void *)&other, sizeof other);
    SAY(__connect, two, (void *)&other, sizeof other);
    SAY(accept, listening, NULL, NULL);
    SAY(accept4, listening, NULL, NULL, SOCK_CLOEXEC);
    socklen_t *const far = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *far = sizeof other;
    SAY(getpeername, one, (void *)&other, far);
    SAY(bindresvport, socket(AF_INET, SOCK_STREAM, 0), NULL);
    SAY(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
    SAY(dup, one);
    SAY(dup2, one, 100);
    SAY(__dup2, one, 101);
    SAY(dup3, one, 102, O_CLOEXEC);
    SAY(fcntl, one, F_GETFL, 0);
    SAY(fcntl64, one, F_GETFL, 0);
    SAY(__fcntl, one, F_GETFL, 0);
    const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    SAY(pidfd_getfd, self, one, 0);
    SAY(getsockopt, one, SOL_SOCKET, SO_TYPE, buffer, &length);
    SAY(setsockopt, one, SOL_SOCKET, SO_KEEPALIVE, buffer, 4);
    SAY(ioctl, one, FIONREAD, buffer);
    SAY(sockatmark, one);
    SAY(isfdtype, one, S_IFSOCK);
}

static void use_varargs(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    SAY(vdprintf, pair[0], format, list);
    va_end(list);
    va_start(list, format);
    SAY(__vdprintf_chk, pair[0], 1, format, list);
    va_end(list);
    va_start(list, format);
    SAY(vsyslog, LOG_DEBUG, format, list);
    va_end(list);
    va_start(list, format);
    SAY(__vsyslog_chk, LOG_DEBUG, 1, format, list);
    va_end(list);
}

static void transfer(void)
{
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    const int file = open("/proc/self/exe", O_RDONLY);
    int both[2];
    off_t offset = 0;
    if (pipe(both) < 0)
        err(1, "pipe");
    SAY(send, pair[0], buffer, (size_t)4, 0);
    SAY(__send, pair[0], buffer, (size_t)4, 0);
    SAY(sendto, pair[0], buffer, (size_t)4, 0, NULL, 0);
    SAY(sendmsg, pair[0], &message.msg_hdr, 0);
    SAY(sendmmsg, pair[0], &message, 1u, 0);
    SAY(write, pair[0], buffer, (size_t)4);
    SAY(__write, pair[0], buffer, (size_t)4);
    SAY(writev, pair[0], &part, 1);
    SAY(pwritev2, pair[0], &part, 1, (off_t)-1, 0);
    SAY(pwritev64v2, pair[0], &part, 1, (off_t)-1, 0);
    SAY(sendfile, pair[0], file, &offset, (size_t)4);
    SAY(sendfile64, pair[0], file, &offset, (size_t)4);
    SAY(splice, pair[1], NULL, both[1], NULL, (size_t)4, 0u);
    SAY(dprintf, pair[0], "%d", 1234);
    SAY(__dprintf_chk, pair[0], 1, "%d", 1234);
    use_varargs("%d", 1234);
    SAY(recv, pair[1], buffer, (size_t)4, 0);
    SAY(__recv_chk, pair[1], buffer, (size_t)4, sizeof buffer, 0);
    SAY(recvfrom, pair[1], buffer, (size_t)4, 0, NULL, NULL);
    SAY(__recvfrom_chk, pair[1], buffer, (size_t)4, sizeof buffer, 0, NULL, NULL);
    SAY(recvmsg, pair[1], &message.msg_hdr, 0);
    SAY(recvmmsg, pair[1], &message, 1u, 0, NULL);
    SAY(read, pair[1], buffer, (size_t)4);
    SAY(__read, pair[1], buffer, (size_t)4);
    SAY(__read_chk, pair[1], buffer, (size_t)4, sizeof buffer);
    SAY(readv, pair[1], &part, 1);
    SAY(preadv2, pair[1], &part, 1, (off_t)-1, 0);
    SAY(preadv64v2, pair[1], &part, 1, (off_t)-1, 0);
    SAY(syscall, (long)SYS_sendto, (long)pair[0], buffer, 4L, 0L, 0L, 0L);
}

static void asynchronous(void)
{
    static struct aiocb out[4];
    for (int i = 0; i < 4; i++)
        out[i] = (struct aiocb){.aio_fildes = pair[i % 2], .aio_buf = buffer, .aio_nbytes = 1};
    SAY(aio_write, &out[0]);
    SAY(aio_read, &out[1]);
    SAY(aio_write64, (void *)&out[2]);
    SAY(aio_read64, (void *)&out[3]);
    for (int i = 0; i < 4; i++) {
        const struct aiocb *const wait[] = {&out[i]};
        const struct timespec second = {1, 0};
        aio_suspend(wait, 1, &second);
    }
    struct sigevent notice = {.sigev_notify = SIGEV_THREAD};
    SAY(mq_notify, (mqd_t)-1, &notice);
}

static void wait_for(void)
{
    struct pollfd set = {.fd = pair[0], .events = POLLOUT};
    const struct timespec now = {0, 0};
    struct timeval then = {0, 0};
    struct epoll_event event = {.events = EPOLLOUT};
    SAY(poll, &set, (nfds_t)1, 0);
    SAY(__poll, &set, (nfds_t)1, 0);
    SAY(__poll_chk, &set, (nfds_t)1, 0, sizeof set);
    SAY(ppoll, &set, (nfds_t)1, &now, NULL);
    SAY(__ppoll_chk, &set, (nfds_t)1, &now, NULL, sizeof set);
    SAY(select, 0, NULL, NULL, NULL, &then);
    SAY(__select, 0, NULL, NULL, NULL, &then);
    SAY(pselect, 0, NULL, NULL, NULL, &now, NULL);
    const int epoll = NAMED(epoll_create1)(EPOLL_CLOEXEC);
    say_errno(errno);
    SAY(epoll_create, 1);
    SAY(epoll_ctl, epoll, EPOLL_CTL_ADD, pair[0], &event);
    SAY(epoll_wait, epoll, &event, 1, 0);
    SAY(epoll_pwait, epoll, &event, 1, 0, NULL);
    SAY(epoll_pwait2, epoll, &event, 1, &now, NULL);
}

static int nothing(void *argument)
{
    (void)argument;
    return 0;
}

/* Whoever forks: the child goes without a word. */
static void away(pid_t child)
{
    if (child == 0)
        kill(getpid(), SIGKILL);
    int status;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
}

/* The same, and both say what errno is. */
static void forked(pid_t child)
{
    const int code = errno;
    if (child == 0)
        say_errno(code);
    away(child);
    say_errno(code);
}

static void by_vfork(const char *name, pid_t (*fork_by)(void))
{
    printf("%s\n", name);
    fflush(stdout);
    errno = 4711;
    const pid_t child = fork_by();
    if (child == 0)
        syscall(SYS_exit, 0);
    forked(child);
}

#define CHILD(...)                                                                                                     \
    do {                                                                                                               \
        fflush(stdout);                                                                                                \
        const pid_t child_ = (pid_t)syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);                                       \
        if (child_ == 0) {                                                                                             \
            __VA_ARGS__;                                                                                               \
            fflush(stdout);                                                                                            \
        }                                                                                                              \
        away(child_);                                                                                                  \
    } while (0)

/* daemon's own child is nobody's to wait for: it is gone when the pipe has no writer. */
static void become_daemon(void)
{
    int both[2];
    char byte;
    if (pipe(both) < 0)
        err(1, "pipe");
    CHILD(SAY(daemon, 1, 1));
    close(both[1]);
    if (read(both[0], &byte, 1) != 0)
        errx(1, "a daemon that writes");
    close(both[0]);
}

static void processes(void)
{
    static char stack[65536];
    char *const arguments[] = {(char[]){"true"}, NULL};
    char *const none[] = {NULL};
    pid_t child;
    int terminal;
    fflush(stdout);
    forked(NAMED(fork)());
    forked(NAMED(__fork)());
    forked(NAMED(_Fork)());
    by_vfork("vfork", vfork);
    by_vfork("__vfork", (type___vfork *)dlsym(RTLD_DEFAULT, "__vfork"));
    forked(NAMED(clone)(nothing, stack + sizeof stack, SIGCHLD, NULL));
    forked(NAMED(__clone)(nothing, stack + sizeof stack, SIGCHLD, NULL));
    const pid_t on_terminal = NAMED(forkpty)(&terminal, NULL, NULL, NULL);
    away(on_terminal);
    CHILD(SAY(login_tty, -1));
    CHILD(SAY(execve, "/nowhere", arguments, none));
    CHILD(SAY(execv, "/nowhere", arguments));
    CHILD(SAY(execvp, "/nowhere", arguments));
    CHILD(SAY(execvpe, "/nowhere", arguments, none));
    CHILD(SAY(execveat, AT_FDCWD, "/nowhere", arguments, none, 0));
    CHILD(SAY(fexecve, pair[0], arguments, none));
    int (*const list[])(const char *, const char *, ...) = {execl, execlp};
    printf("execl\nexeclp\nexecle\n");
    CHILD(list[0]("/nowhere", "a", NULL), list[1]("/nowhere", "a", NULL), execle("/nowhere", "a", NULL, none));
    SAY(posix_spawn, &child, "/bin/true", NULL, NULL, arguments, environ);
    away(child);
    SAY(posix_spawnp, &child, "true", NULL, NULL, arguments, environ);
    away(child);
    SAY(system, "true");
    FILE *const pipe_to = NAMED(popen)("true", "r");
    say_errno(errno);
    pclose(pipe_to);
    become_daemon();
    SAY(unshare, 0);
    SAY(setns, -1, 0);
    SAY(prctl, PR_SET_SECCOMP, 77L, 0L, 0L, 0L);
    SAY(pthread_setname_np, pthread_self(), "t08_every_name");
    CHILD(SAY(_exit, 41));
    CHILD(SAY(_Exit, 42));
}

static void look_up(void)
{
    struct addrinfo *found;
    struct hostent entry, *result;
    struct ifaddrs *list;
    char room[1024];
    int code;
    unsigned char question[64], answer[512];
    const struct in_addr one = {htonl(INADDR_LOOPBACK)};
    struct gaicb request = {.ar_name = "127.0.0.1"}, *requests[] = {&request};
    SAY(getaddrinfo, "127.0.0.1", NULL, NULL, &found);
    SAY(getaddrinfo_a, GAI_WAIT, requests, 1, NULL);
    SAY(gethostbyname, "127.0.0.1");
    SAY(gethostbyname2, "127.0.0.1", AF_INET);
    SAY(gethostbyaddr, &one, 4, AF_INET);
    SAY(gethostbyname_r, "127.0.0.1", &entry, room, sizeof room, &result, &code);
    SAY(gethostbyname2_r, "127.0.0.1", AF_INET, &entry, room, sizeof room, &result, &code);
    SAY(gethostbyaddr_r, &one, 4, AF_INET, &entry, room, sizeof room, &result, &code);
    SAY(getnameinfo, (void *)&address, sizeof address, room, 64, NULL, 0, NI_NUMERICHOST);
    SAY(getifaddrs, &list);
    SAY(if_nameindex);
    SAY(if_nametoindex, "lo");
    SAY(if_indextoname, 1u, room);
    SAY(openlog, "t08", 0, LOG_USER);
    SAY(syslog, LOG_DEBUG, "%d", 1);
    SAY(__syslog_chk, LOG_DEBUG, 1, "%d", 1);
    /* No name server: nothing is sent, and nobody waits. */
    res_init();
    _res.nscount = 0;
    _res.retrans = _res.retry = 1;
    _res.nsaddr_list[0].sin_family = AF_INET;
    _res.nsaddr_list[0].sin_port = 1;
    _res.nsaddr_list[0].sin_addr = one;
    _res.nscount = 1;
    const int size = res_mkquery(QUERY, "a.example", C_IN, T_A, NULL, 0, NULL, question, sizeof question);
#define BOTH(name, ...)                                                                                                \
    SAY(name, __VA_ARGS__);                                                                                            \
    SAY(__##name, __VA_ARGS__)
    BOTH(res_query, "a.example", C_IN, T_A, answer, sizeof answer);
    BOTH(res_search, "a.example.", C_IN, T_A, answer, sizeof answer);
    BOTH(res_querydomain, "a", "example", C_IN, T_A, answer, sizeof answer);
    BOTH(res_send, question, size, answer, sizeof answer);
    BOTH(res_nquery, &_res, "a.example", C_IN, T_A, answer, sizeof answer);
    BOTH(res_nsearch, &_res, "a.example.", C_IN, T_A, answer, sizeof answer);
    BOTH(res_nquerydomain, &_res, "a", "example", C_IN, T_A, answer, sizeof answer);
    BOTH(res_nsend, &_res, question, size, answer, sizeof answer);
}

static void inside(void)
{
    struct passwd user, *user_found;
    struct group group, *group_found;
    struct servent service, *service_found;
    char room[1024];
    int port = 1023, count = 4;
    gid_t groups[4];
    char *host = room;
    char nowhere[] = "a host.whose name no server is asked for as one label of it has more than sixty three bytes";
    strcpy(room, "240.0.0.1");
    SAY(rresvport, &port);
    SAY(rresvport_af, &port, AF_INET);
    if (getuid() != 0) { /* as root they would really try to connect */
        SAY(rcmd, &host, 1, "a", "b", "c", NULL);
        SAY(rcmd_af, &host, 1, "a", "b", "c", NULL, AF_INET);
    } else {
        SAY(rcmd, &(char *){nowhere}, 1, "a", "b", "c", NULL);
        SAY(rcmd_af, &(char *){nowhere}, 1, "a", "b", "c", NULL, AF_INET);
    }
    SAY(rexec, &(char *){nowhere}, 1, "a", "b", "c", NULL);
    SAY(rexec_af, &(char *){nowhere}, 1, "a", "b", "c", NULL, AF_INET);
    SAY(getpwnam, "root");
    SAY(getpwuid, 0);
    SAY(getgrnam, "root");
    SAY(getgrgid, 0);
    SAY(getpwnam_r, "root", &user, room, sizeof room, &user_found);
    SAY(getpwuid_r, 0, &user, room, sizeof room, &user_found);
    SAY(getgrnam_r, "root", &group, room, sizeof room, &group_found);
    SAY(getgrgid_r, 0, &group, room, sizeof room, &group_found);
    SAY(getgrouplist, "root", 0, groups, &count);
    SAY(initgroups, "root", 0);
    SAY(getlogin);
    SAY(getlogin_r, room, sizeof room);
    SAY(innetgr, "a", "b", "c", "d");
    SAY(setnetgrent, "a");
    SAY(gethostid);
    SAY(getnetbyname, "loopback");
    SAY(getnetbyaddr, 127u, AF_INET);
    SAY(getservbyname, "http", "tcp");
    SAY(getservbyport, (int)htons(80), "tcp");
    SAY(getservbyname_r, "http", "tcp", &service, room, sizeof room, &service_found);
    SAY(getservbyport_r, (int)htons(80), "tcp", &service, room, sizeof room, &service_found);
}

static FILE *stream(void)
{
    return fdopen(dup(pair[0]), "w");
}

static void end(void)
{
    SAY(shutdown, pair[0], SHUT_WR);
    SAY(fdopen, dup(pair[0]), "w");
    SAY(fclose, stream());
    if (errno_too)
        SAY(fclose, fmemopen(buffer, sizeof buffer, "w")); /* without a descriptor: no record */
    SAY(freopen, "/dev/null", "w", stream());
    SAY(freopen64, "/dev/null", "w", stream());
    SAY(close, dup(pair[0]));
    SAY(__close, dup(pair[0]));
    SAY(close_range, 100u, 100u, 0);
    SAY(closefrom, 3);
}

/* A thread of which this is the first call. */
static void *begin(void *argument)
{
    SAY(send, pair[0], buffer, (size_t)4, 0);
    return argument;
}

static void in_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, begin, NULL) != 0 || pthread_join(thread, NULL) != 0)
        errx(1, "thread");
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "errno") == 0) {
        printf("at the start: %d\n", errno);
        errno_too = true;
    }
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "inside") == 0) {
        inside();
        return 0;
    }
    create();
    transfer();
    in_thread();
    asynchronous();
    wait_for();
    processes();
    look_up();
    inside();
    end();
    return 0;
}
