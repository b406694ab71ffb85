/* real.c - finding the next definition of each call in the loaded objects. */
#include "real.h"

#include "clock.h"
#include "entry.h"
#include "objects.h"
#include "sys.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define UNRECORDED_TOO /* in all the tables below */

/* What a call that is nowhere leads to: whatever its arguments are, and whatever it
 * returns, but for the difference between a number and a pointer. */
static long missing_number(void)
{
    errno = ENOSYS;
    return -1;
}

static void *missing_pointer(void)
{
    errno = ENOSYS;
    return NULL;
}

/* The calls by number: their names one after another, each with its NUL, and which
 * return a pointer. No pointers: each would be another one to relocate. */
static const char names[] =
#define CALL(ret, name, params, args, class, api, schema) #name "\0"
#define VARIADIC(ret, name, params, class, api, schema) #name "\0"
#include "calls.def"
    ;
static const bool returns_pointer[] = {
#define RETURNS_POINTER(ret)                                                                                           \
    _Generic((ret *)0, int * : false, unsigned * : false, long * : false, unsigned long * : false, void * : false, default : true),
#define CALL(ret, name, params, args, class, api, schema) RETURNS_POINTER(ret)
#define VARIADIC(ret, name, params, class, api, schema) RETURNS_POINTER(ret)
#include "calls.def"
};
enum { CALLS = sizeof returns_pointer };
static_assert((int)CALL_exec <= CALLS, "the rows that are calls come first, then those that are not recorded");
static_assert(sizeof(struct real) == CALLS * sizeof(void *), "a pointer for each");

struct real real;
/* Where no libc is known to have a clock. */
static int kernel_clock(clockid_t clock, struct timespec *now)
{
    return (int)sys_call(SYS_clock_gettime, clock, now);
}
int (*clock_of_libc)(clockid_t clock, struct timespec *now) = kernel_clock;

struct real_old real_old;
void *entry_real_vfork, *entry_real___vfork, *entry_real_syscall;
struct real_data real_data;
static const ptrdiff_t *rseq_offset; /* glibc 2.35 and later */
static const unsigned *rseq_size;    /* 0 where the kernel refused */
struct real_range real_libraries, real_program, real_segments[REAL_SEGMENTS];

static void **real_of(size_t call)
{
    return (void **)(void *)&real + call;
}

/* What else is looked for: its name, where the address goes (0 where it is nowhere), and
 * which definition is meant. */
enum which { ANY, OLDER /* of two versions */, LIBC /* its own, whoever stands before it */ };
static const struct {
    const char *name;
    void **to;
    enum which which;
} others[] = {
    {"posix_spawn", (void **)(void *)&real_old.posix_spawn, OLDER},
    {"posix_spawnp", (void **)(void *)&real_old.posix_spawnp, OLDER},
    {"__rseq_offset", (void **)&rseq_offset, LIBC},
    {"__rseq_size", (void **)&rseq_size, LIBC},
    {"__curbrk", (void **)&real_data.program_break, LIBC},
    {"pthread_self", (void **)(void *)&real_data.self, LIBC},
    {"pthread_getcpuclockid", (void **)(void *)&real_data.cpu_clock, LIBC},
    {"clock_gettime", (void **)(void *)&clock_of_libc, LIBC},
    {"__libc_single_threaded", (void **)(void *)&real_data.single_threaded, LIBC},
    {"gnu_get_libc_version", (void **)(void *)&real_data.version, LIBC},
    {"_IO_2_1_stdin_", (void **)&real_data.streams[0], LIBC},
    {"_IO_2_1_stdout_", (void **)&real_data.streams[1], LIBC},
    {"_IO_2_1_stderr_", (void **)&real_data.streams[2], LIBC},
};
enum { OTHERS = sizeof others / sizeof others[0], WANTED = CALLS + OTHERS };

