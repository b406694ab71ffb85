/* t03_between.so - lies behind the library: while a filter comes on, another thread
 * may well be in the midst of its calls. */
#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void another_thread(void)
{
    close(socket(AF_UNIX, SOCK_DGRAM, 0));
}

int prctl(int option, ...)
{
    int (*const next)(int, ...) = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
    __builtin_va_list list;
    __builtin_va_start(list, option);
    const unsigned long a = __builtin_va_arg(list, unsigned long), b = __builtin_va_arg(list, unsigned long);
    __builtin_va_end(list);
    const int result = next(option, a, b, 0, 0);
    if (option == PR_SET_SECCOMP)
        another_thread();
    return result;
}

long syscall(long number, ...)
{
    long (*const next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    long more[6];
    __builtin_va_list list;
    __builtin_va_start(list, number);
    for (int i = 0; i < 6; i++)
        more[i] = __builtin_va_arg(list, long);
    __builtin_va_end(list);
    const long result = next(number, more[0], more[1], more[2], more[3], more[4], more[5]);
    if (number == SYS_seccomp || (number == SYS_prctl && more[0] == PR_SET_SECCOMP))
        another_thread();
    return result;
}
