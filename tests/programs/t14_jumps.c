/* t14_jumps CALLS - sends until so many sends have returned, and receives, while a
 * timer jumps out of whatever is going on, some 10,000 times a second. Prints how many
 * sends were begun, how many returned, and how many jumps there were; and in a second
 * line how many receptions were begun, and how many returned. */
#include <err.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

static sigjmp_buf again;
static volatile long begun, returned, jumps, receptions_begun, receptions_returned;

static void jump(int signal)
{
    (void)signal;
    jumps++;
    siglongjmp(again, 1);
}

int main(int argc, char **argv)
{
    const long calls = argc == 2 ? atol(argv[1]) : 0;
    const struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    int pair[2];
    char byte = 'x';
    if (calls <= 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
        errx(2, "usage: t14_jumps CALLS");
    signal(SIGALRM, jump);
    sigsetjmp(again, 1);
    setitimer(ITIMER_REAL, &often, NULL);
    while (returned < calls) {
        begun++;
        send(pair[0], &byte, 1, MSG_DONTWAIT);
        returned++;
        receptions_begun++;
        recv(pair[1], &byte, 1, MSG_DONTWAIT);
        receptions_returned++;
    }
    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("%ld %ld %ld\n%ld %ld\n", begun, returned, jumps, receptions_begun, receptions_returned);
}
