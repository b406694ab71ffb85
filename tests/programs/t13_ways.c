/* t13_ways WAY [file] - a socket ends by WAY, during which others take its number (see
 * shared/t13_between.c); then what has the number now is used, and closed; last the
 * number is a file's, and nobody's. Prints the number. file: a copy takes its place that
 * is a file's, not a socket's. */
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int __close(int fd);
int __dup2(int fd, int to);

static int other = -1;
static FILE *stream;

static void by_close(int fd)
{
    close(fd);
}
static void by___close(int fd)
{
    __close(fd);
}
static void by_close_range(int fd)
{
    close_range((unsigned)fd, (unsigned)fd, 0);
}
static void by_closefrom(int fd)
{
    closefrom(fd);
}
static void by_fclose(int fd)
{
    (void)fd;
    fclose(stream);
}
static void by_freopen(int fd)
{
    (void)fd;
    stream = freopen("/dev/null", "w", stream);
}
static void by_freopen64(int fd)
{
    (void)fd;
    stream = freopen64("/dev/null", "w", stream);
}
static void by_dup2(int fd)
{
    dup2(other, fd);
}
static void by___dup2(int fd)
{
    __dup2(other, fd);
}
static void by_dup3(int fd)
{
    dup3(other, fd, O_CLOEXEC);
}

static const struct {
    const char *name;
    void (*end)(int fd);
} ways[] = {
#define WAY(name) {#name, by_##name},
    WAY(close) WAY(__close) WAY(close_range) WAY(closefrom) WAY(fclose) WAY(freopen) WAY(freopen64) WAY(dup2)
        WAY(__dup2) WAY(dup3)};

/* None of this is a call on a socket either. */
static void reuse(int fd)
{
    static const char bytes[77];
    if (open("/dev/null", O_WRONLY) != fd || write(fd, bytes, sizeof bytes) != sizeof bytes || close(fd) != 0)
        err(1, "a file as %d", fd);
    if (write(fd, bytes, sizeof bytes) >= 0)
        errx(1, "%d is open", fd);
}

int main(int argc, char **argv)
{
    int *const between_fd = dlsym(RTLD_DEFAULT, "between_fd");
    size_t i = 0;
    while (argc >= 2 && i < sizeof ways / sizeof ways[0] && strcmp(ways[i].name, argv[1]) != 0)
        i++;
    if (argc < 2 || between_fd == NULL || i == sizeof ways / sizeof ways[0])
        errx(2, "usage: t13_ways WAY [file], with t13_between.so");
    if (strstr(argv[1], "dup") != NULL)
        other = argc == 3 ? open("/dev/null", O_RDWR) : socket(AF_UNIX, SOCK_DGRAM, 0);
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (strchr(argv[1], 'f') == argv[1])
        stream = fdopen(fd, "w");
    *between_fd = fd;
    ways[i].end(fd);
    if (send(fd, "after", 5, 0) == 5)
        errx(1, "sent to nobody");
    close(fd);
    reuse(fd);
    dprintf(1, "%d\n", fd);
}
