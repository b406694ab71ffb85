/* unix_client PATH - receives a socket from unix_server and writes into it. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The descriptor that comes back is ours: most likely another number than the
 * sender's, for the same socket. */
static int receive(int connection)
{
    char text[64];
    struct iovec data = {text, sizeof text};
    int fd = -1;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)];
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(connection, &message, 0) < 0)
        err(1, "recvmsg");
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

int main(int argc, char **argv)
{
    struct sockaddr_un server = {.sun_family = AF_UNIX};
    char text[64];
    if (argc != 2 || strlen(argv[1]) >= sizeof server.sun_path)
        errx(2, "usage: unix_client PATH");
    strcpy(server.sun_path, argv[1]);

    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "%s", argv[1]);
    int fd = receive(connection);
    if (fd < 0)
        errx(1, "no descriptor came");
    int length = snprintf(text, sizeof text, "written through descriptor %d\n", fd);
    if (write(fd, text, (size_t)length) < 0)
        err(1, "write");
    close(fd);
    close(connection);
}
