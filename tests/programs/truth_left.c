/* truth_left HOW - leaves a socket open at its end: q (quick_exit), _ (_exit), e
 * (exit), a (abort), k (kill -9). */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    if (argc < 2 || socket(AF_INET, SOCK_STREAM, 0) < 0)
        return 2;
    switch (argv[1][0]) {
    case 'q': quick_exit(0);
    case '_': _exit(0);
    case 'a': abort();
    case 'k': kill(getpid(), SIGKILL); break;
    }
    exit(0);
}
