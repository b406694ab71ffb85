/* t33_filter.c - runs a program behind a seccomp filter that is there from its start.
 *
 *   but NUMBER COMMAND...            all but this system call, as a container does
 *   only kill|errno LIST COMMAND...  only those whose numbers the file LIST has, as a strict
 *                                    sandbox does; for others it kills, or says EPERM
 * The command is preloaded with what T33_PRELOAD names; the filter's own program is not.
 *   numbers TRACE                    prints the numbers in a trace of strace -n
 */
#include <ctype.h>
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct sock_filter filter[1024] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
static unsigned short length = 1;

static void answer(unsigned number, unsigned with)
{
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, with);
}

static void run(unsigned otherwise, char **command)
{
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
    if (getenv("T33_PRELOAD") != NULL)
        setenv("LD_PRELOAD", getenv("T33_PRELOAD"), 1);
    const struct sock_fprog program = {length, filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        exit(77);
    execvp(command[0], command);
    err(9, "%s", command[0]);
}

static void numbers(const char *path)
{
    static char seen[1000], line[1 << 16];
    FILE *const trace = fopen(path, "r");
    while (trace != NULL && fgets(line, sizeof line, trace) != NULL) {
        const char *const bracket = strchr(line, '[');
        const int number = bracket != NULL ? atoi(bracket + 1) : -1;
        if (number >= 0 && number < 1000 && (bracket == line || isspace((unsigned char)bracket[-1])))
            seen[number] = 1;
    }
    for (int i = 0; i < 1000; i++) {
        if (seen[i])
            printf("%d\n", i);
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "numbers") == 0) {
        numbers(argv[2]);
    } else if (argc > 3 && strcmp(argv[1], "but") == 0) {
        answer((unsigned)atoi(argv[2]), SECCOMP_RET_ERRNO | 1);
        run(SECCOMP_RET_ALLOW, argv + 3);
    } else if (argc > 4 && strcmp(argv[1], "only") == 0) {
        char line[32];
        FILE *const list = fopen(argv[3], "r");
        while (list != NULL && length < 1000 && fgets(line, sizeof line, list) != NULL)
            answer((unsigned)atoi(line), SECCOMP_RET_ALLOW);
        run(strcmp(argv[2], "kill") == 0 ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | 1, argv + 4);
    }
    return 0;
}