/* One of all these, as the search needs it. */
struct wanted {
    const char *name;
    void **to;
    enum which which;
    uint32_t hash;
};

/* The hooks, and what a program's own library has under the same name: NULL for
 * nothing. */
static void *const hooks[] = {
#define CALL(ret, name, params, args, class, api, schema) (void *)name,
#define VARIADIC(ret, name, params, class, api, schema) (void *)name,
#include "calls.def"
};
static void *own[CALLS];

/* The hash of the System V ABI's GNU extension. */
static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name != '\0'; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

enum { OWN = 1, FOUND = 2 };

/* One search. Two threads may be at it at once: they find the same. */
struct search {
    struct real_range program, libraries;
    bool behind_us;
    uint8_t met[WANTED]; /* OWN, FOUND */
};

/* The i-th of what is wanted; `name` runs along the names of the calls. */
static struct wanted wanted_at(size_t i, const char **name)
{
    struct wanted wanted;
    if (i < CALLS) {
        wanted = (struct wanted){*name, real_of(i), ANY, 0};
        *name += strlen(*name) + 1;
    } else {
        wanted = (struct wanted){others[i - CALLS].name, others[i - CALLS].to, others[i - CALLS].which, 0};
    }
    wanted.hash = gnu_hash(wanted.name);
    return wanted;
}

/* The dynamic symbols of one loaded object. */
struct object {
    uintptr_t base;
    const ElfW(Sym) * symbols;
    const char *strings;
    const ElfW(Versym) * versions; /* NULL: not versioned */
    const uint32_t *hash;          /* DT_GNU_HASH; NULL: none */
    const uint32_t *old_hash;      /* DT_HASH, for those that have only that */
};

static bool read_dynamic(struct object *object, const struct dl_phdr_info *info)
{
    *object = (struct object){.base = info->dlpi_addr};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_DYNAMIC)
            continue;
        const ElfW(Dyn) *entry = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            /* glibc relocates these pointers in place, musl and the vDSO don't. */
            uintptr_t at = entry->d_un.d_ptr;
            if (at < info->dlpi_addr)
                at += info->dlpi_addr;
            switch (entry->d_tag) {
            case DT_SYMTAB: object->symbols = (const void *)at; break;
            case DT_STRTAB: object->strings = (const void *)at; break;
            case DT_VERSYM: object->versions = (const void *)at; break;
            case DT_GNU_HASH: object->hash = (const void *)at; break;
            case DT_HASH: object->old_hash = (const void *)at; break;
            default: break;
            }
        }
    }
    return object->symbols != NULL && object->strings != NULL && (object->hash != NULL || object->old_hash != NULL);
}

/* Is this symbol a definition of what is wanted, in its default version or (old)
 * in another? The default one has no mark. */
static bool defines(const struct object *object, uint32_t index, const char *name, bool old)
{
    const ElfW(Sym) *const symbol = &object->symbols[index];
    if (symbol->st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol->st_info) == STB_LOCAL)
        return false;
    const bool is_old = object->versions != NULL && (object->versions[index] & 0x8000) != 0;
    return is_old == old && strcmp(object->strings + symbol->st_name, name) == 0;
}

static void *address_of(const struct object *object, uint32_t index)
{
    const ElfW(Sym) *const symbol = &object->symbols[index];
    void *const address = (void *)(object->base + symbol->st_value);
    if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
        return ((void *(*)(void))address)();
    return address;
}

