/* many COUNT - short connections, one after the other, from one process to
 * another, with as few ports as the kernel lets the client use: each with its own
 * number of bytes. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZES = 50 };

static void call(const struct sockaddr_in *server, int count)
{
    char text[SIZES] = "";
    const struct linger at_once = {.l_onoff = 1}; /* so that the port is free again at once */
    for (int i = 0; i < count; i++) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        const ssize_t size = 1 + i % SIZES;
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        if (connect(fd, (const struct sockaddr *)server, sizeof *server) < 0 || write(fd, text, (size_t)size) != size ||
            read(fd, text, sizeof text) != size)
            err(1, "client");
        close(fd);
    }
}

static void serve(int listening, int count)
{
    char text[SIZES];
    for (int i = 0; i < count; i++) {
        const int fd = accept(listening, NULL, NULL);
        const ssize_t size = read(fd, text, sizeof text);
        if (size <= 0 || write(fd, text, (size_t)size) != size)
            err(1, "server");
        close(fd);
    }
}

int main(int argc, char **argv)
{
    const int count = argc > 1 ? atoi(argv[1]) : 1000;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, size) < 0 || listen(listening, 128) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) < 0)
        err(1, "listen");
    const pid_t child = fork();
    if (child == 0) {
        close(listening);
        call(&address, count);
        return 0;
    }
    serve(listening, count);
    int status;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}
