/* library.c - setting up; see library.h. */
#include "library.h"

#include "descriptors.h"
#include "entry.h"
#include "kept.h"
#include "process.h"
#include "real.h"
#include "ring_file.h"
#include "sys.h"

#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct ring ring;
struct settings settings;
bool library_stopped;
static bool recording; /* `ring` stands */

static void say_why_not(const char *reason)
{
    if (!settings.debug)
        return;
    const char *const pieces[] = {"sockspy: nothing is recorded in ", settings.ring, ": ", reason, "\n"};
    for (unsigned i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        sys_call(SYS_write, STDERR_FILENO, pieces[i], strlen(pieces[i]));
}

static void begin(void)
{
    if (getauxval(AT_SECURE) != 0)
        return; /* by /etc/ld.so.preload: the environment is that of somebody with fewer rights */
    settings_read(&settings, environ);
    process_look();
    if (process_clock_is_forbidden()) {
        say_why_not("the program may not read the processor's time-stamp counter");
        return;
    }
    struct ring mapped;
    const enum refusal refusal = ring_file_open(&mapped, settings.ring, settings.made ? 0 : settings.size);
    if (refusal != RECORDED) {
        say_why_not(ring_file_reason(refusal));
        return;
    }
    kept_start(settings.data);
    descriptors_start();
    process_start(&mapped, &settings);
    ring = mapped;
    recording = true;
    library_begun();
}

void library_start(void)
{
    static bool resolved;
    static int begun;
    if (!resolved) {
        real_resolve();
        resolved = environ != NULL;
    }
    /* Before libc has an environment there are no settings: later, then. */
    int expected = 0;
    if (environ == NULL ||
        !__atomic_compare_exchange_n(&begun, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return;
    begin();
    real_lead(recording);
}

void *entry_first(void **slot)
{
    library_start();
    return real_way(slot, true); /* perhaps not in the table as yet: start-up is under way */
}

void library_stop(bool stop)
{
    if (!recording)
        return;
    library_stopped = stop;
    real_lead(!stop);
}

void library_leave(void)
{
    library_stop(true);
    ring.header = NULL;
    descriptors_end();
    ring_file_leave();
}
