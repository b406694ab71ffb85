/* record.h - everything that lies in the ring, and nothing else.
 *
 * The one contract between the library, which writes, and the viewer, which
 * reads. Fixed-width fields in the machine's byte order, no pointers, no
 * bit-fields. Change anything here and RING_VERSION goes up by one: a reader
 * refuses every version but its own.
 *
 *   file:   ring_header | lanes | owners | processes | chunks
 *   chunk:  chunk_slots slots of SLOT_SIZE bytes, filled from the front
 *   record: struct record, then items, in whole slots; never across chunks
 *
 * How it is written and read is told in ring.h.
 */
#ifndef SOCKSPY_RECORD_H
#define SOCKSPY_RECORD_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MAGIC "sockspy" /* with its NUL: eight bytes */
#define RING_VERSION 3u
#define SLOT_SIZE 64u
#define CHUNK_SLOTS 128u /* the largest record, 4096 bytes of payload and two names, fits */
#define LANES_MAX 256u
#define RING_PROCESSES 512u
#define PAYLOAD_MAX 4096u
#define ADDRESS_MAX 110u /* struct sockaddr_un is the longest that we keep */

/* One row per call or event; the value is what lies in record.call. */
enum call {
#define CALL(ret, name, params, args, class, api, schema) CALL_##name,
#define VARIADIC(ret, name, params, class, api, schema) CALL_##name,
#define EVENT(name, class, schema) CALL_##name,
#include "calls.def"
    CALL_COUNT
};

/* The classes that SOCKSPY_TRACE and --trace name with a %. */
enum call_class { CLASS_NET, CLASS_IO, CLASS_DESC, CLASS_OPT, CLASS_NAME, CLASS_POLL, CLASS_PROCESS, CLASS_COUNT };

/* record.marks: where the user's buffer lies, and what the call moved. */
enum {
    PLACE_UNKNOWN,
    PLACE_STACK,
    PLACE_HEAP,
    PLACE_STATIC,
    PLACE_MAPPED,
    MARK_PLACE = 0x0f,   /* mask of the above */
    MARK_OUT = 0x10,     /* bytes left through the socket (not with a failed call) */
    MARK_IN = 0x20,      /* bytes came in (not with MSG_PEEK) */
    MARK_CREATES = 0x40, /* ret is a new descriptor */
    MARK_CUT = 0x80      /* items were left out or shortened for want of room */
};

struct record {
    uint64_t id;    /* number of its first slot since the ring began */
    uint64_t check; /* record_check() over all its other words: whole, or not valid */
    uint64_t start; /* ticks (see ring_header.clock) just before the real call */
    uint64_t end;   /* and just after */
    uint32_t pid;   /* as the process sees itself */
    uint32_t tid;
    char comm[16]; /* NUL-padded */
    int64_t ret;
    uint16_t call;     /* enum call */
    uint16_t error;    /* errno where the call failed, else 0 */
    int32_t fd;        /* -1: none */
    uint32_t process;  /* ring_process.number: one run of one program, never reused */
    uint32_t sequence; /* low half of its number within its lane: gaps are losses */
    uint64_t inode;    /* of the socket behind fd; 0: unknown */
    uint8_t family;    /* AF_*; 0: unknown */
    uint8_t type;      /* SOCK_* without flags; 0: unknown */
    uint8_t slots;     /* length of the record */
    uint8_t marks;
    uint16_t local_port; /* AF_INET and AF_INET6, host order */
    uint16_t peer_port;
    uint8_t local_ip[4]; /* AF_INET; all zero with port 0: unknown. Others: items */
    uint8_t peer_ip[4];
    uint64_t arg[3]; /* named by the schema column of calls.def */
};

/* The same as words, for those who put it together or read it as a whole. Low
 * bits first, as all machines have it that we know. */
enum record_word {
    WORD_ID,
    WORD_CHECK,
    WORD_START,
    WORD_END,
    WORD_WHO,  /* pid, tid << 32 */
    WORD_COMM, /* two words */
    WORD_RET = WORD_COMM + 2,
    WORD_WHAT,  /* call, error << 16, fd << 32 */
    WORD_PLACE, /* process, sequence << 32 */
    WORD_INODE,
    WORD_KIND,      /* family, type << 8, slots << 16, marks << 24, local_port << 32, peer_port << 48 */
    WORD_ADDRESSES, /* local_ip, peer_ip */
    WORD_ARG,       /* three words */
    RECORD_WORDS = WORD_ARG + 3
};

/* Behind the record: items, each padded to eight bytes, up to a zero kind or
 * the record's end. */
