/* t38_own - a library with functions of its own under libc's names, of types that have
 * nothing to do with libc's: what they are given and what they give back lies in
 * registers and on the stack where no hook would look for it. */
#include <stdarg.h>

struct large {
    long words[6];
};
struct pair {
    double a, b;
};

char *daemon(const char *name, double load)
{
    (void)name;
    return load > 1.5 ? "busy" : "idle";
}

struct large send(long first)
{
    return (struct large){{first, first + 1, first + 2, first + 3, first + 4, first + 5}};
}

struct pair select(struct pair left, struct pair right, float factor)
{
    return (struct pair){(left.a + right.a) * factor, (left.b + right.b) * factor};
}

double listen(double a, double b, double c, double d, double e, double f, double g, double h, double i, long j)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + (double)j;
}

double prctl(int count, ...)
{
    double sum = 0;
    va_list list;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        sum += va_arg(list, double) * va_arg(list, int);
    va_end(list);
    return sum;
}

/* What has a hook in assembly, too. */
long vfork(long (*call)(long), long argument)
{
    return call(argument) + 1;
}

int execl(int a)
{
    return a + 1;
}
