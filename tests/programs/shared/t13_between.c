/* t13_between.so - lies behind the library: calls that end a descriptor, and before
 * they return, what another thread may do with its number meanwhile: it is given
 * to a file, then to a socket. */
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int between_fd = -1; /* set by the program: what is about to end */

static void must(int fd, int want, const char *what)
{
    if (fd != want)
        err(1, "%s: %d, not %d", what, fd, want);
}

/* None of this is a call on a socket, whatever the number was before. */
static void use_file(int fd)
{
    char bytes[77] = "";
    must(open("/dev/null", O_RDWR), fd, "open");
    must((int)write(fd, bytes, sizeof bytes), sizeof bytes, "write");
    must((int)read(fd, bytes, sizeof bytes), 0, "read");
    const int copy = dup(fd), high = fcntl(fd, F_DUPFD, 200);
    must((int)write(copy, bytes, sizeof bytes), sizeof bytes, "write to a copy");
    must((int)write(high, bytes, sizeof bytes), sizeof bytes, "write to a high copy");
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    dup2(fd, 201);
    close(201);
    close(high);
    close(copy);
    must(close(fd), 0, "close");
}

static void others(void)
{
    const int fd = between_fd;
    between_fd = -1;
    if (fd < 0)
        return;
    use_file(fd);
    must(socket(AF_UNIX, SOCK_DGRAM, 0), fd, "socket");
    send(fd, "between", 7, 0);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ENDS(name, params, args)                                                                                       \
    int name params                                                                                                    \
    {                                                                                                                  \
        const int result = NEXT(name) args;                                                                            \
        others();                                                                                                      \
        return result;                                                                                                 \
    }
int __close(int fd);
ENDS(close, (int fd), (fd))
ENDS(__close, (int fd), (fd))
ENDS(close_range, (unsigned first, unsigned last, int flags), (first, last, flags))
ENDS(fclose, (FILE * file), (file))

void closefrom(int first)
{
    NEXT(closefrom)(first);
    others();
}

/* Here the number is a file's, which that other thread closes. */
#define REOPENS(name)                                                                                                  \
    FILE *name(const char *path, const char *mode, FILE *file)                                                         \
    {                                                                                                                  \
        FILE *const result = NEXT(name)(path, mode, file);                                                             \
        close(between_fd);                                                                                             \
        others();                                                                                                      \
        return result;                                                                                                 \
    }
REOPENS(freopen)
REOPENS(freopen64)

/* Here it stays open, as another socket or as a file, which is used at once. */
static void use_copy(void)
{
    static const char bytes[77];
    if (between_fd >= 0 && send(between_fd, "between", 7, 0) < 0 && errno == ENOTSOCK)
        must((int)write(between_fd, bytes, sizeof bytes), sizeof bytes, "write");
    between_fd = -1;
}

#define COPIES(name, params, args)                                                                                     \
    int name params                                                                                                    \
    {                                                                                                                  \
        const int result = NEXT(name) args;                                                                            \
        use_copy();                                                                                                    \
        return result;                                                                                                 \
    }
int __dup2(int fd, int to);
COPIES(dup2, (int fd, int to), (fd, to))
COPIES(__dup2, (int fd, int to), (fd, to))
COPIES(dup3, (int fd, int to, int flags), (fd, to, flags))