static void *find_by_gnu_hash(const struct object *object, const char *name, uint32_t wanted_hash, bool old)
{
    const uint32_t buckets = object->hash[0], first = object->hash[1], words = object->hash[2], shift = object->hash[3];
    const ElfW(Addr) *const bloom = (const void *)&object->hash[4];
    const uint32_t *const bucket = (const void *)&bloom[words];
    const uint32_t *const chain = &bucket[buckets];
    const unsigned bits = 8 * sizeof *bloom;

    const ElfW(Addr) word = bloom[(wanted_hash / bits) % words];
    const ElfW(Addr) mask = (ElfW(Addr))1 << (wanted_hash % bits) | (ElfW(Addr))1 << ((wanted_hash >> shift) % bits);
    if ((word & mask) != mask)
        return NULL;
    uint32_t index = bucket[wanted_hash % buckets];
    if (index < first)
        return NULL;
    for (;; index++) {
        const uint32_t hash = chain[index - first];
        if ((hash | 1) == (wanted_hash | 1) && defines(object, index, name, old))
            return address_of(object, index);
        if ((hash & 1) != 0)
            return NULL;
    }
}

static void *find_by_old_hash(const struct object *object, const char *name, bool old)
{
    const uint32_t symbols = object->old_hash[1];
    for (uint32_t index = 1; index < symbols; index++) {
        if (defines(object, index, name, old))
            return address_of(object, index);
    }
    return NULL;
}

static void *find_version(const struct object *object, const struct wanted *wanted, bool old)
{
    return object->hash != NULL ? find_by_gnu_hash(object, wanted->name, wanted->hash, old)
                                : find_by_old_hash(object, wanted->name, old);
}

static void *find(const struct object *object, const struct wanted *wanted)
{
    void *const address = find_version(object, wanted, wanted->which == OLDER);
    return address == NULL && wanted->which != OLDER ? find_version(object, wanted, true) /* kept for old programs */
                                                     : address;
}

/* Those of a library that has functions of its own stand before libc's, and not in
 * their place. */
static void search_in(struct search *search, const struct object *object, const char *path)
{
    enum { UNKNOWN, NO, YES } keeps_types = UNKNOWN;
    const char *name = names;
    for (size_t i = 0; i < WANTED; i++) {
        const struct wanted wanted = wanted_at(i, &name);
        void *const address = (search->met[i] & FOUND) != 0 ? NULL : find(object, &wanted);
        if (address == NULL)
            continue;
        if (keeps_types == UNKNOWN)
            keeps_types = object_keeps_types(path) ? YES : NO;
        if (keeps_types == YES && (wanted.which != LIBC || object_is_libc(path))) {
            *wanted.to = address;
            search->met[i] |= FOUND;
        } else if (keeps_types == NO && i < CALLS && search->met[i] == 0) {
            own[i] = address;
            search->met[i] = OWN;
        }
    }
}

/* From the first segment to the last. */
static struct real_range range_of(const struct dl_phdr_info *info)
{
    struct real_range range = {UINTPTR_MAX, 0};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *const header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD)
            continue;
        const uintptr_t from = info->dlpi_addr + header->p_vaddr;
        if (from < range.from)
            range.from = from;
        if (from + header->p_memsz > range.to)
            range.to = from + header->p_memsz;
    }
    return range;
}

/* The program's own: the first object. */
static void note_segments(const struct dl_phdr_info *info)
{
    unsigned count = 0;
    for (int i = 0; i < info->dlpi_phnum && count < REAL_SEGMENTS; i++) {
        const ElfW(Phdr) *const header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || (header->p_flags & PF_R) == 0)
            continue;
        const uintptr_t from = info->dlpi_addr + header->p_vaddr;
        real_segments[count++] = (struct real_range){from, from + header->p_memsz};
    }
}

/* Where a thread's variables of this object lie: at the same place in each thread. */
static void note_variables(struct real_data *data, const struct dl_phdr_info *info, size_t size)
{
    const uintptr_t pointer = (uintptr_t)__builtin_thread_pointer();
    if (size <= offsetof(struct dl_phdr_info, dlpi_tls_data) || info->dlpi_tls_data == NULL)
        return;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_TLS)
            continue;
        const ptrdiff_t from = (ptrdiff_t)((uintptr_t)info->dlpi_tls_data - pointer);
        const ptrdiff_t to = from + (ptrdiff_t)info->dlpi_phdr[i].p_memsz;
        data->tls_from = from < data->tls_from ? from : data->tls_from;
        data->tls_to = to > data->tls_to ? to : data->tls_to;
    }
}

