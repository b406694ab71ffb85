/* hosts.c - see hosts.h. A table of sets: an entry lies in one of WAYS places,
 * and a new one takes that of the oldest there. */
#include "record/hosts.h"

#include "base/memory.h"

#include <sys/socket.h>

enum { SETS = 1024, WAYS = 4, GENERATIONS = 8 };

struct entry {
    uint32_t process; /* 0: free */
    uint8_t ip[16];   /* IPv4 as IPv4-mapped */
    uint64_t age;     /* larger is younger */
    char name[HOST_NAME];
};

struct hosts {
    uint64_t age;                  /* 0: nothing was ever learnt */
    struct entry (*entries)[WAYS]; /* SETS; NULL until then: most rings tell no names */
};

struct hosts *hosts_new(void)
{
    return memory_new(1, sizeof(struct hosts));
}

void hosts_free(struct hosts *hosts)
{
    if (hosts != NULL)
        free(hosts->entries);
    free(hosts);
}

/* Sixteen bytes for both kinds of Internet address. Returns false for others. */
static bool to_ip(const struct address *address, uint8_t ip[16])
{
    const uint8_t *const ipv4 = address_ipv4(address);
    if (ipv4 != NULL) {
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        memcpy(ip, mapped, sizeof mapped);
        memcpy(ip + sizeof mapped, ipv4, 4);
        return true;
    }
    if (address->family != AF_INET6)
        return false;
    memcpy(ip, address->bytes, 16);
    return true;
}

static size_t set_of(uint32_t process, const uint8_t ip[16])
{
    uint64_t words[2];
    memcpy(words, ip, sizeof words);
    uint64_t hash = (words[0] ^ words[1] * UINT64_C(0x9e3779b97f4a7c15)) + process;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    return (hash ^ hash >> 29) % SETS;
}

static bool matches(const struct entry *entry, uint32_t process, const uint8_t ip[16])
{
    return entry->process == process && memcmp(entry->ip, ip, 16) == 0;
}

void hosts_learn(struct hosts *hosts, uint32_t number, const struct address *address, const char *name, size_t size)
{
    uint8_t ip[16];
    if (number == 0 || size == 0 || size >= HOST_NAME || !to_ip(address, ip))
        return;
    if (hosts->entries == NULL)
        hosts->entries = memory_new(SETS, sizeof *hosts->entries);
    struct entry *const set = hosts->entries[set_of(number, ip)], *entry = set;
    for (int way = 1; way < WAYS && !matches(entry, number, ip); way++) {
        if (matches(&set[way], number, ip) || set[way].age < entry->age)
            entry = &set[way];
    }
    entry->process = number;
    entry->age = ++hosts->age;
    memcpy(entry->ip, ip, sizeof ip);
    memcpy(entry->name, name, size);
    entry->name[size] = '\0';
}

const char *hosts_find(const struct hosts *hosts, const struct processes *processes, uint32_t number,
                       const struct address *address)
{
    uint8_t ip[16];
    if (hosts->age == 0 || !to_ip(address, ip))
        return NULL;
    for (int generation = 0; generation < GENERATIONS && number != 0; generation++) {
        const struct entry *const set = hosts->entries[set_of(number, ip)];
        for (int way = 0; way < WAYS; way++) {
            if (matches(&set[way], number, ip))
                return set[way].name;
        }
        const struct ring_process *const process = processes_find(processes, number);
        number = process != NULL ? process->parent : 0;
    }
    return NULL;
}
