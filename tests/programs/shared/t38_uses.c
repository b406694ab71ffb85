/* t38_uses - calls the functions of t38_own twice: also when nothing has been set up
 * as yet, from a constructor. */
#include <stdio.h>

struct large {
    long words[6];
};
struct pair {
    double a, b;
};
char *daemon(const char *name, double load);
struct large send(long first);
struct pair select(struct pair left, struct pair right, float factor);
double listen(double a, double b, double c, double d, double e, double f, double g, double h, double i, long j);
double prctl(int count, ...);
long vfork(long (*call)(long), long argument);
int execl(int a);

static long twice(long argument)
{
    return 2 * argument;
}

static __attribute__((constructor)) void all(void)
{
    const struct pair both = select((struct pair){1, 2}, (struct pair){3, 4}, 0.5f);
    const struct large large = send(7);
    printf("%s %ld %ld %g %g %g %g %ld %d\n", daemon("x", 2.0), large.words[0], large.words[5], both.a, both.b,
           listen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), prctl(4, 1.5, 1, 2.5, 2, 3.5, 3, 4.5, 4), vfork(twice, 20), execl(4));
}

int main(void)
{
    all();
    return 0;
}
