/* t40_parts HOW [alone] - a thread (alone: the only one) parts from the table of
 * descriptors, writes, and closes its copies of a pair of sockets; the others go on with
 * theirs. Prints what they get. */
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pair[2];
static const char *how;
static int failed;

static void part(void)
{
    if (strcmp(how, "unshare") == 0)
        failed = unshare(CLONE_FILES);
    else if (strcmp(how, "raw-unshare") == 0)
        failed = (int)syscall(SYS_unshare, CLONE_FILES);
    else if (strcmp(how, "close_range") == 0)
        failed = close_range(100, 200, CLOSE_RANGE_UNSHARE);
    else
        failed = (int)syscall(SYS_close_range, 100, 200, CLOSE_RANGE_UNSHARE);
}

static void *parts(void *unused)
{
    part();
    write(pair[0], "own", 3);
    close(pair[0]);
    close(pair[1]);
    open("/dev/null", O_RDWR); /* takes the first number in this thread's own table */
    return unused;
}

int main(int argc, char **argv)
{
    char text[8];
    pthread_t thread;
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 2;
    how = argv[1];
    if (argc > 2) {
        part();
    } else {
        if (pthread_create(&thread, NULL, parts, NULL) != 0)
            return 2;
        pthread_join(thread, NULL);
        printf("its own: %zd\n", recv(pair[1], text, 3, 0));
    }
    printf("write %zd", write(pair[0], "abc", 3));
    printf(" read %zd\n", read(pair[1], text, sizeof text));
    close(pair[0]);
    close(pair[1]);
    return failed != 0;
}
