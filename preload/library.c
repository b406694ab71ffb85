/* library.c - start and end; see library.h. */
#include "library.h"

#include "descriptors.h"
#include "event.h"
#include "process.h"
#include "real.h"
#include "ring_file.h"
#include "sys.h"

#include <poll.h>
#include <string.h>
#include <sys/resource.h>
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

static void inherit(int fd)
{
    if (descriptor_inherit(fd))
        event_note(CALL_inherit, fd, 0);
}

/* The sockets that were there before us. poll tells which descriptors are open
 * without touching them, a thousand at a time; a sandbox may know no poll, but
 * has just let the dynamic linker call fstat. */
static void find_inherited(void)
{
    enum { BLOCK = 1024, IN_SANDBOX = 64 };
    static struct pollfd set[BLOCK];
    struct rlimit files;
    if (process_sandboxed) {
        for (int fd = 0; fd < IN_SANDBOX; fd++)
            inherit(fd);
        return;
    }
    if (sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &files) != 0)
        return;
    const unsigned block = files.rlim_cur < BLOCK ? (unsigned)files.rlim_cur : BLOCK;
    bool any = true;
    for (unsigned base = 0; any && block != 0 && base < descriptors.limit; base += block) {
        for (unsigned i = 0; i < block; i++)
            set[i] = (struct pollfd){.fd = (int)(base + i)};
        struct timespec none = {0, 0};
        if (sys_call(SYS_ppoll, set, block, &none, NULL, 8) < 0)
            return;
        any = false;
        for (unsigned i = 0; i < block; i++) {
            if ((set[i].revents & POLLNVAL) != 0)
                continue;
            any = true;
            inherit((int)(base + i));
        }
    }
}

static void begin(void)
{
    settings_read(&settings, environ);
    struct ring mapped;
    enum refusal refusal = ring_file_open(&mapped, settings.ring, settings.size);
    if (refusal == RECORDED && !descriptors_start())
        refusal = NO_MEMORY;
    if (refusal != RECORDED) {
        say_why_not(refusal);
        return;
    }
    process_start(&mapped, settings.refused);
    ring = mapped;

    struct event event;
    event_begin_any(&event, CALL_exec, -1);
    event.end = event.start;
    event_add_text(&event, process_self.path);
    event_add_text(&event, process_self.args);
    event_write(&event);
    find_inherited();
}

void library_start(void)
{
    static int begun;
    if (!library_started) {
        real_resolve();
        library_started = true;
    }
    /* Before libc has an environment there are no settings: later, then. */
    int expected = 0;
    if (environ != NULL && __atomic_compare_exchange_n(&begun, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        begin();
}

static __attribute__((constructor)) void construct(void)
{
    library_start();
}

/* Calls of other libraries' destructors may still follow, and are recorded. */
static __attribute__((destructor)) void destruct(void)
{
    if (process_owns_memory())
        event_note(CALL_exit, -1, 0);
}
