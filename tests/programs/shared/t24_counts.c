/* t24_counts.so - lies before the library or behind it, and says at the end how often
 * each of these was called: as often as the program calls them. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

static int counts[6];
enum { WRITE, READ, SEND, CLOSE, VDPRINTF, VSYSLOG };

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *buffer, size_t size)
{
    counts[WRITE]++;
    return NEXT(write)(fd, buffer, size);
}

ssize_t read(int fd, void *buffer, size_t size)
{
    counts[READ]++;
    return NEXT(read)(fd, buffer, size);
}

ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
    counts[SEND]++;
    return NEXT(send)(fd, buffer, size, flags);
}

int close(int fd)
{
    counts[CLOSE]++;
    return NEXT(close)(fd);
}

int vdprintf(int fd, const char *format, va_list list)
{
    counts[VDPRINTF]++;
    return NEXT(vdprintf)(fd, format, list);
}

void vsyslog(int priority, const char *format, va_list list)
{
    counts[VSYSLOG]++;
    NEXT(vsyslog)(priority, format, list);
}

static __attribute__((destructor)) void end(void)
{
    fprintf(stderr, "write %d, read %d, send %d, close %d, vdprintf %d, vsyslog %d\n", counts[WRITE], counts[READ],
            counts[SEND], counts[CLOSE], counts[VDPRINTF], counts[VSYSLOG]);
}
