/* Linked with early.c, whose constructor is the first to call. Says something by
 * functions that others of libc are made of. */
#include <stdio.h>
#include <syslog.h>

int early_library(void);

int main(void)
{
    dprintf(1, "hello %d\n", early_library());
    syslog(LOG_DEBUG, "hello");
}
