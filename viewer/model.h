/* model.h - what the records tell: processes and their descriptors, sockets
 * from birth to end, and connections with both their ends.
 *
 *     struct model *model = model_new(&decoder->processes, false);
 *     while ((record = source_next(&source)) != NULL) {
 *         const struct step *step = model_take(model, decoder_view(decoder, record));
 *         ...                        // who, which socket, which pipe, what began and ended
 *     }
 *     model_finish(model);           // a last step: exits that were still waiting
 *
 * It never prints and never guesses. A socket is known by its inode or, where
 * there is none, by who holds it under which descriptor; it lives until its last
 * holder in any process is gone. What lost records may have changed is unknown
 * until a later record says it anew.
 *
 * Everything here is the model's: read it, don't write (but `mark`). What ended
 * is given back when the next record is taken, unless it was held (…_hold) or
 * the model was told to keep all. Strings and addresses are foreign bytes.
 * Times are Unix time in ns; 0: not known.
 */
#ifndef SOCKSPY_MODEL_H
#define SOCKSPY_MODEL_H

#include "model/fd_table.h"
#include "record/decode.h"

struct model; /* opaque */
struct payload_facts;

/* One run of one program: an exec makes a new one. A child that lives in its
 * parent's memory (vfork) is a process of its own. */
struct process {
    uint64_t id; /* 1, 2, … in the order in which they came */
    struct process *previous, *next;
    struct process *parent; /* who forked it, or NULL: not known */
    struct process *before; /* the same process before its exec, or NULL */
    uint32_t number;        /* of the ring's table; 0: it has not written yet */
    uint32_t pid;
    uint32_t flags; /* PROCESS_SANDBOXED… */
    uint64_t pid_namespace, start_time;
    char comm[17];             /* these end with a NUL */
    char path[128], args[224]; /* "": not known */
    int64_t began, ended;
    bool gone;                /* it is no more; `ended` may be unknown */
    bool exited;              /* it has said so */
    bool executed;            /* another program took its place */
    bool unrecorded;          /* it has exec'd a program that is not recorded */
    bool missing;             /* it does not live any more, says /proc; its last records may be unread */
    uint64_t opened;          /* sockets that it created */
    uint64_t mark;            /* the renderer's */
    struct fd_table table;    /* by descriptor: the holders that are open */
    struct fd_table closings; /* by descriptor: what was closed last, for calls that other threads had begun before */
    struct lookup {           /* the last name that it asked for */
        char name[HOST_NAME];
        int64_t time;
        uint64_t duration;
    } * lookup; /* NULL: none */
};

/* How a descriptor came to name a socket. */
enum came {
    CAME_FOUND, /* it was there when the records begin */
    CAME_CREATED,
    CAME_ACCEPTED,
    CAME_COPIED,    /* dup, dup2, F_DUPFD */
    CAME_FORKED,    /* copied with the parent's table */
    CAME_INHERITED, /* it was there when the program began */
    CAME_PASSED     /* received by SCM_RIGHTS, or taken by pidfd_getfd */
};

/* A descriptor that names a socket, or did. */
struct holder {
    struct holder *previous, *next; /* of the same socket, in the order in which they came */
    struct process *process;
    struct socket *socket;
    int fd;
    enum came came;
    bool open;
    bool by_exit;         /* it ended with its process, not by a call */
    int64_t since, until; /* until: 0 while open, or not known */
    uint64_t calls;       /* that went through it... */
    uint64_t uses;        /* ...those of them that sent, received or accepted */
};

enum socket_state {
    STATE_UNKNOWN,
    STATE_CREATED,
    STATE_BOUND,
    STATE_LISTENING,
    STATE_CONNECTING,
    STATE_CONNECTED,
    STATE_HALF_CLOSED, /* we said that we send no more */
    STATE_PEER_HALF,   /* the other side said so */
    STATE_PEER_CLOSED, /* the other side is gone, we are not: CLOSE_WAIT */
    STATE_FAILED,      /* see socket.error */
    STATE_CLOSED,
    STATES
};

enum role { ROLE_NONE, ROLE_CLIENT, ROLE_SERVER, ROLE_LISTENING, ROLE_PAIR };

/* One direction. */
struct traffic {
    uint64_t bytes, calls; /* calls: those that succeeded */
};

