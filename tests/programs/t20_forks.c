/* t20_forks [few | libc | host | daemon] - a child by every way there is. Each child sends a byte
 * ten times; "way pid" is printed for each, "way pid tid" where a thread sends. few:
 * without a thread that libc does not know of. libc: only by libc's own functions. host:
 * a silent one by a bare vfork, and thirty bytes after it. daemon: itself, silent. */
#include <err.h>
#include <linux/sched.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t __fork(void);
static int pair[2];

static int child_work(void *argument)
{
    (void)argument;
    for (int i = 0; i < 10; i++)
        send(pair[0], "x", 1, 0);
    return 0;
}

static void wait_for(const char *way, pid_t child)
{
    int status = -1;
    if (child == 0) {
        child_work(NULL);
        syscall(SYS_exit_group, 0); /* as raw children must */
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        err(1, "%s: status %d", way, status);
    printf("%s %d\n", way, child);
}

/* Its child has our memory for a while, and its own thread of execution. */
static void by_vfork(void)
{
    const pid_t child = vfork();
    if (child == 0) {
        child_work(NULL);
        _exit(0);
    }
    wait_for("vfork", child);
}

/* A thread of which this is the first call. */
static void *vfork_first(void *argument)
{
    by_vfork();
    child_work(NULL);
    printf("thread %d %d\n", getpid(), gettid());
    return argument;
}

/* The same with a child in our memory, for which nobody waits. */
static void *clone_first(void *argument)
{
    static char stack[65536] __attribute__((aligned(16)));
    wait_for("sharer", clone(child_work, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL));
    child_work(NULL);
    printf("sharing_thread %d %d\n", getpid(), gettid());
    return argument;
}

static void in_thread(void *(*run)(void *))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, NULL) != 0 || pthread_join(thread, NULL) != 0)
        errx(1, "thread");
}

/* A thread that libc does not know of: on a stack of its own, with the variables of
 * the thread that made it. */
static void by_raw_thread(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    static volatile pid_t running = 1;
    const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    const pid_t thread = clone(child_work, stack + sizeof stack, flags | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
                               NULL, NULL, NULL, &running);
    if (thread < 0)
        err(1, "raw thread");
    while (running != 0)
        usleep(1000);
    printf("raw_thread %d %d\n", getpid(), thread);
}

/* With no function at all between us and the kernel. */
static pid_t inline_fork(void)
{
#if defined(__x86_64__)
    long child;
    __asm__ volatile("syscall" : "=a"(child) : "0"(SYS_fork) : "rcx", "r11", "memory");
    return (pid_t)child;
#else
    return fork();
#endif
}

/* A child of a child that has our memory has its own. */
static void fork_in_vfork(void)
{
    static volatile pid_t grandchild;
    const pid_t child = vfork();
    if (child == 0) {
        send(pair[0], "x", 1, 0);
        grandchild = fork();
        if (grandchild == 0)
            child_work(NULL);
        else
            waitpid(grandchild, NULL, 0);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    printf("guest %d\nguests_child %d\n", child, grandchild);
}

/* A child that does nothing that is seen. */
static void be_silent(const char *way, pid_t child)
{
    if (child == 0)
        raise(SIGKILL);
    if (child < 0 || waitpid(child, NULL, 0) != child)
        err(1, "%s", way);
    printf("%s %d\n", way, child);
}

/* The child is on our stack: a call would ruin what its parent returns by. */
static __attribute__((noinline)) void be_host(void)
{
#if defined(__x86_64__)
    const long child = syscall(SYS_vfork);
    if (child == 0)
        __asm__ volatile("syscall" ::"a"((long)SYS_exit_group), "D"(0L) : "rcx", "r11", "memory");
    waitpid((pid_t)child, NULL, 0);
#endif
    for (int i = 0; i < 3; i++)
        child_work(NULL);
}

static void fork_by_libc(void)
{
    int terminal;
    wait_for("fork", fork());
    wait_for("__fork", __fork());
    wait_for("_Fork", _Fork());
    be_silent("silent", fork());
    be_silent("silent_pty", forkpty(&terminal, NULL, NULL, NULL));
}

int main(int argc, char **argv)
{
    const char *const what = argc == 2 ? argv[1] : "all";
    static char stack[3][65536] __attribute__((aligned(16)));
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    setvbuf(stdout, NULL, _IONBF, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    if (strcmp(what, "daemon") == 0) {
        if (daemon(1, 1) < 0)
            err(1, "daemon");
        printf("daemon %d\n", getpid());
        raise(SIGKILL);
    }
    if (strcmp(what, "host") == 0) {
        be_host();
        return 0;
    }
    child_work(NULL);
    printf("self %d\n", getpid());
    fork_by_libc();
    if (strcmp(what, "libc") == 0)
        return 0;
    by_vfork();
    wait_for("inline", inline_fork());
    wait_for("SYS_clone", (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L));
    wait_for("SYS_clone3", (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments));
    wait_for("clone", clone(child_work, stack[0] + sizeof stack[0], SIGCHLD, NULL));
    for (int i = 1; i < 3; i++) /* the second is not the first */
        wait_for("clone_vfork", clone(child_work, stack[i] + sizeof stack[i], CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
    fork_in_vfork();
    const pid_t child = fork();
    if (child == 0) {
        wait_for("grandchild", fork());
        child_work(NULL);
        exit(0);
    }
    wait_for("child", child);
    in_thread(vfork_first);
    child_work(NULL);
    if (strcmp(what, "few") == 0)
        return 0;
    in_thread(clone_first);
    by_raw_thread(); /* from here on nobody knows who is calling but the kernel */
    child_work(NULL);
}
