/* t07_libc - plain calls that every C library has; also built for musl. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char buffer[16];
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    struct addrinfo *found = NULL;
    const int listening = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &length) < 0 ||
        connect(client, (struct sockaddr *)&address, length) < 0)
        return 1;
    const int server = accept(listening, NULL, NULL);
    write(client, "hello", 5);
    printf("%.*s\n", (int)read(server, buffer, sizeof buffer), buffer);
    printf("%d\n", getaddrinfo("127.0.0.1", "80", NULL, &found));
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        send(server, "from the child", 14, 0);
        _exit(3);
    }
    int status;
    waitpid(child, &status, 0);
    printf("%.*s %d\n", (int)recv(client, buffer, sizeof buffer, 0), buffer, WEXITSTATUS(status));
    close(client);
    close(server);
    return close(listening);
}