struct item {
    uint16_t kind;  /* enum item_kind */
    uint16_t size;  /* bytes that follow */
    uint32_t whole; /* bytes there were: more than size means cut */
};

enum item_kind {
    ITEM_END,
    ITEM_LOCAL, /* sockaddr in the kernel's form (not for AF_INET) */
    ITEM_PEER,
    ITEM_PAYLOAD, /* may repeat: the parts in order */
    ITEM_CREATED, /* struct created[] */
    ITEM_PASSED,  /* int32_t[]: descriptors that left by SCM_RIGHTS */
    ITEM_VALUE,   /* option value as passed */
    ITEM_TEXT,    /* a name, path or service, as the schema says */
    ITEM_ANSWER,  /* sockaddr, may repeat: what a look-up gave */
    ITEM_KINDS
};

/* The argument of a `hidden` record: what went on without a call of ours. */
enum hidden {
    HIDDEN_OPEN = 1,
    HIDDEN_CLOSE,
    HIDDEN_USE, /* by libc itself */
    HIDDEN_IO_URING,
    HIDDEN_STREAM,  /* a FILE was put over it */
    HIDDEN_MAPPED,  /* packets in shared memory */
    HIDDEN_BEYOND,  /* its number is higher than our table goes */
    HIDDEN_AROUND,  /* a program that makes its system calls by itself */
    HIDDEN_OWN,     /* a library of the program has its own function of this name: passed on */
    HIDDEN_STOPPED, /* the program gives up the clock: nothing more is recorded of it */
    HIDDEN_PARTED,  /* a thread has a table of descriptors of its own from now on */
    HIDDEN_LOCKED   /* all from here on: the program locks its memory, and the ring was too much of it */
};

/* What an `exec` record and the makers of processes say: why the next program is
 * out of sight. */
enum { BLIND_NOT, BLIND_ENVIRONMENT };

struct created {
    int32_t fd;
    uint32_t family_type; /* family | type << 8; 0: no socket, or unknown */
    uint64_t inode;
};

/* A moment on both clocks; ties ticks to Unix time. */
struct moment {
    uint64_t ticks;
    int64_t unix_ns;
};

enum ring_clock { RING_CLOCK_TSC = 1, RING_CLOCK_MONOTONIC = 2, RING_CLOCK_CNTVCT = 3 };

/* Counts of what has no record of its own. */
enum ring_count {
    COUNT_UNWRITTEN,    /* records for which no slot could be had */
    COUNT_HIDDEN_OPEN,  /* a socket appeared that no call of ours made */
    COUNT_HIDDEN_CLOSE, /* a descriptor number came back that we held open */
    COUNT_HIDDEN_USE,   /* socket calls that libc makes by itself */
    COUNT_BLIND_EXEC,   /* programs started without the library */
    COUNT_IO_URING,     /* io_uring instances: their I/O is not seen */
    COUNT_MAPPED,       /* packet sockets with a ring in shared memory: the same */
    COUNT_AROUND,       /* programs that make their system calls by themselves */
    COUNT_OWN,          /* calls that a library of the program has functions of its own for */
    COUNT_STOPPED,      /* programs that gave up the clock */
    COUNT_PARTED,       /* calls of threads with a table of descriptors of their own */
    COUNT_LOCKED,       /* programs that record no more, for they lock their memory */
    COUNT_KINDS
};

struct ring_header {
    char magic[8];
    uint32_t version;
    uint32_t record_size; /* sizeof(struct record) */
    uint32_t slot_size;
    uint32_t chunk_slots; /* a power of two */
    uint32_t chunks;      /* a power of two */
    uint32_t lanes;       /* a power of two */
    uint32_t processes;
    uint32_t clock;            /* enum ring_clock */
    uint64_t ticks_per_second; /* nominal; moments are better */
    uint64_t lanes_at;         /* offsets in the file */
    uint64_t owners_at;
    uint64_t processes_at;
    uint64_t chunks_at;
    uint64_t file_size;
    struct moment created;
    char boot_id[40]; /* ticks count from this boot */
    uint64_t calls;   /* of calls.def: what the numbers in record.call mean */
    uint64_t wanted;  /* bytes of slots that were asked for, and a memory cgroup did not leave; 0: it has as many */
    uint8_t reserved[512 - 160];
    uint64_t next_chunk; /* on a line of its own: once per chunk */
    uint8_t pad1[56];
    uint64_t count[16]; /* enum ring_count */
    uint32_t next_process;
    uint8_t pad2[60];
    uint8_t pad3[4096 - 768];
};

