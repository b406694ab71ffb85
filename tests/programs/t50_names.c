/* t50_names - threads that are renamed, each in its own way; each sends as many bytes
 * as the number of its way, before and after. */
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pair[2];
static sem_t ready, go;

static void say(long size)
{
    send(pair[0], "................", (size_t)size, MSG_DONTWAIT);
}

static void *plain(void *size)
{
    say((long)size);
    return NULL;
}

static void *renames(void *size)
{
    char *const there = strdup("by-prctl");
    say(2);
    prctl(PR_SET_NAME, there, 0, 0, 0);
    memset(there, 'x', 8);
    say(3);
    syscall(SYS_prctl, PR_SET_NAME, "by-number", 0, 0, 0);
    say(4);
    pthread_setname_np(pthread_self(), "by-pthread");
    say(5);
    prctl(PR_SET_NAME, "longer-than-the-kernel-keeps", 0, 0, 0);
    say(6);
    return size;
}

static void *is_renamed(void *size)
{
    say(7);
    sem_post(&ready);
    sem_wait(&go);
    say(8);
    return size;
}

int main(void)
{
    pthread_t thread;
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
        return 1;
    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    pthread_create(&thread, NULL, plain, (void *)1);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, renames, NULL);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, is_renamed, NULL);
    sem_wait(&ready);
    pthread_setname_np(thread, "by-another");
    sem_post(&go);
    pthread_join(thread, NULL);
    say(9);
    prctl(PR_SET_NAME, "the-main-one", 0, 0, 0);
    say(10);
    pthread_create(&thread, NULL, plain, (void *)11); /* has its maker's name */
    pthread_join(thread, NULL);
    return 0;
}
