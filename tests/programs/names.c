/* names PORT - looks up names and addresses, then connects to localhost:PORT by
 * the address that the look-up gave. */
#include <err.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2)
        errx(2, "usage: names PORT");
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL, *none = NULL;
    const int error = getaddrinfo("localhost", argv[1], &hints, &found);
    if (error != 0)
        errx(1, "localhost: %s", gai_strerror(error));
    const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST};
    if (getaddrinfo("no number", NULL, &numeric, &none) != EAI_NONAME)
        errx(1, "a look-up that should fail did not");
    gethostbyname("localhost");
    char host[64], service[16];
    getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, service, sizeof service,
                NI_NUMERICHOST | NI_NUMERICSERV);
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) == 0)
        freeifaddrs(list);
    const int fd = socket(found->ai_family, found->ai_socktype, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) < 0)
        err(1, "connect");
    close(fd);
    freeaddrinfo(found);
}
