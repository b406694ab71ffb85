/* lecture.h - what to say about a record: the texts of lecture.def, chosen by
 * call, outcome and role, and filled in with the real numbers. */
#ifndef SOCKSPY_LECTURE_H
#define SOCKSPY_LECTURE_H

#include "record/decode.h"

enum language { LANGUAGE_EN, LANGUAGE_KO, LANGUAGES };

/* How a call went, where that changes what there is to say. */
enum outcome {
    OUTCOME_DONE,
    OUTCOME_END,     /* a read returned 0: the other side sends no more */
    OUTCOME_HALF,    /* a read returned 0: it has closed one half only */
    OUTCOME_PENDING, /* connect goes on without us */
    OUTCOME_PART,    /* less was taken than was offered */
    OUTCOME_FIRST,   /* the first datagram of an unbound socket: a port was picked */
    OUTCOME_PEEK,    /* looked at, not taken */
    OUTCOME_NOTICE,  /* a message of the error queue */
    OUTCOME_NOTHING, /* there was room for nothing, or nothing to send */
    OUTCOME_EMPTY,   /* a message without a byte */
    OUTCOME_SHUT,    /* a read returned 0 for this end itself had closed that direction */
    OUTCOME_GONE,    /* ...or for there is no connection */
    OUTCOME_PASSED,  /* descriptors went or came along */
    OUTCOME_AFTER,   /* the other side had disconnected before */
    OUTCOME_REST,    /* it had closed one half before; now the other half is closed */
    OUTCOME_UNREAD,  /* closed with data that nobody has read */
    OUTCOME_KEPT,    /* another descriptor names the same socket */
    OUTCOME_SWEPT,   /* closed along with others, or with its process */
    OUTCOMES
};

/* As what the socket acts. */
enum acting { AS_ANY, AS_CLIENT, AS_SERVER, AS_LISTENER, AS_PAIR, AS_DATAGRAM, AS_LOCAL, ACTINGS };

/* The texts of one call in one language. */
enum lecture_line { LECTURE_HEAD, LECTURE_ASKED, LECTURE_STACK, LECTURE_NOTED, LECTURE_LINES };

/* What a text needs beside the record. */
struct facts {
    enum outcome outcome;
    enum acting acting;   /* of AS_ANY to AS_DATAGRAM */
    bool local;           /* AF_UNIX: a row for AS_LOCAL comes first */
    int fd;               /* the descriptor that it is about; -1: none */
    bool before_known;    /* is it known that the socket had... */
    uint16_t before;      /* ...this port before the call? 0: none */
    bool left_known;      /* is it known how many bytes... */
    uint64_t left;        /* ...were sent so far and not read by the other side? */
    uint32_t buffers[2];  /* bytes that the kernel has said it reserves for sending, receiving; 0: not known */
    char keeper_comm[17]; /* "": the socket has no other descriptor, else: who... */
    uint32_t keeper_pid;
    int keeper_fd;                              /* ...holds it under which */
    struct address local_address, peer_address; /* stand in where the record knows none */
};

struct lecture {
    const struct view *view;
    const struct facts *facts;
    enum language language;
    bool deep;
    size_t shown; /* bytes of payload */
};

/* Puts a line together in `out`, a phrase_scratch, behind what stands there.
 * False where there is nothing to say. */
bool lecture_put(struct out *out, const struct lecture *lecture, enum lecture_line line);

/* A single word of lecture.def, or NULL. */
const char *lecture_word(const char *name, enum language language);

/* "creating the socket" */
const char *lecture_phase(enum phase phase, enum language language);

/* A number of bytes, or a length of time, with its unit. */
void lecture_bytes(struct out *out, uint64_t bytes, enum language language);
void lecture_time(struct out *out, uint64_t nanoseconds, enum language language);

/* The language of the messages that the environment asks for. */
enum language lecture_language(void);

/* Sets of languages, 1 << enum language each: what was asked for, or, where that
 * is none, what the environment asks for; and the first of a set. */
unsigned lecture_languages(unsigned asked);
enum language lecture_first(unsigned languages);

/* --- the table itself, for those who fill it in and for tests -------------------- */

struct lecture_step {
    const char *call;
    enum outcome outcome;
    enum acting acting;
    const char *text[LANGUAGES][LECTURE_LINES];
};

struct lecture_trouble {
    const char *error;
    const char *text[LANGUAGES][2]; /* what it means, its usual cause */
};

/* The row that fits best; NULL where the call is not in the table. */
const struct lecture_step *lecture_step(const char *call, const struct facts *facts);

/* The row of an error; the one for any where it has none. */
const struct lecture_trouble *lecture_trouble(const char *error);

/* What a hole of these texts says; `context` is a struct lecture. */
bool lecture_fill(struct out *out, const char *name, size_t size, const void *context);

#endif
