/* calling_lock - a mutex, to be preloaded, that calls what the library hooks each time
 * that it is locked: also when the library learns its thread's number by one. */
#include <dlfcn.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static __thread int depth;

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    int (*const next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
    if (depth++ == 0) {
        const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        send(fd, "lock", 4, MSG_DONTWAIT);
        close(fd);
    }
    depth--;
    return next(mutex);
}
