/* mistakes - what goes wrong with sockets, one after the other. It plays both
 * sides itself. */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in place = {.sin_family = AF_INET}; /* port 0: any that is free */
static struct sockaddr *const at = (struct sockaddr *)&place;
static socklen_t length = sizeof place;

int main(void)
{
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char buffer[64];
    int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, at, length);
    getsockname(server, at, &length);

    if (connect(client, at, length) < 0) /* nobody listens there yet */
        warn("connect");
    if (bind(client, at, length) < 0) /* the address has an owner */
        warn("bind");

    listen(server, 1);
    connect(client, at, length);
    int connection = accept(server, NULL, NULL);
    send(client, "hello?", 6, MSG_NOSIGNAL);
    poll(&(struct pollfd){connection, POLLIN, 0}, 1, -1); /* it may take its time */
    close(connection);                                    /* without having read it: the stack tears the pipe down */
    if (recv(client, buffer, sizeof buffer, 0) < 0)
        warn("recv");
    if (send(client, "hello?", 6, MSG_NOSIGNAL) < 0) /* the pipe is broken */
        warn("send");

    close(client);
    if (send(client, "hello?", 6, MSG_NOSIGNAL) < 0) /* the number means nothing any more */
        warn("send");
    close(server);
}