/* A lane is where one CPU writes: one atomic word that no other CPU shares. */
struct ring_lane {
    uint64_t cursor;  /* next free slot << CURSOR_SHIFT | low bits of the number of records reserved */
    uint64_t written; /* that number as it was when the lane last opened a chunk: its upper bits */
    uint8_t pad[48];
};

#define CURSOR_SHIFT 8
#define CURSOR_COUNT(cursor) ((cursor) & ((UINT64_C(1) << CURSOR_SHIFT) - 1))
#define CURSOR_POSITION(cursor) ((cursor) >> CURSOR_SHIFT)

/* owners[chunk % chunks]: which chunk lies there, and who fills it. */
#define OWNER(chunk, lane) ((uint64_t)(chunk) << 16 | (lane))
#define OWNER_CHUNK(owner) ((owner) >> 16)
#define OWNER_LANE(owner) ((uint32_t)((owner)&0xffff))

enum {
    PROCESS_SANDBOXED = 1, /* seccomp: no look-ups, the viewer fills in ports */
    PROCESS_BECOMES = 2,   /* it was about to run `next`, and was not told that it could not */
    PROCESS_OVER = 4       /* it was about to end */
};

/* One run of one program; lies at number % processes until a later one takes the
 * place: not while it runs. Numbers whose place was not to be had are left out. */
struct ring_process {
    uint32_t number; /* 0: empty */
    uint32_t parent; /* number of the process that forked it, or exec'd into it; 0: unknown */
    uint32_t pid;
    uint32_t flags;
    uint64_t pid_namespace; /* inode; 0: unknown */
    uint64_t start_time;    /* /proc/PID/stat field 22; 0: unknown */
    struct moment moment;   /* when it began to record */
    char comm[16];
    char path[128];   /* of the program, NUL-ended, cut at the front if need be */
    char args[224];   /* blank-separated, cut at the end */
    char refused[72]; /* "SOCKSPY_DATA=x": settings that were refused, blank-separated */
    char next[128];   /* with PROCESS_BECOMES: the program's path, as far as we could read it */
    uint64_t check;   /* process_check(): whole, or not valid */
    uint8_t reserved[16];
};

static_assert(sizeof(struct record) == 2 * SLOT_SIZE, "a record head is two slots");
static_assert(sizeof(struct record) == 8 * RECORD_WORDS, "");
static_assert(offsetof(struct record, comm) == 8 * WORD_COMM && offsetof(struct record, call) == 8 * WORD_WHAT, "");
static_assert(offsetof(struct record, inode) == 8 * WORD_INODE && offsetof(struct record, arg) == 8 * WORD_ARG, "");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are put together low bits first");
static_assert(sizeof(struct item) == 8, "an item head is one word");
static_assert(sizeof(struct created) == 16, "");
static_assert(offsetof(struct ring_header, next_chunk) == 512, "");
static_assert(sizeof(struct ring_header) == 4096, "one page");
static_assert(COUNT_KINDS <= 16, "");
static_assert(sizeof(struct ring_lane) == 64, "one cache line");
static_assert(sizeof(struct ring_process) == 640, "");
static_assert(CHUNK_SLOTS * SLOT_SIZE / sizeof(struct record) < 1u << CURSOR_SHIFT, "a chunk's records can be counted");
static_assert(CALL_COUNT < 512, "");

/* The check of a record or a process: every other word, times an odd constant
 * of its own place. What was written in part, by two writers, or in another lap
 * does not match: it would take differences whose sum and whose sum weighted by
 * place are both zero modulo 2^64. Not a defence against forgery. */
typedef uint64_t __attribute__((may_alias)) ring_word; /* a struct of the ring, seen as words */
#define CHECK_SEED UINT64_C(0x1b873593)
#define CHECK_STEP                                                                                                     \
    UINT64_C(0x03a4d2e2) /* even: keeps the factors odd; small: those of the record's head fit 31 bits                 \
                          */

static inline uint64_t words_check(const ring_word *words, size_t count, size_t check_at)
{
    uint64_t sum = CHECK_SEED, factor = CHECK_SEED;
    for (size_t i = 0; i < count; i++, factor += CHECK_STEP)
        sum += i == check_at ? 0 : words[i] * factor;
    return sum;
}

static inline uint64_t record_check(const ring_word *words, size_t count)
{
    return words_check(words, count, offsetof(struct record, check) / 8);
}

static inline uint64_t process_check(const ring_word *words)
{
    return words_check(words, sizeof(struct ring_process) / 8, offsetof(struct ring_process, check) / 8);
}

#endif
