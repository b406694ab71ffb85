/* t46_rows forks N | dies N | waits - N children one after the other that send something
 * and end, by _exit or by a kill; or holds a socketpair and sends on each line of the file "to". */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int pair[2], letter;
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    if (strcmp(argv[1], "waits") == 0) {
        FILE *const input = fopen("to", "r");
        puts("ready");
        fflush(stdout);
        while (input != NULL && (letter = getc(input)) != EOF) {
            if (letter == '\n' && send(pair[0], "hello", 5, 0) != 5)
                err(1, "send");
        }
        return 0;
    }
    for (int i = argc > 2 ? atoi(argv[2]) : 0; i > 0; i--) {
        const pid_t child = fork();
        if (child == 0) {
            if (send(pair[0], "", 0, MSG_DONTWAIT) != 0)
                _exit(1);
            if (strcmp(argv[1], "dies") == 0)
                kill(getpid(), SIGKILL);
            _exit(0);
        }
        if (child < 0 || waitpid(child, NULL, 0) != child)
            err(1, "fork");
    }
}
