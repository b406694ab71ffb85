/* t29_lifecycle - descriptors come and go by every way there is. After each
 * step, every descriptor up to 100 that is a socket sends one byte, and every
 * other one that is open is written to: "step sockets..." is printed. */
#include <err.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LAST = 100, PASSED = 3 };

/* The length of what is written tells the step. */
static void look(const char *step)
{
    static size_t number;
    static const char bytes[64];
    number++;
    printf("%zu %s", number, step);
    for (int fd = 3; fd < LAST; fd++) {
        struct stat file;
        if (fstat(fd, &file) < 0)
            continue;
        if (write(fd, bytes, number) != (ssize_t)number)
            err(1, "write to %d", fd);
        if (S_ISSOCK(file.st_mode))
            printf(" %d", fd);
    }
    printf("\n");
}

static void pass(int to, const int *fds, size_t count)
{
    char control[CMSG_SPACE(sizeof(int) * PASSED)] = {0};
    char byte = 'x';
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = CMSG_SPACE(count * sizeof *fds);
    struct cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof *fds);
    memcpy(CMSG_DATA(header), fds, count * sizeof *fds);
    if (sendmsg(to, &message, 0) != 1)
        err(1, "sendmsg");
}

/* Receives with room for `room` descriptors only. */
static void obtain(int from, size_t room, int flags)
{
    char control[CMSG_SPACE(sizeof(int) * PASSED)];
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = room == 0 ? 0 : CMSG_LEN(room * sizeof(int));
    if (recvmsg(from, &message, flags) != 1)
        err(1, "recvmsg");
}

/* Two messages by one call. */
static void obtain_two(int from)
{
    char control[2][CMSG_SPACE(sizeof(int) * PASSED)], bytes[2];
    struct iovec parts[2] = {{&bytes[0], 1}, {&bytes[1], 1}};
    struct mmsghdr messages[2];
    for (int i = 0; i < 2; i++)
        messages[i].msg_hdr = (struct msghdr){
            .msg_iov = &parts[i], .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = sizeof control[i]};
    if (recvmmsg(from, messages, 2, 0, NULL) != 2)
        err(1, "recvmmsg");
}

/* Behind another header: who sent it. */
static void obtain_behind(int from)
{
    char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * PASSED)], byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    const int on = 1;
    if (setsockopt(from, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 || recvmsg(from, &message, 0) != 1)
        err(1, "recvmsg");
    if (CMSG_FIRSTHDR(&message)->cmsg_type != SCM_CREDENTIALS || CMSG_NXTHDR(&message, CMSG_FIRSTHDR(&message)) == NULL)
        errx(1, "no second header");
}

/* The number of a stream's socket goes to a file, by which way ever. */
static void by_stream(bool reopens)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    FILE *stream = fdopen(fd, "w");
    if (reopens)
        stream = freopen("/dev/null", "w", stream);
    else
        fclose(stream);
    if (!reopens && open("/dev/null", O_WRONLY) != fd)
        errx(1, "another number than %d", fd);
}

/* No number is left: nothing comes of it. */
static void fail_to_copy(int fd)
{
    struct rlimit files, none;
    getrlimit(RLIMIT_NOFILE, &files);
    none = files;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    if (dup(fd) >= 0 || fcntl(fd, F_DUPFD, 3) >= 0)
        errx(1, "copied beyond the limit");
    setrlimit(RLIMIT_NOFILE, &files);
}

/* What was a socket's number is a file's, and then nobody's. */
static void end_as_file(void)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    close(fd);
    if (open("/dev/null", O_WRONLY) != fd || write(fd, "file", 4) != 4 || close(fd) < 0 || write(fd, "none", 4) >= 0)
        errx(1, "another number than %d", fd);
}

static void by_message(void)
{
    int way[2], pair[2];
    const int file = open("/dev/null", O_WRONLY);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, way) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    const int fds[PASSED] = {pair[0], file, pair[1]};
    dup2(way[0], 101); /* where `look` does not write to them */
    dup2(way[1], 102);
    close(way[0]);
    close(way[1]);
    for (int i = 0; i < 7; i++)
        pass(101, fds, PASSED);
    for (int i = 0; i < PASSED; i++)
        close(fds[i]);
}

/* A second descriptor has the names of the first. */
static void copy_named(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t length = sizeof(sa_family_t);
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&name, length) < 0)
        err(1, "bind");
    length = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &length) < 0 || connect(fd, (struct sockaddr *)&name, length) < 0)
        err(1, "connect");
    const int copy = dup(fd);
    if (send(copy, "named", 5, 0) != 5)
        err(1, "send");
    close(copy);
    close(fd);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    close_range(3, ~0u, 0); /* what our parent left open */
    int pair[2], other[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    look("socketpair");
    const int file = open("/dev/null", O_WRONLY);
    dup2(pair[0], 50);
    dup3(pair[0], 51, O_CLOEXEC);
    fcntl(pair[0], F_DUPFD, 60);
    fcntl(pair[0], F_DUPFD_CLOEXEC, 61);
    look("duplicates");
    dup2(file, 50);      /* a socket becomes a file … */
    dup2(pair[1], file); /* … and the other way round */
    look("implicit close");
    if (dup2(99, 51) >= 0 || dup2(51, 51) != 51)
        errx(1, "dup2");
    look("failed dup2 and dup2 onto itself");
    if (fcntl(pair[0], F_DUPFD, -1) >= 0 || fcntl(pair[0], F_DUPFD_CLOEXEC, 1 << 30) >= 0 || dup(-1) >= 0 ||
        dup3(pair[0], pair[0], 0) >= 0 || dup2(pair[0], -1) >= 0)
        errx(1, "duplicates");
    fail_to_copy(pair[0]);
    look("failed duplicates");
    if (close_range(50, 70, 1u << 30) == 0 || close_range(70, 50, 0) == 0)
        errx(1, "close_range");
    look("failed close_range");
    by_stream(false);
    look("fclose");
    by_stream(true);
    look("freopen");
    close_range(50, 70, CLOSE_RANGE_CLOEXEC);
    look("close_range with CLOEXEC");
    dup2(pair[0], 65);
    dup2(pair[0], 80);
    const int null = open("/dev/null", O_WRONLY);
    close_range(50, 60, 0);
    fcntl(null, F_DUPFD, 51);
    fcntl(null, F_DUPFD, 60);
    look("close_range, then files");
    close_range(50, 70, CLOSE_RANGE_UNSHARE);
    fcntl(null, F_DUPFD, 65);
    look("close_range with UNSHARE, alone");
    close(null);
    copy_named();
    end_as_file();
    if (unshare(CLONE_FILES) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, other) == 0)
        close(other[0]), close(other[1]);
    look("unshare, alone");
    by_message();
    obtain(102, PASSED, MSG_PEEK);
    look("rights that are peeked at");
    obtain(102, PASSED, 0);
    look("rights");
    obtain(102, 1, MSG_CMSG_CLOEXEC);
    look("rights that are cut");
    obtain(102, 0, 0);
    look("rights without room");
    obtain_two(102);
    look("rights of two messages");
    obtain_behind(102);
    look("rights behind another header");
    const int self = pidfd_open(getpid(), 0);
    if (self >= 0) {
        pidfd_getfd(self, pair[1], 0);
        close(self);
    }
    look("pidfd_getfd");
    close_range(3, ~0u, 0);
    look("all closed");
}
