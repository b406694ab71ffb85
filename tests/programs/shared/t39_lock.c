/* t39_lock - has a pthread_mutex_lock of its own, which sends; then
 * sends from threads and from a child. Prints how often it did. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int pair[2] = {-1, -1};
static _Atomic int *locks;

static void tell(void)
{
    if (locks == NULL)
        return;
    ++*locks;
    send(pair[0], "lock", 4, MSG_DONTWAIT);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    int (*const next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
    tell();
    return next(mutex);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    int (*const next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_unlock");
    tell();
    return next(mutex);
}

static void *sender(void *unused)
{
    char text[8];
    send(pair[0], "sender", 6, MSG_DONTWAIT);
    recv(pair[1], text, sizeof text, MSG_DONTWAIT);
    return unused;
}

int main(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
        return 1;
    locks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, sender, NULL) != 0)
            return 2;
        pthread_join(thread, NULL);
    }
    const pid_t child = fork();
    if (child == 0) {
        sender(NULL);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    printf("%d\n", *locks);
    return 0;
}
