/* pingpong.c - two processes that hand a message to and fro over loopback TCP.
 *
 *     pingpong SECONDS [SIZE]
 *
 * Prints how long a call took by the clock on the wall, in ns: a round trip has
 * four, a send and a recv on either side. Both stay on one CPU, since where the
 * scheduler happens to wake them would tell more than what is to be measured.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static ssize_t receive(int fd, char *buffer, size_t size)
{
    return recv(fd, buffer, size, MSG_WAITALL);
}

static void answer(int listening, size_t size)
{
    static char buffer[65536];
    const int one = 1, fd = must(accept(listening, NULL, NULL), "accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    while (receive(fd, buffer, size) == (ssize_t)size)
        must((int)send(fd, buffer, size, 0), "send");
    close(fd);
}

int main(int argc, char **argv)
{
    static char buffer[65536];
    const double seconds = argc > 1 ? atof(argv[1]) : 1;
    const size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 64;
    if (seconds <= 0 || size == 0 || size > sizeof buffer) {
        fputs("usage: pingpong SECONDS [SIZE]\n", stderr);
        return 2;
    }
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)must(sched_getcpu(), "sched_getcpu"), &here);
    must(sched_setaffinity(0, sizeof here, &here), "sched_setaffinity");
    signal(SIGPIPE, SIG_IGN);
    const int listening = must(socket(AF_INET, SOCK_STREAM, 0), "socket"), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    must(bind(listening, (struct sockaddr *)&address, sizeof address), "bind");
    must(listen(listening, 1), "listen");
    must(getsockname(listening, (struct sockaddr *)&address, &length), "getsockname");
    if (must(fork(), "fork") == 0) {
        answer(listening, size);
        _exit(0);
    }
    const int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);

    unsigned long rounds = 0;
    const double begin = now();
    double end;
    do {
        must((int)send(fd, buffer, size, 0), "send");
        must((int)receive(fd, buffer, size), "recv");
        rounds++;
        end = now();
    } while (end - begin < seconds * 1e9);
    close(fd);
    wait(NULL);
    printf("%.1f\n", (end - begin) / (double)rounds / 4);
    return 0;
}
