/* library.c - setting up; see library.h. */
#include "library.h"

#include "descriptors.h"
#include "kept.h"
#include "process.h"
#include "real.h"
#include "ring_file.h"
#include "sys.h"

#include <string.h>
#include <unistd.h>

struct ring ring;
struct settings settings;
bool library_started;

static void say_why_not(enum refusal refusal)
{
    if (!settings.debug)
        return;
    const char *const pieces[] = {"sockspy: nothing is recorded in ", settings.ring, ": ", ring_file_reason(refusal),
                                  "\n"};
    for (unsigned i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        sys_call(SYS_write, STDERR_FILENO, pieces[i], strlen(pieces[i]));
}

static void begin(void)
{
    settings_read(&settings, environ);
    struct ring mapped;
    const enum refusal refusal = ring_file_open(&mapped, settings.ring, settings.made ? 0 : settings.size);
    if (refusal != RECORDED) {
        say_why_not(refusal);
        return;
    }
    kept_start(settings.data);
    descriptors_start();
    process_start(&mapped, settings.refused);
    ring = mapped;
    library_begun();
}

void library_stop(void)
{
    ring.header = NULL;
    descriptors_end();
    ring_file_leave();
}

void library_start(void)
{
    static bool resolved;
    static int begun;
    if (!resolved) {
        real_resolve();
        resolved = true;
    }
    /* Before libc has an environment there are no settings: later, then. */
    int expected = 0;
    if (environ == NULL ||
        !__atomic_compare_exchange_n(&begun, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return;
    begin();
    library_started = true;
}
