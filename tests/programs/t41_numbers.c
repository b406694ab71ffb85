/* t41_numbers - closes sockets past libc, gets their numbers anew for files in every way
 * that libc has, and uses and closes those. Prints how many sockets were closed so. */
#include <dirent.h>
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int hidden;

/* The system call itself, in no function of libc's. */
static void bare_close(int fd)
{
    long result;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "=a"(result) : "0"(SYS_close), "D"(fd) : "rcx", "r11", "memory");
#else
    register long x8 __asm__("x8") = SYS_close;
    register long x0 __asm__("x0") = fd;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8) : "memory");
    result = x0;
#endif
    if (result != 0)
        errx(1, "close %d", fd);
}

static int pair[2];

static void begin(void)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    bare_close(pair[0]);
    bare_close(pair[1]);
}

/* What came under our numbers, if anything did, is used as the file that it is. */
static void end(const char *what, int first, int second)
{
    char byte;
    const int saved = errno;
    if (first < 0) {
        if (saved != EPERM && saved != EACCES && saved != ENOSYS && saved != ENOENT && saved != EINVAL)
            errx(1, "%s: %s", what, strerror(saved));
        first = open("/dev/null", O_RDONLY);
    }
    if (first != pair[0] || (second >= 0 && second != pair[1]))
        errx(1, "%s: %d %d instead of %d %d", what, first, second, pair[0], pair[1]);
    if (second < 0)
        second = eventfd(0, 0);
    if (fcntl(first, F_SETFL, O_NONBLOCK) == 0 && read(first, &byte, 1) > 1)
        errx(1, "%s: read", what);
    close(dup(first));
    close(first);
    close(second);
    hidden += 2;
}

#define ONE(call)                                                                                                      \
    do {                                                                                                               \
        begin();                                                                                                       \
        end(#call, (int)(call), -1);                                                                                   \
    } while (0)
#define TWO(call, fds)                                                                                                 \
    do {                                                                                                               \
        begin();                                                                                                       \
        if ((call) != 0)                                                                                               \
            err(1, #call);                                                                                             \
        end(#call, (fds)[0], (fds)[1]);                                                                                \
    } while (0)
#define STREAM(call, number, close_it)                                                                                 \
    do {                                                                                                               \
        begin();                                                                                                       \
        void *const it = (call);                                                                                       \
        if (it == NULL || number(it) != pair[0])                                                                       \
            err(1, #call);                                                                                             \
        const int more = eventfd(0, 0);                                                                                \
        close_it(it);                                                                                                  \
        close(more);                                                                                                   \
        hidden += 2;                                                                                                   \
    } while (0)

static int by_name(const char *name, const char *path)
{
    int (*const call)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_DEFAULT, name);
    return call != NULL ? call(path, O_RDONLY) : open(path, O_RDONLY);
}

static int at_by_name(const char *name, const char *path)
{
    int (*const call)(int, const char *, int) = (int (*)(int, const char *, int))dlsym(RTLD_DEFAULT, name);
    return call != NULL ? call(AT_FDCWD, path, O_RDONLY) : open(path, O_RDONLY);
}

static char *template(void)
{
    static char text[64];
    strcpy(text, "made-XXXXXX");
    return text;
}

static void by_path(void)
{
    static const char *const names[] = {"__open", "__open64", "__open_2", "__open64_2"};
    static const char *const at_names[] = {"__openat_2", "__openat64_2"};
    ONE(open("/dev/null", O_RDONLY));
    ONE(open64("/dev/null", O_RDONLY));
    ONE(open("created", O_RDWR | O_CREAT, 0600));
    ONE(openat(AT_FDCWD, "/dev/null", O_RDONLY));
    ONE(openat64(AT_FDCWD, "/dev/null", O_RDONLY));
    for (int i = 0; i < 4; i++)
        ONE(by_name(names[i], "/dev/null"));
    for (int i = 0; i < 2; i++)
        ONE(at_by_name(at_names[i], "/dev/null"));
    ONE(creat("created", 0600));
    ONE(creat64("created", 0600));
    ONE(mkstemp(template()));
    ONE(mkstemp64(template()));
    ONE(mkostemp(template(), O_APPEND));
    ONE(mkostemp64(template(), O_APPEND));
    ONE(mkstemps(template(), 0));
    ONE(mkstemps64(template(), 0));
    ONE(mkostemps(template(), 0, O_APPEND));
    ONE(mkostemps64(template(), 0, O_APPEND));
    ONE(shm_open("/sockspy-t41", O_RDWR | O_CREAT, 0600));
    shm_unlink("/sockspy-t41");
    ONE(mq_open("/sockspy-t41", O_RDWR | O_CREAT, 0600, NULL));
    mq_unlink("/sockspy-t41");
    STREAM(fopen("/dev/null", "r"), fileno, fclose);
    STREAM(fopen64("/dev/null", "r"), fileno, fclose);
    STREAM(tmpfile(), fileno, fclose);
    STREAM(tmpfile64(), fileno, fclose);
    STREAM(popen("exit", "r"), fileno, pclose);
    STREAM(opendir("/"), dirfd, closedir);
}

static void without_path(void)
{
    int ends[2];
    sigset_t none;
    sigemptyset(&none);
    TWO(pipe(ends), ends);
    TWO(pipe2(ends, 0), ends);
    TWO(openpty(&ends[0], &ends[1], NULL, NULL, NULL), ends);
    ONE(getpt());
    ONE(posix_openpt(O_RDWR));
    ONE(eventfd(0, 0));
    ONE(signalfd(-1, &none, 0));
    ONE(timerfd_create(CLOCK_MONOTONIC, 0));
    ONE(memfd_create("t41", 0));
    ONE(inotify_init());
    ONE(inotify_init1(0));
    ONE(epoll_create(1));
    ONE(epoll_create1(0));
    const int other = open("/dev/null", O_RDONLY);
    ONE(dup(other));
    ONE(fcntl(other, F_DUPFD, 3));
    ONE(fcntl(other, F_DUPFD_CLOEXEC, 3));
    close(other);
}

static void by_number(void)
{
    int ends[2];
#ifdef SYS_open
    ONE(syscall(SYS_open, "/dev/null", O_RDONLY));
    ONE(syscall(SYS_creat, "created", 0600));
    ONE(syscall(SYS_epoll_create, 1));
    ONE(syscall(SYS_eventfd, 0));
    ONE(syscall(SYS_inotify_init));
    TWO(syscall(SYS_pipe, ends), ends);
#endif
    ONE(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0));
    ONE(syscall(SYS_openat2, AT_FDCWD, "/dev/null", (uint64_t[]){O_RDONLY, 0, 0}, 24));
    ONE(syscall(SYS_eventfd2, 0, 0));
    ONE(syscall(SYS_inotify_init1, 0));
    ONE(syscall(SYS_epoll_create1, 0));
    ONE(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));
    ONE(syscall(SYS_memfd_create, "t41", 0));
    ONE(syscall(SYS_pidfd_open, getpid(), 0));
    ONE(syscall(SYS_dup, 2));
    TWO(syscall(SYS_pipe2, ends, 0), ends);
}

int main(void)
{
    by_path();
    without_path();
    by_number();
    printf("%d\n", hidden);
}
