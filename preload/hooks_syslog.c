/* hooks_syslog.c - syslog keeps a socket of libc's own: each use is noted. */
#include "event.h"
#include "real.h"

#include <syslog.h>

EXPORT void openlog(const char *ident, int option, int facility)
{
    struct event event;
    if (!event_begin_any(&event, CALL_openlog, -1)) {
        real.openlog(ident, option, facility);
        return;
    }
    real.openlog(ident, option, facility);
    event_returned(&event, 0);
    event_add_unread(&event, ident); /* libc reads it when it logs */
    event_write(&event);
}

static void logged(struct event *event, int priority)
{
    event_returned(event, 0);
    event->arg[0] = (uint64_t)priority;
    ring_count(&ring, COUNT_HIDDEN_USE, 1);
    event_write(event);
}

EXPORT void vsyslog(int priority, const char *format, va_list list)
{
    struct event event;
    const bool recorded = event_begin_any(&event, CALL_vsyslog, -1);
    real.vsyslog(priority, format, list);
    if (recorded)
        logged(&event, priority);
}

EXPORT void syslog(int priority, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsyslog(priority, format, list);
    va_end(list);
}

EXPORT void __vsyslog_chk(int priority, int flag, const char *format, va_list list);
EXPORT void __vsyslog_chk(int priority, int flag, const char *format, va_list list)
{
    struct event event;
    const bool recorded = event_begin_any(&event, CALL___vsyslog_chk, -1);
    real.__vsyslog_chk(priority, flag, format, list);
    if (recorded)
        logged(&event, priority);
}

EXPORT void __syslog_chk(int priority, int flag, const char *format, ...);
EXPORT void __syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    __vsyslog_chk(priority, flag, format, list);
    va_end(list);
}
