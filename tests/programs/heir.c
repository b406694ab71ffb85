/* heir - hands two sockets to a program that it starts: a listening one that
 * stays open over exec and one that does not. The program, itself, accepts a
 * connection that the first run made. Prints "name number". */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void inherited(int listening)
{
    char text[8];
    const int connection = accept(listening, NULL, NULL);
    if (connection < 0 || read(connection, text, sizeof text) != 5)
        err(1, "heir");
    close(connection);
    close(listening);
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        inherited(atoi(argv[1]));
        return 0;
    }
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    char number[16];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int closed = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &length) < 0)
        err(1, "listen");
    snprintf(number, sizeof number, "%d", listening);
    const pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "heir", number, NULL);
        err(127, "exec");
    }
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, (struct sockaddr *)&address, length) < 0 || write(client, "hello", 5) != 5)
        err(1, "connect");
    int status;
    waitpid(child, &status, 0);
    printf("child %d\nlistening %d\nclosed %d\nport %d\n", (int)child, listening, closed, ntohs(address.sin_port));
    return WEXITSTATUS(status);
}
