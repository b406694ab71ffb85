/* early - a library whose constructor comes before that of any preload, and whose
 * destructor comes after. Sends a word each time on the socket $EARLY_FD; with
 * $EARLY_NULL while there is no environment. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd = -1;

static __attribute__((constructor)) void early(void)
{
    extern char **environ;
    char **const saved = environ;
    fd = getenv("EARLY_FD") != NULL ? atoi(getenv("EARLY_FD")) : -1;
    if (getenv("EARLY_NULL") != NULL)
        environ = NULL;
    write(fd, "too early", 9);
    environ = saved;
    close(socket(AF_UNIX, SOCK_DGRAM, 0));
    write(fd, "constructor", 11);
}

static __attribute__((destructor)) void late(void)
{
    send(fd, "destructor", 10, 0);
}

int early_library(void);
int early_library(void)
{
    return fd;
}
