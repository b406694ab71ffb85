/* process_row.c - see process_row.h. */
#include "process_row.h"

#include "small_file.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

uint64_t number_behind(const char *at)
{
    uint64_t number = 0;
    while (at != NULL && *++at >= '0' && *at <= '9')
        number = number * 10 + (uint64_t)(*at - '0');
    return number;
}

uint64_t stat_number(const char *stat, enum stat_field number)
{
    const char *at = strrchr(stat, ')'); /* the name may hold one, too */
    for (int field = NAME_FIELD; at != NULL && field < (int)number; field++)
        at = strchr(at + 1, ' ');
    return number_behind(at);
}

/* When the process with that number began; 0: unknown. */
static __attribute__((noinline)) uint64_t start_of(uint32_t pid)
{
    char path[32], stat[384]; /* as far as the field is */
    strcpy(small_file_number(stpcpy(path, "/proc/"), pid), "/stat");
    return small_file_read(path, stat, sizeof stat) ? stat_number(stat, START_TIME_FIELD) : 0;
}

#define READ(field) __atomic_load_n(&row->field, __ATOMIC_RELAXED)

bool process_row_lives(const struct ring_process *row, const struct ring_process *self)
{
    const uint32_t pid = READ(pid);
    const uint64_t namespace = READ(pid_namespace), began = READ(start_time);
    const uint32_t number = READ(number);
    if (number == 0 || (READ(flags) & (PROCESS_OVER | PROCESS_BECOMES)) != 0 || pid == 0 || pid > INT_MAX)
        return false;
    if (number == self->parent) /* a moment ago it did */
        return true;
    if ((self->flags & PROCESS_SANDBOXED) != 0 || namespace == 0 || namespace != self->pid_namespace)
        return true;
    if (sys_call(SYS_kill, pid, 0) == -ESRCH)
        return false;
    const uint64_t now = began != 0 ? start_of(pid) : 0;
    return now == 0 || now == began;
}
