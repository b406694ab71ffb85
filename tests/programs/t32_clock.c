/* t32_clock HOW - forbids itself to read the processor's counter, and goes on over a
 * pair of sockets as before: "strict" (seccomp's strict mode), "tsc", either with
 * "raw-" before it (by number) or "no-" (the kernel refuses); "exec PROGRAM" runs
 * it with the counter forbidden. Prints "worked". */
#include <linux/seccomp.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int forbid(const char *how)
{
    if (strcmp(how, "strict") == 0)
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
    if (strcmp(how, "tsc") == 0 || strcmp(how, "exec") == 0)
        return prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
    if (strcmp(how, "raw-strict") == 0)
        return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
    if (strcmp(how, "raw-prctl") == 0)
        return (int)syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
    if (strcmp(how, "raw-tsc") == 0)
        return (int)syscall(SYS_prctl, PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
    if (strcmp(how, "no-strict") == 0) /* no such flags */
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL) == -1 ? 0 : 1;
    return 1;
}

int main(int argc, char **argv)
{
    int pair[2];
    char text[8];
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 2;
    write(pair[0], "before", 6);
    read(pair[1], text, 6);
    if (forbid(argv[1]) != 0)
        return 3;
    if (argc > 2)
        execv(argv[2], argv + 2);
    for (int i = 0; i < 100; i++) {
        if (write(pair[0], "hello", 5) != 5 || read(pair[1], text, sizeof text) != 5)
            return 4;
    }
    write(1, "worked\n", 7);
    if (strstr(argv[1], "strict") != NULL && strcmp(argv[1], "no-strict") != 0)
        syscall(SYS_exit, 0);
    if (strstr(argv[1], "prctl") != NULL)
        syscall(SYS_exit, 0);
    close(pair[0]);
    return 0; /* through everybody's destructors */
}
