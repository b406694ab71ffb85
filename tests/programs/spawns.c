/* spawns PROGRAM - starts PROGRAM with one end of a pair of sockets as its standard
 * input and output, closes that end at once, and talks through the other. */
#include <err.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    int pair[2], status;
    pid_t child;
    char answer[8];
    posix_spawn_file_actions_t actions;
    if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
        posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, pair[1], STDOUT_FILENO) != 0)
        err(1, "socketpair");
    if (posix_spawnp(&child, argv[1], &actions, NULL, (char *[]){argv[1], NULL}, environ) != 0)
        errx(1, "%s: cannot be started", argv[1]);
    close(pair[1]);
    if (write(pair[0], "hello", 5) != 5 || read(pair[0], answer, sizeof answer) != 5 ||
        shutdown(pair[0], SHUT_WR) < 0 || read(pair[0], answer, sizeof answer) != 0)
        err(1, "hello");
    close(pair[0]);
    if (waitpid(child, &status, 0) != child || status != 0)
        err(1, "%s", argv[1]);
    posix_spawn_file_actions_destroy(&actions);
}
