/* unix_server PATH - hands a socket to another process.
 *
 * It makes a pair of connected sockets, passes one of them to the client that
 * connects to PATH, and prints what that client writes into it. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A descriptor means nothing in another process. The kernel translates it: it
 * travels as a control message of the type SCM_RIGHTS. */
static void pass(int connection, int fd)
{
    char text[] = "a present";
    struct iovec data = {text, sizeof text};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(connection, &message, 0) < 0)
        err(1, "sendmsg");
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
        errx(2, "usage: unix_server PATH");
    strcpy(address.sun_path, argv[1]);
    unlink(argv[1]);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0), connection, pair[2];
    if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0 || listen(listening, 1) < 0)
        err(1, "%s", argv[1]);
    if ((connection = accept(listening, NULL, NULL)) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "%s", argv[1]);
    pass(connection, pair[1]);
    close(pair[1]); /* the client has its own now */

    char buffer[256];
    for (ssize_t n; (n = read(pair[0], buffer, sizeof buffer)) > 0;)
        fwrite(buffer, 1, (size_t)n, stdout);
    close(pair[0]);
    close(connection);
    close(listening);
    unlink(argv[1]);
}
