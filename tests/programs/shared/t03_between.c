/* t03_between.so - lies behind the library: while a filter comes on, another thread
 * may well be in the midst of its calls. */
#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int prctl(int option, ...)
{
    int (*const next)(int, ...) = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
    __builtin_va_list list;
    __builtin_va_start(list, option);
    const unsigned long a = __builtin_va_arg(list, unsigned long), b = __builtin_va_arg(list, unsigned long);
    __builtin_va_end(list);
    const int result = next(option, a, b, 0, 0);
    if (option == PR_SET_SECCOMP)
        close(socket(AF_UNIX, SOCK_DGRAM, 0));
    return result;
}
