/* decode.h - a record made readable: what every verb works on.
 *
 * The record is hostile until decoded; a view points only to what was found to
 * lie within it. Names, addresses and payload in it are foreign bytes still.
 */
#ifndef SOCKSPY_DECODE_H
#define SOCKSPY_DECODE_H

#include "names.h"
#include "out/address.h"
#include "record/hosts.h"
#include "record/processes.h"
#include "source/batch.h"

enum { FIELDS_MAX = 6, CREATED_MAX = 256 };

/* The phases of a socket's life, as the lecture counts them. */
enum phase { PHASE_NONE, PHASE_CREATE, PHASE_CONNECT, PHASE_TRANSFER, PHASE_CLOSE };

/* One "key:kind" of calls.def's schema column. */
struct field {
    const char *key; /* key_size bytes, no NUL behind */
    uint8_t key_size;
    uint8_t kind;  /* enum kind */
    uint8_t index; /* of record.arg[], or among the items of its kind */
    bool optional; /* a zero is not said... */
    bool unread;   /* ...nor where the call failed: it means that nobody has looked */
};

/* What calls.def says of a call. */
struct call_info {
    const char *symbol; /* __read_chk */
    const char *api;    /* read */
    enum call_class class;
    enum phase phase;
    bool event; /* nobody called it */
    bool mute;  /* returns nothing that a person would want to know */
    uint8_t field_count;
    struct field fields[FIELDS_MAX];
};

/* A descriptor that a call made. */
struct new_descriptor {
    int32_t fd;
    uint64_t inode; /* 0: not known, or no socket */
    uint8_t family, type;
};

struct view {
    const struct record *record;
    const struct call_info *call;
    uint64_t lost;     /* this many records are missing here or within duration, and nothing else is set but time */
    int64_t time;      /* Unix time of the start in ns; 0: not known */
    int64_t moment;    /* the same of the moment that gives it its place in the order */
    uint64_t since;    /* ns from the ring's creation to the start, exact; 0 for what was before */
    uint64_t duration; /* ns, of the real call */
    bool failed;
    const char *error; /* ECONNREFUSED, EAI_NONAME…; NULL where it did not fail, or for no reason with a name */
    size_t comm_size;  /* of record->comm */
    struct address local, peer;
    const char *host;                     /* the name that was looked up to get the peer's address, or NULL */
    uint64_t bytes;                       /* moved by this call */
    const struct item *items[ITEM_KINDS]; /* the first of each kind, or NULL */
    const char *end;                      /* of the record */
    size_t created_count;
    struct new_descriptor created[CREATED_MAX]; /* all that this call made */
    bool inodes_told;                           /* their inodes are known by an item */
};

struct decoder {
    struct call_info calls[CALLS_TOLD];
    struct processes processes;
    struct timeline timeline;
    uint64_t created; /* ticks, of the ring */
    struct hosts *hosts;
    struct view view;
};

/* A decoder for the records of `ring`. */
struct decoder *decoder_new(const struct ring *ring);
void decoder_free(struct decoder *decoder);

/* Takes in what has become known of processes and time since. */
void decoder_refresh(struct decoder *decoder, const struct ring *ring);

/* Forgets what earlier records told, to begin with the first again. */
void decoder_rewind(struct decoder *decoder);

/* The view of a record of a batch; valid until the next call, or until the
 * record goes. */
const struct view *decoder_view(struct decoder *decoder, const struct record *record);

/* The bytes of an item. */
static inline const char *item_bytes(const struct item *item)
{
    return (const char *)(item + 1);
}

/* The next item of the same kind, or NULL. */
const struct item *view_next(const struct view *view, const struct item *item);

/* The first argument of that kind, a number, in record.arg[]; NULL where the call
 * has none. */
const uint64_t *view_argument(const struct view *view, enum kind kind);

/* Is it called that, of `size` bytes, in the schema? */
bool field_is(const struct field *field, const char *key, size_t size);

/* The item that a field of the schema names, or NULL. */
const struct item *view_item(const struct view *view, const struct field *field);

#endif