/* Called for each loaded object in search order; those behind ours are searched. */
static int visit(struct dl_phdr_info *info, size_t size, void *state)
{
    struct search *const search = state;
    if (real_program.to == 0) /* the first search: what is loaded later may lie elsewhere */
        note_variables(&real_data, info, size);
    const struct real_range range = range_of(info);
    if (search->program.to == 0) {
        search->program = range;
        note_segments(info);
    } else {
        if (range.from < search->libraries.from)
            search->libraries.from = range.from;
        if (range.to > search->libraries.to)
            search->libraries.to = range.to;
    }

    const uintptr_t ours = (uintptr_t)&visit;
    if (ours >= range.from && ours < range.to) {
        search->behind_us = true;
        return 0;
    }
    struct object object;
    if (!search->behind_us || !read_dynamic(&object, info))
        return 0;
    search_in(search, &object, info->dlpi_name);
    return 0;
}

void real_resolve(void)
{
    struct search search = {.libraries = {UINTPTR_MAX, 0}};
    dl_iterate_phdr(visit, &search);
    for (size_t i = 0; i < CALLS; i++) {
        if ((search.met[i] & FOUND) == 0)
            *real_of(i) = returns_pointer[i] ? (void *)missing_pointer : (void *)missing_number;
        if ((search.met[i] & OWN) == 0)
            own[i] = NULL;
    }
    if (real_program.to == 0) {
        real_program = search.program;
        real_libraries = search.libraries;
    }
    if (real_old.posix_spawn == NULL) {
        real_old.posix_spawn = real.posix_spawn;
        real_old.posix_spawnp = real.posix_spawnp;
    }
    if (rseq_offset != NULL && rseq_size != NULL && *rseq_size != 0)
        real_data.cpu_at = *rseq_offset; /* struct rseq begins with cpu_id_start */
    entry_real_vfork = (void *)real.vfork;
    entry_real___vfork = (void *)real.__vfork;
    entry_real_syscall = (void *)real.syscall;
}

const char *real_owned(enum call call)
{
    const char *name = names;
    if ((unsigned)call >= CALLS || own[call] == NULL)
        return NULL;
    for (unsigned i = 0; i < (unsigned)call; i++)
        name += strlen(name) + 1;
    return name;
}

static bool is_missing(size_t call)
{
    return own[call] == NULL && (*real_of(call) == (void *)missing_number || *real_of(call) == (void *)missing_pointer);
}

void *real_way(void *const *slot, bool hooked)
{
    if (slot < entry_table || slot >= entry_table + CALLS) {
        const bool p = slot != entry_table_old + ENTRY_POSIX_SPAWN;
        return hooked ? (void *)(p ? entry_old_posix_spawnp : entry_old_posix_spawn)
                      : (void *)(p ? real_old.posix_spawnp : real_old.posix_spawn);
    }
    const size_t call = (size_t)(slot - entry_table);
    if (is_missing(call))
        real_resolve(); /* a library that has it may have been loaded since */
    return own[call] != NULL ? own[call] : hooked && !is_missing(call) ? hooks[call] : *real_of(call);
}

void real_lead(bool hooked)
{
    for (size_t i = 0; i < CALLS; i++) {
        if (!is_missing(i)) /* that goes on beginning at the start, where it is looked for again */
            __atomic_store_n(&entry_table[i], real_way(&entry_table[i], hooked), __ATOMIC_RELEASE);
    }
#if defined(__x86_64__)
    for (size_t i = 0; i <= ENTRY_POSIX_SPAWNP; i++)
        __atomic_store_n(&entry_table_old[i], real_way(&entry_table_old[i], hooked), __ATOMIC_RELEASE);
#endif
}
