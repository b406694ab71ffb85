/* name_server [PORT [QUESTIONS]] - a DNS server that knows one answer: whatever
 * the name, the address is 127.0.0.1. It ends after QUESTIONS (1). */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name asked for, type A, class IN, 60 seconds, four bytes: the address. */
static const unsigned char record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1};

int main(int argc, char **argv)
{
    int questions = argc > 2 ? atoi(argv[2]) : 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)}, client;
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 0; i < questions; i++) {
        unsigned char message[600] = {0};
        length = sizeof client;
        if (recvfrom(fd, message, 512, 0, (struct sockaddr *)&client, &length) < 0)
            err(1, "recvfrom");
        size_t end = 12 + strlen((char *)message + 12) + 5; /* the header, the name asked for, type and class */
        message[2] |= 0x80;                                 /* this is an answer... */
        message[7] = 1;                                     /* ...with one record behind the question... */
        message[11] = 0;                                    /* ...and nothing else */
        memcpy(message + end, record, sizeof record);
        sendto(fd, message, end + sizeof record, 0, (struct sockaddr *)&client, length);
    }
    close(fd);
}
