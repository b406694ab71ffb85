/* history.h - a ring read whole: every record beside what the model makes of it,
 * for renderers that must know what comes later.
 *
 *     const char *wrong = history_open(&history, path, &options->filter);
 *     for (size_t i = 0; i < history.count; i++) … history.entries[i] …
 *     while ((view = history_next(&history, &entry)) != NULL) …   // the records again
 *     history_close(&history);
 *
 * Records that the filters leave out are here as well, for they are part of what
 * happened; `wanted` tells. Times are Unix time in ns; 0: not known.
 */
#ifndef SOCKSPY_HISTORY_H
#define SOCKSPY_HISTORY_H

#include "base/map.h"
#include "model.h"
#include "record/filter.h"
#include "source.h"

/* Which way bytes went through a socket. */
enum way { WAY_NONE, WAY_OUT, WAY_IN };

#define NONE UINT32_MAX /* an index that leads nowhere */

/* A connect that made no pipe, as far as its record tells. */
struct attempt {
    struct address local, peer;
};

/* One record. */
struct entry {
    uint64_t id;                  /* of the record */
    int64_t time, done;           /* when its call began and when it was over */
    const struct record *record;  /* for decoder_view; NULL with missing ones */
    const struct call_info *call; /* NULL: records are missing here */
    struct process *process;      /* NULL with missing ones */
    struct socket *socket;        /* that it acts on, or NULL */
    struct pipe *pipe;            /* the connection that it used, or NULL */
    int64_t ret;
    uint64_t bytes;          /* moved; of missing records: how many */
    uint64_t offset;         /* of the first of them, among all that went that way through the stream */
    const uint8_t *payload;  /* the first `kept` of them */
    struct attempt *attempt; /* of a connect that made no pipe; else NULL */
    uint32_t kept;
    uint32_t other;   /* the first record at the other end that shares bytes with it, or NONE */
    uint32_t holding; /* the descriptor that it acts on, or NONE */
    uint32_t pid, tid;
    int32_t fd;
    uint32_t messages; /* datagrams in this call (sendmmsg, recvmmsg) */
    uint32_t first;    /* bytes of the first of those; 0: not known */
    uint16_t code;     /* enum call */
    uint16_t error;    /* errno, or 0 */
    uint8_t end;       /* of `pipe`: CLIENT_END or SERVER_END */
    uint8_t way;       /* enum way */
    bool wanted;       /* the filters let it through */
    uint8_t zero;      /* enum zero */
    bool shuts_out;    /* a shutdown: we send no more */
};

/* One direction of a pipe: who sent and who received, in order. */
struct stream {
    uint32_t *sent, *received; /* indexes of entries */
    size_t sent_count, received_count;
    uint64_t sent_bytes, received_bytes;
    bool aligned; /* offsets mean the same at both ends: both know all that went through */
    bool muddled; /* they do not, by what was kept: threads sent at once, in another order than they returned */
};

/* A connection, and what went through it. */
struct pipe {
    struct connection *connection;
    struct stream streams[2]; /* by the end that sends */
    int64_t first_moved;      /* when the first bytes left, or are known to have come; 0: none did */
    uint32_t closed_by[2];    /* the record that closed each end for good, or NONE */
    uint32_t holdings[2];     /* the descriptor to name at each end, or NONE */
    bool resets[2];           /* closing that end resets the connection (SO_LINGER, no time) */
    bool wanted;              /* the filters let a record of it through */
};

/* A descriptor that names a socket, or did. */
struct holding {
    struct holder *holder;
    int64_t since, until; /* until: 0 while open, or not known */
};

struct history {
    struct source source;
    struct decoder *decoder;
    struct model *model;
    struct entry *entries; /* in causal order */
    size_t count, room;
    struct pipe *pipes; /* in the order of their connections */
    size_t pipe_count;
    struct holding *holdings; /* in the order in which they were opened */
    size_t holding_count, holding_room;
    struct map holding_of; /* a holder's address to its holding */
    uint64_t lost;         /* records that are missing */
    int64_t began, ended;
    size_t next; /* the entry that history_next gives next */
};

/* Reads the ring at `path`. Returns NULL or what is wrong with it. */
const char *history_open(struct history *history, const char *path, const struct filter *filter);
void history_close(struct history *history);

/* The records that are wanted, once more, one after the other with their
 * entries; valid until the next call. NULL behind the last. */
const struct view *history_next(struct history *history, const struct entry **entry);

static inline uint32_t entry_index(const struct history *history, const struct entry *entry)
{
    return (uint32_t)(entry - history->entries);
}

/* Is it that call, by the name that its interface has? */
static inline bool entry_is(const struct entry *entry, const char *api)
{
    return entry->call != NULL && strcmp(entry->call->api, api) == 0;
}

static inline bool entry_accepts(const struct entry *entry)
{
    return entry->code == CALL_accept || entry->code == CALL_accept4;
}

/* Begins again with the first. */
void history_rewind(struct history *history);

/* The indexes of all entries by when they took effect: connecting, sending and
 * closing begin with their calls, all else is done at their end. The socket that
 * an accept gives was there before its first bytes. To be freed. */
uint32_t *history_order(const struct history *history);

/* Is it a pipe of bytes, not of datagrams? */
bool pipe_is_stream(const struct pipe *pipe);

/* The side whose records tell best what went from `end` through the pipe: true:
 * those who sent it; false: those who received it. */
bool pipe_told_by_sender(const struct pipe *pipe, int end);

/* Sets up the pipes' streams, offset and other of all entries; part of
 * history_open (history_match.c). */
void history_match(struct history *history);

#endif
