/* real.c - finding the next definition of each call in the loaded objects. */
#include "real.h"

#include "entry.h"
#include "library.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define CALL(ret, name, params, args, class, api, schema)                                                              \
    static ret first_##name params                                                                                     \
    {                                                                                                                  \
        library_start();                                                                                               \
        return real.name args;                                                                                         \
    }
#include "calls.def"

#define MISSING(ret, name, params)                                                                                     \
    static ret missing_##name params                                                                                   \
    {                                                                                                                  \
        errno = ENOSYS;                                                                                                \
        return (ret)-1;                                                                                                \
    }
#define CALL(ret, name, params, args, class, api, schema) MISSING(ret, name, params)
#define VARIADIC(ret, name, params, class, api, schema) MISSING(ret, name, params)
#include "calls.def"

struct real real = {
#define CALL(ret, name, params, args, class, api, schema) .name = first_##name,
#include "calls.def"
};

void *entry_real_vfork, *entry_real_syscall, *entry_real_execl, *entry_real_execlp, *entry_real_execle;
struct real_data real_data;
static const ptrdiff_t *rseq_offset; /* glibc 2.35 and later */
static const unsigned *rseq_size;    /* 0 where the kernel refused */
struct real_range real_libraries, real_program;

/* What is looked for: its name, where the address goes, what to put there if it
 * is nowhere. */
struct wanted {
    const char *name;
    void **to;
    void *missing;
};

static const struct wanted wanted[] = {
#define WANT(name) {#name, (void **)(void *)&real.name, (void *)missing_##name},
#define CALL(ret, name, params, args, class, api, schema) WANT(name)
#define VARIADIC(ret, name, params, class, api, schema) WANT(name)
#include "calls.def"
    {"__rseq_offset", (void **)&rseq_offset, NULL},
    {"__rseq_size", (void **)&rseq_size, NULL},
    {"__curbrk", (void **)&real_data.program_break, NULL},
};
#define WANTED (sizeof wanted / sizeof wanted[0])

/* The hash of the System V ABI's GNU extension. */
static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name != '\0'; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

/* The search. Two threads may be at it at once: they find the same. */
struct search {
    bool behind_us;
    bool found[WANTED];
    uint32_t hash[WANTED];
};

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

/* Is this symbol a definition of `name`, in its default version? */
static bool defines(const struct object *object, uint32_t index, const char *name)
{
    const ElfW(Sym) *const symbol = &object->symbols[index];
    if (symbol->st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol->st_info) == STB_LOCAL)
        return false;
    if (object->versions != NULL && (object->versions[index] & 0x8000) != 0)
        return false;
    return strcmp(object->strings + symbol->st_name, name) == 0;
}

static void *address_of(const struct object *object, uint32_t index)
{
    const ElfW(Sym) *const symbol = &object->symbols[index];
    void *const address = (void *)(object->base + symbol->st_value);
    if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
        return ((void *(*)(void))address)();
    return address;
}

static void *find_by_gnu_hash(const struct object *object, const char *name, uint32_t wanted_hash)
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
        if ((hash | 1) == (wanted_hash | 1) && defines(object, index, name))
            return address_of(object, index);
        if ((hash & 1) != 0)
            return NULL;
    }
}

static void *find_by_old_hash(const struct object *object, const char *name)
{
    const uint32_t symbols = object->old_hash[1];
    for (uint32_t index = 1; index < symbols; index++) {
        if (defines(object, index, name))
            return address_of(object, index);
    }
    return NULL;
}

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

/* Called for each loaded object in search order; those behind ours are searched. */
static int visit(struct dl_phdr_info *info, size_t size, void *state)
{
    (void)size;
    struct search *const search = state;
    const struct real_range range = range_of(info);
    if (real_program.to == 0) {
        real_program = range;
        real_libraries = (struct real_range){UINTPTR_MAX, 0};
    } else {
        if (range.from < real_libraries.from)
            real_libraries.from = range.from;
        if (range.to > real_libraries.to)
            real_libraries.to = range.to;
    }

    const uintptr_t ours = (uintptr_t)&visit;
    if (ours >= range.from && ours < range.to) {
        search->behind_us = true;
        return 0;
    }
    struct object object;
    if (!search->behind_us || !read_dynamic(&object, info))
        return 0;
    for (size_t i = 0; i < WANTED; i++) {
        if (search->found[i])
            continue;
        void *const address = object.hash != NULL ? find_by_gnu_hash(&object, wanted[i].name, search->hash[i])
                                                  : find_by_old_hash(&object, wanted[i].name);
        if (address != NULL) {
            *wanted[i].to = address;
            search->found[i] = true;
        }
    }
    return 0;
}

void real_resolve(void)
{
    static struct search first; /* too large for a small stack */
    for (size_t i = 0; i < WANTED; i++)
        first.hash[i] = gnu_hash(wanted[i].name);
    dl_iterate_phdr(visit, &first);
    for (size_t i = 0; i < WANTED; i++) {
        if (!first.found[i])
            *wanted[i].to = wanted[i].missing;
    }
    if (rseq_offset != NULL && rseq_size != NULL && *rseq_size != 0)
        real_data.cpu_at = *rseq_offset; /* struct rseq begins with cpu_id_start */
    entry_real_vfork = (void *)real.vfork;
    entry_real_syscall = (void *)real.syscall;
    entry_real_execl = (void *)real.execl;
    entry_real_execlp = (void *)real.execlp;
    entry_real_execle = (void *)real.execle;
}