struct socket {
    uint64_t id; /* 1, 2, … in the order in which they became known */
    struct socket *previous, *next;
    uint64_t inode;       /* 0: not known */
    uint8_t family, type; /* AF_*, SOCK_*; 0: not known */
    uint16_t protocol;    /* as transport_other() gives it */
    enum role role;
    struct address local, peer; /* peer: that it is, or was, connected to; else of the last datagram */
    char *host;                 /* the name that was looked up to get the peer's address, or NULL */
    int error;                  /* errno of what made it fail, 0: nothing did */
    bool born;                  /* its beginning was seen: `opened` and the sums are whole */
    bool ended;                 /* its last holder is gone */
    bool by_exit;               /* with a process that did not close it */
    bool unsure_end;            /* whether it ended is not known: others may hold it, out of sight */
    bool bound, listening, connecting, connected;
    bool port_chosen;                  /* by the stack: another one in the next run */
    bool shut_in, shut_out, peer_done; /* peer_done: a read returned 0 */
    bool partial;                      /* bytes moved that we did not see (stdio, losses) */
    struct traffic in, out;
    uint64_t accepted;             /* of a listening one: how many connections */
    uint64_t connections;          /* how many it is, or was, an end of */
    struct connection *connection; /* the latest, or NULL */
    int64_t opened, closed;        /* by its first and its last holder */
    int64_t connect_began;         /* the last connect */
    int64_t connected_at;          /* when it came to be, as far as we know */
    int64_t first_in, last_used;   /* its first byte came in; anything moved */
    int64_t peer_closed;           /* when we learnt that the peer is gone */
    uint64_t lookup_ns;            /* how long the look-up of `host` took, 0: not known */
    struct holder *holders;        /* all that are open, and some that were */
    uint64_t open_holders;
    uint64_t mark; /* the renderer's */
};

/* How we know that two ends belong together. */
enum match {
    MATCH_NONE,  /* only one end was recorded */
    MATCH_PAIR,  /* socketpair */
    MATCH_NAMES, /* each names the other's address */
    MATCH_ORDER, /* AF_UNIX: by path, and first come, first served */
    MATCH_PATH,  /* AF_UNIX datagrams: the path is the server's; who sent what it cannot tell... */
    MATCH_PORT,  /* ...and the same of a port, where the server never asks */
    MATCH_KERNEL /* the kernel was asked, while both were open */
};

static inline bool match_tells_server_alone(enum match match)
{
    return match == MATCH_PATH || match == MATCH_PORT;
}

enum { CLIENT_END = 0, SERVER_END = 1 };

/* One end of a pipe. Its sums are of this pipe alone. */
struct end {
    struct socket *socket; /* NULL: not recorded */
    struct traffic in, out;
    int64_t first_in, first_out; /* when the first byte went through */
};

/* ends[CLIENT_END] is the one that connected, or sent first. */
struct connection {
    uint64_t id;
    struct connection *previous, *next;
    uint8_t family, type;
    uint16_t protocol; /* of either end; MPTCP is TCP on its way */
    enum match match;
    struct end ends[2];
    struct address addresses[2]; /* of each end, as far as either tells */
    int64_t opened, closed;
    bool ended;                  /* both ends, as far as known, are closed */
    bool merged;                 /* it was found to be the other end of another, which lives on: do not show it */
    int error;                   /* errno of a connect that failed after all */
    struct payload_facts *facts; /* what the kept payload says, or NULL; see payload.h */
    uint64_t mark;               /* the renderer's */
};

/* What it means that a call moved no byte. */
enum zero {
    ZERO_NOT,   /* it moved some, failed, or moves none by its kind */
    ZERO_END,   /* the peer sends no more */
    ZERO_ASKED, /* there was room for nothing, or nothing to send: nothing went */
    ZERO_EMPTY, /* a message without a byte */
    ZERO_SHUT,  /* this end itself has closed that direction */
    ZERO_GONE   /* there is no connection: it was refused, or reset */
};

/* What a record began or ended. */
enum change_kind {
    PROCESS_BEGAN,
    PROCESS_ENDED,
    DESCRIPTOR_OPENED, /* holder */
    DESCRIPTOR_CLOSED,
    SOCKET_OPENED, /* or became known: see socket.born */
    SOCKET_ENDED,
    CONNECTION_OPENED,
    CONNECTION_MATCHED, /* its second end became known */
    CONNECTION_ENDED
};

