/* duplicates - one socket under many descriptors, each made in another way and
 * ended in another way. Prints "name number" for each. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int show(const char *name, int fd)
{
    if (fd < 0)
        err(1, "%s", name);
    printf("%s %d\n", name, fd);
    return fd;
}

int main(void)
{
    const int file = show("file", open("/dev/null", O_WRONLY));
    const int first = show("socket", socket(AF_INET, SOCK_DGRAM, 0));
    const int second = show("dup", dup(first));
    const int third = show("dupfd", fcntl(first, F_DUPFD, 50));
    show("dupfd_cloexec", fcntl(first, F_DUPFD_CLOEXEC, 60));
    show("dup2", dup2(first, 70));
    show("dup3", dup3(first, 71, O_CLOEXEC));
    show("over", dup2(file, 70)); /* ends the socket's 70 without a close */
    if (write(70, "x", 1) != 1)   /* no socket any more: no record */
        err(1, "write");
    close(first);
    close(second);
    close(third);
    close_range(60, 80, 0);
    if (write(71, "x", 1) >= 0)
        errx(1, "71 is still open");
}
