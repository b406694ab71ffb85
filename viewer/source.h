/* source.h - a ring, opened read-only, as one stream of records in causal order.
 *
 *     struct source source;
 *     const char *wrong = source_open(&source, path);
 *     source_read(&source, SOURCE_ONCE);
 *     while ((record = source_next(&source)) != NULL) …
 *
 * or, to follow: source_read(&source, SOURCE_FOLLOW), source_next() until NULL,
 * source_sleep(), and again; SOURCE_LAST at the end.
 *
 * A ring is hostile until proved otherwise: whatever lies in it, nothing outside
 * it is read, every loop ends, and records given + records lost = records
 * written, exactly.
 */
#ifndef SOCKSPY_SOURCE_H
#define SOCKSPY_SOURCE_H

#include "source/batch.h"

enum source_mode {
    SOURCE_ONCE,    /* what is there now, whole; it can be read again: source_rewind */
    SOURCE_PASSING, /* the same, but of a large ring a part at a time, so that memory does not grow with it */
    SOURCE_FOLLOW,  /* what is new; the youngest are held back so that lanes merge in order */
    SOURCE_LAST     /* what is new and what was held back */
};

/* How far a lane has been read. */
struct lane {
    uint64_t chunk;    /* reading goes on in this one... */
    uint32_t slot;     /* ...from this slot */
    bool fresh;        /* no record of it was read yet */
    bool surveyed;     /* its first record is known */
    bool waiting;      /* for a record that is being written; since: */
    int64_t since;     /* ns, CLOCK_MONOTONIC */
    uint64_t counted;  /* records of the lane that were read or counted as lost */
    uint64_t read;     /* of these: read */
    uint64_t total;    /* records reserved when last looked at... */
    uint64_t position; /* ...and the slot behind the last of them */
    uint64_t moment;   /* of the last one read */
};

struct source {
    struct ring ring; /* its pointers lead into read-only memory */
    const char *path; /* the caller's */
    void *memory;
    size_t size;
    struct lane *lanes;
    uint64_t *owners; /* room for a copy of the ring's */
    struct batch batch;
    uint64_t horizon; /* records later than this are held back */
    struct passage {
        size_t next, count;  /* which of owners[] comes next, and how many there are */
        uint64_t *earliest;  /* moment in each of them and those behind it */
        struct ahead *ahead; /* what reads the next part meanwhile */
    } passage;               /* SOURCE_PASSING */
    int64_t opened_ns;       /* CLOCK_MONOTONIC... */
    uint64_t opened_ticks;   /* ...and the ring's clock when it was opened */
    long pause;              /* ns of the last sleep */
    bool active;             /* the last read found something, or something is held back */
    char wrong[400];
};

/* Opens the ring at `path`, which must be a regular file of this user. Returns
 * NULL, or what is wrong and what to do about it, in one line without the path;
 * nothing is left open then. */
const char *source_open(struct source *source, const char *path);

/* Sets up a source over a ring in memory that stays the caller's. */
const char *source_attach(struct source *source, void *memory, size_t size);

void source_close(struct source *source);

/* Looks for records. */
void source_read(struct source *source, enum source_mode mode);

/* The next record, or a CALL_LOST one (see batch.h); NULL where there is none
 * now. Valid until the next call. */
const struct record *source_next(struct source *source);

/* Begins again with the first record: after SOURCE_ONCE, or as long as
 * source_at_hand() has been true before each record that was taken. */
void source_rewind(struct source *source);

/* Can the next record be had without giving up the first ones? */
bool source_at_hand(const struct source *source);

/* Waits until it is worth looking again: a few milliseconds while records come,
 * some tens of them when nothing happens. Ends early on a signal. */
void source_sleep(struct source *source);

/* When the youngest of the records that there are ended, in ticks; 0: there is none. */
uint64_t source_latest(const struct ring *ring);

/* Records reserved in all lanes since the ring began. */
uint64_t source_written(const struct source *source);

#endif