struct change {
    enum change_kind kind;
    int64_t time;
    struct process *process;       /* PROCESS_…, DESCRIPTOR_… */
    struct holder *holder;         /* DESCRIPTOR_… */
    struct socket *socket;         /* DESCRIPTOR_…, SOCKET_… */
    struct connection *connection; /* CONNECTION_… */
};

/* What the model makes of one record; valid until the next. What an earlier
 * exit ended may stand among the changes, with its own time. */
struct step {
    const struct view *view;       /* NULL in the step of model_finish and model_settle */
    struct process *process;       /* who, or NULL: nobody (lost records) */
    struct socket *socket;         /* what view->record->fd names, or NULL */
    struct holder *holder;         /* through which descriptor */
    struct socket *created;        /* the first socket that came: by socket, accept, socketpair, recvmsg, … */
    struct connection *connection; /* that this record used, opened or ended, or NULL */
    int end;                       /* CLIENT_END or SERVER_END: which of its ends; -1: no connection */
    enum zero zero;                /* of a call that sends or receives */
    const struct change *changes;
    size_t change_count;
};

/* A model over records whose processes stand in `rows`, which stays the
 * caller's. With `keep` nothing is ever given back. */
struct model *model_new(const struct processes *rows, bool keep);
void model_free(struct model *model);

/* Takes the next record; they must come in their order. */
const struct step *model_take(struct model *model, const struct view *view);

/* Time has gone on to `now` without a record: ends what has waited for it. */
const struct step *model_settle(struct model *model, int64_t now);

/* There will be no more records. */
const struct step *model_finish(struct model *model);

/* The process is found to be gone without a word (kill -9): its descriptors are
 * closed, nobody knows when. */
const struct step *model_gone(struct model *model, struct process *process);

/* What a living socket is found to be, as far as the records don't tell (0, or
 * a family of 0: not known). */
const struct step *model_tell(struct model *model, struct socket *socket, uint64_t inode, const struct address *local,
                              const struct address *peer);

/* The run of the program in that row of the ring's table; one of which no record
 * is left begins, at an unknown time. */
struct process *model_meet(struct model *model, const struct ring_process *row);

/* A descriptor that the records do not know, and what it is found to name. */
struct discovery {
    struct process *process;
    int fd;
    uint64_t inode;
    uint8_t family, type; /* 0: not known */
    bool listening, connected, peer_closed;
    struct address local, peer;
};
const struct step *model_discover(struct model *model, const struct discovery *discovery);

/* The kernel says that these two are each other's peers. */
const struct step *model_join(struct model *model, struct socket *first, struct socket *second);

/* The socket that lives and has that inode, or NULL. */
struct socket *model_socket(const struct model *model, uint64_t inode);

/* What is there, each in the order of its ids: what lives, and what ended and is
 * still kept or held. */
struct process *model_processes(const struct model *model);
struct socket *model_sockets(const struct model *model);
struct connection *model_connections(const struct model *model);

/* The sums of all records taken. */
struct model_sums {
    uint64_t records, lost, processes, sockets, connections;
};
struct model_sums model_sums(const struct model *model);

/* Keeps an object from being given back; each hold takes one release. */
void socket_hold(struct socket *socket);
void socket_release(struct model *model, struct socket *socket);
void connection_hold(struct connection *connection);
void connection_release(struct model *model, struct connection *connection);

/* The state now, or at the end. After lost records: STATE_UNKNOWN until the
 * socket is seen again. */
enum socket_state socket_state(const struct model *model, const struct socket *socket);

/* "peer closed": in words, the same in every output. */
const char *state_word(enum socket_state state);
const char *role_word(enum role role); /* "" for ROLE_NONE */

/* The holder to name where there is room for one: through whom it was used most;
 * NULL if none is known. */
const struct holder *socket_holder(const struct socket *socket);

/* The descriptor of a process, if it names a socket, else NULL. */
struct holder *process_descriptor(const struct process *process, int fd);

/* Do the bytes that went in at the end `from` and came out at the other agree?
 * While it is open some may be on their way. Only said (else true) where both
 * ends know. */
bool connection_agrees(const struct connection *connection, int from);

#endif
