/* resolver PORT NAME - looks NAME up as the resolver in the C library does: it
 * is a user of the socket library, too. PORT is the DNS server's. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* www.example -> 3 www 7 example 0, then type A (1), class IN (1). */
static size_t question(unsigned char *at, const char *name)
{
    unsigned char *begin = at;
    for (size_t n; *name; name += n + (name[n] == '.')) {
        n = strcspn(name, ".");
        *at++ = (unsigned char)n;
        memcpy(at, name, n);
        at += n;
    }
    memcpy(at, "\0\0\1\0\1", 5);
    return (size_t)(at - begin) + 5;
}

int main(int argc, char **argv)
{
    if (argc < 3 || strlen(argv[2]) > 200)
        errx(2, "usage: resolver PORT NAME");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* Number 7, recursion desired, one question. */
    unsigned char query[256] = {0, 7, 1, 0, 0, 1}, answer[512];
    size_t size = 12 + question(query + 12, argv[2]);

    alarm(5); /* a datagram may be lost, and nothing would tell us */
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sendto(fd, query, size, 0, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "sendto");
    ssize_t n = recvfrom(fd, answer, sizeof answer, 0, NULL, NULL);
    if (n < (ssize_t)size + 16)
        errx(1, "no address in the answer");
    const unsigned char *ip = answer + n - 4; /* the address ends the answer */
    printf("%s has the address %d.%d.%d.%d\n", argv[2], ip[0], ip[1], ip[2], ip[3]);
    close(fd);
}
