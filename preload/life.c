/* life.c - the first and the last records of a program: what runs, what sockets
 * it was born with, and its end.
 *
 * Other libraries' constructors may come before ours, and their calls are
 * recorded: the library starts with the first of them (library.h).
 */
#include "descriptors.h"
#include "event.h"
#include "library.h"
#include "process.h"
#include "real.h"
#include "sys.h"

#include <link.h>
#include <poll.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/resource.h>

static APART void announce(void)
{
    struct event event;
    if (!event_begin_any(&event, CALL_exec, -1))
        return;
    event.start = event.end = process_self.moment.ticks; /* before all that it did */
    event_add_text(&event, process_self.path);
    event_add_text(&event, process_self.args);
    event_write(&event);
}

/* Has Go's linker left its note there? */
static bool names_go(const char *notes, size_t size)
{
    static const char type_and_name[] = {4, 0, 0, 0, 'G', 'o', 0, 0};
    for (size_t at = 0; at + sizeof type_and_name <= size; at += 4) {
        if (memcmp(notes + at, type_and_name, sizeof type_and_name) == 0)
            return true;
    }
    return false;
}

/* Is it mapped, to be read? */
static bool is_loaded(const struct dl_phdr_info *program, const ElfW(Phdr) * part)
{
    for (unsigned i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *const at = &program->dlpi_phdr[i];
        if (at->p_type == PT_LOAD && (at->p_flags & PF_R) != 0 && part->p_vaddr >= at->p_vaddr &&
            part->p_vaddr - at->p_vaddr <= at->p_filesz &&
            part->p_filesz <= at->p_filesz - (part->p_vaddr - at->p_vaddr))
            return true;
    }
    return false;
}

/* Go makes its system calls by itself, and has libc only for what C does in it. */
static int look_for_go(struct dl_phdr_info *program, size_t size, void *state)
{
    (void)size;
    for (unsigned i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *const part = &program->dlpi_phdr[i];
        if (part->p_type == PT_NOTE && is_loaded(program, part) &&
            names_go((const char *)program->dlpi_addr + part->p_vaddr, part->p_filesz))
            *(bool *)state = true;
    }
    return 1; /* the first is the program; its libraries are not asked */
}

static void find_around(void)
{
    bool go = false;
    dl_iterate_phdr(look_for_go, &go);
    if (go)
        event_hidden(-1, HIDDEN_AROUND, COUNT_AROUND, process_self.moment.ticks);
}

/* Calls that pass us by, for a library of the program has something else under
 * their names. */
static void tell_owned(void)
{
    struct event event;
    for (unsigned call = 0; call < CALL_exec; call++) { /* events follow */
        const char *const name = real_owned((enum call)call);
        if (name == NULL || !event_begin_any(&event, CALL_hidden, -1))
            continue;
        ring_count(&ring, COUNT_OWN, 1);
        event.start = event.end = process_self.moment.ticks;
        event.arg[0] = HIDDEN_OWN;
        event_add_text(&event, name);
        event_write(&event);
    }
}

static void inherit(int fd)
{
    if (descriptor_kind(fd) == NO_SOCKET && descriptor_learn(fd))
        event_note(CALL_inherit, fd, 0);
}

/* The sockets that were there before us. poll tells which descriptors are open
 * without touching them, a thousand at a time; a filter may know no poll, but
 * has just let the dynamic linker call fstat. */
static void find_inherited(void)
{
    enum { BLOCK = 1024, IN_SANDBOX = 64 };
    static struct pollfd set[BLOCK];
    struct rlimit files;
    if (!sys_may(SYS_ppoll) || !sys_may(SYS_prlimit64)) {
        for (int fd = 0; fd < IN_SANDBOX; fd++)
            inherit(fd);
        return;
    }
    if (sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &files) != 0)
        return;
    const unsigned block = files.rlim_cur < BLOCK ? (unsigned)files.rlim_cur : BLOCK;
    const bool bounded = process_descriptors != 0 && process_descriptors < DESCRIPTORS_MAX;
    const unsigned end = bounded ? process_descriptors : DESCRIPTORS_MAX;
    bool any = true; /* without a bound, an empty block is the end */
    for (unsigned base = 0; (any || bounded) && block != 0 && base < end; base += block) {
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

void library_begun(void)
{
    announce();
    find_around();
    tell_owned();
    find_inherited();
}

static __attribute__((constructor)) void begin(void)
{
    library_start();
}

/* A standard stream over a socket: nobody made it with fdopen, but glibc gives it its
 * buffer when it is first used. */
static void note_stream(FILE *stream, int fd)
{
    if (stream != NULL && __fbufsize(stream) != 0 && descriptor_is_socket(fd))
        event_hidden(fd, HIDDEN_STREAM, COUNT_HIDDEN_USE, clock_ticks(ring.clock));
}

void library_gives_up(int fd)
{
    if (fd >= 0 && fd < 3 && descriptor_is_socket(fd) && process_owns_memory())
        note_stream(real_data.streams[fd], fd);
}

void library_ending(void)
{
    if (ring.header == NULL || library_stopped || !process_owns_memory())
        return;
    const int saved = errno;
    for (int i = 0; i < 3; i++) {
        FILE *const stream = real_data.streams[i];
        note_stream(stream, stream != NULL ? fileno(stream) : -1);
    }
    errno = saved;
    process_ends(&ring);
}

/* Calls of other libraries' destructors may still follow, and are recorded. */
static __attribute__((destructor)) void end(void)
{
    library_ending();
    if (!library_stopped && process_owns_memory())
        event_note(CALL_exit, -1, 0);
}
