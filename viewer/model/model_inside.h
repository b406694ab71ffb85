/* model_inside.h - what the files of the model share, and nobody else sees. Each
 * stands on those under it, and on no other:
 *
 *   model.c             the model as a whole: taking a record
 *   model_effects.c     what each call does, by a table of calls
 *   model_transfer.c    what sending and receiving does
 *   model_zero.c        what it means that no byte was moved
 *   model_run.c         what fork, exec and exit do
 *   model_touch.c       whose descriptor it is
 *   model_process.c     processes and their tables: who wrote a record; fork, exec
 *   model_end.c         how they end: exit, kill, another program in their place
 *   model_socket.c      sockets and who holds them
 *   model_flow.c        which two ends belong together: datagrams
 *   model_match.c       the same for streams
 *   model_connection.c  connections, and how long they wait for an end
 *   model_life.c        references, what is given back, and what has changed
 *   model_chain.c       the rows in which connections stand
 *   model_address.c     when two addresses may be the same place
 *
 * Lifetimes: an object counts those who refer to it; that it lives counts once
 * more, and goes when it has ended and its step is over.
 */
#ifndef SOCKSPY_MODEL_INSIDE_H
#define SOCKSPY_MODEL_INSIDE_H

#include "base/map.h"
#include "model.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* How long things wait for a record that may still come, in ns. */
#define EXIT_GRACE INT64_C(20000000)       /* calls after exit: other libraries' destructors, threads */
#define EXEC_GRACE INT64_C(1000000000)     /* the `inherit` records behind an exec, or a spawn */
#define ACCEPT_GRACE INT64_C(30000000000)  /* a client that left before it was accepted, or read */
#define CONNECT_GRACE INT64_C(1000000000)  /* an accepted one, until the record of its connect */
#define PASSING_GRACE INT64_C(60000000000) /* a descriptor on its way in a message */
enum { FLOWS_MAX = 8192, PAST_HOLDERS_MAX = 32, FAREWELLS = 64, HOLDERS_MAX = 1 << 20 /* that forks bring about */ };

struct own_process {
    struct process process;
    unsigned refs;
    bool told;           /* the call that made it is known; not yet, where the child wrote first */
    int64_t deadline;    /* it exited, or another program took its place: settled then; 0: nothing waits */
    int64_t exit_time;   /* when it did */
    int64_t heirs_until; /* a program that it started may tell until then what it has got; 0: none was */
    struct own_process *previous_settling, *next_settling;
};

/* A descriptor that was closed. */
struct closing {
    struct socket *socket;
    int64_t time;
};

/* A child that came to its end before the call that made it was told. */
struct farewell {
    uint32_t pid;    /* 0: none */
    uint64_t parent; /* its id; 0: not known */
    int64_t began;
};

struct own_socket {
    struct socket socket;
    unsigned refs;
    uint64_t epoch;   /* model.epoch when it was last seen */
    unsigned past;    /* holders that are not open */
    unsigned passing; /* times that it is on its way in a message */
    int64_t arrived;  /* when it came out of a message that nobody has sent yet, or 0 */
    int64_t deadline; /* until when it may be on its way without a holder; 0: it has one... */
    bool to_heir;     /* ...to a program that its holder has started, not in a message */
    bool waiting;     /* it stands in model.on_their_way... */
    int64_t due;      /* ...to be looked at then */
    struct own_socket *next_settling;
    struct holder *last_holder;
    int64_t let_go;      /* when the last of those who are past let go of it... */
    bool let_go_by_exit; /* ...and how: exits are told later than they were */
    int end;             /* which one it is of socket.connection */
    uint64_t listed_key; /* it listens under that key in model.listening; 0: it does not */
    uint64_t bound_key;  /* it stands under that key in model.bound; 0: it does not... */
    int64_t bound_at;    /* ...since then */
    bool shares_port;    /* or did: with another one that was bound to it */
    bool deaf;           /* it receives without asking who sends */
};

struct own_connection {
    struct connection connection;
    unsigned refs;
    uint64_t epoch;    /* model.epoch when its ends were last seen */
    uint64_t began;    /* ring's ticks when the client's connect began... */
    uint64_t accepted; /* ...and when the server's accept was done; 0: not known */
    uint64_t key;      /* of the chain that it stands in; 0: none */
    struct own_connection *chain_previous, *chain_next;
    int64_t deadline; /* its ends are closed, but a second one may come; 0: nothing waits */
    struct own_connection *next_lingering;
    struct own_connection *older, *younger; /* flows, by their last use... */
    int64_t used;                           /* ...which began then */
    bool flow;                              /* it stands among those */
};

/* Connections under one key, the oldest first. */
struct chain {
    struct own_connection *first, *last;
};

enum thing { THING_PROCESS, THING_SOCKET, THING_CONNECTION, THING_HOLDER };

struct model {
    const struct processes *rows;
    bool keep;
    uint64_t epoch;       /* grows with each loss of records, or of what they did */
    uint64_t doubt;       /* ring's ticks: until then any record may be missing, or 0 */
    struct map by_key;    /* processes by ring number and pid... */
    struct map by_number; /* ...those that own their memory, by number... */
    struct map by_pid;    /* ...and the latest with that pid */
    struct map inodes;    /* sockets that live */
    struct map chains;    /* of connections that wait for an end, and of flows */
    struct map listening; /* how many sockets listen under that key */
    struct map bound;     /* datagram sockets by the hash of their path, or by port and type: the latest... */
    struct map binders;   /* ...and how many of them are bound under that key */
    struct process *processes, *last_process;
    struct socket *sockets, *last_socket;
    struct connection *connections, *last_connection;
    struct settling {
        struct own_process *first, *last;
    } settling[2];                        /* by how long they wait (EXIT_GRACE, EXEC_GRACE) and when they went */
    struct farewell farewells[FAREWELLS]; /* the latest */
    unsigned next_farewell;
    struct journey {
        struct own_socket *first, *last;
    } on_their_way[2]; /* by how long they wait: PASSING_GRACE, EXEC_GRACE */
    size_t holders;    /* of all sockets */
    struct lingering {
        struct own_connection *first, *last;
    } lingering[2]; /* by how long they wait, so that each is in order: ACCEPT_GRACE, CONNECT_GRACE */
    struct own_connection *oldest_flow, *youngest_flow;
    size_t flows;
    struct process *latest; /* who wrote the last record */
    struct model_sums sums;
    struct step step;
    struct change *changes;
    size_t change_room;
    struct garbage {
        enum thing thing;
        void *what;
    } * garbage; /* what goes when this step is over */
    size_t garbage_count, garbage_room;
};

static inline struct own_process *own_process(const struct process *process)
{
    return (struct own_process *)(uintptr_t)process;
}

static inline struct own_socket *own_socket(const struct socket *socket)
{
    return (struct own_socket *)(uintptr_t)socket;
}

static inline struct own_connection *own_connection(const struct connection *connection)
{
    return (struct own_connection *)(uintptr_t)connection;
}

/* When the record's call was done. */
static inline int64_t view_done(const struct view *view)
{
    return view->time != 0 ? view->time + (int64_t)view->duration : 0;
}

static inline bool is_stream(uint8_t type)
{
    return type == SOCK_STREAM || type == SOCK_SEQPACKET;
}

/* --- model_address.c ------------------------------------------------------------- */

bool is_internet(const struct address *address);
uint64_t address_hash(const struct address *address);

/* May these be the same place, as far as either tells? */
bool addresses_meet(const struct address *a, const struct address *b);

/* Is what is sent there surely for this machine, whose socket has `local`, perhaps "any"? */
bool address_is_here(const struct address *address, const struct address *local);

/* Notes an address that tells more than the one that is known. */
void address_learn(struct address *known, const struct address *address);

/* The key under which a socket of that address listens. */
uint64_t listening_key(const struct address *local, uint8_t type);

/* The key under which both ends of a pipe are found; 0: too little is known. */
uint64_t pair_key(const struct address *local, const struct address *peer, uint8_t type);

/* For AF_UNIX: the path alone, and which end is missing. */
uint64_t path_key(const struct address *path, uint8_t type, int missing);

/* --- model_chain.c --------------------------------------------------------------- */

void chain_add(struct model *model, struct own_connection *own, uint64_t key);
void chain_remove(struct model *model, struct own_connection *own);

/* The flow is the last one that was used, at that time; it stands among the flows no more. */
void flow_used(struct model *model, struct own_connection *own, int64_t time);
void flow_leave(struct model *model, struct own_connection *own);

/* --- model_life.c ---------------------------------------------------------------- */

void model_change(struct model *model, struct change change);

/* Lets go of one reference: at once, or when the step is over. */
void model_unref(struct model *model, enum thing thing, void *what);
void model_discard(struct model *model, enum thing thing, void *what);

/* What went with the last step is given back. */
void model_give_back(struct model *model);

/* The key of model.by_key; and: it is found under none of its keys any more. */
uint64_t process_key(uint32_t number, uint32_t pid);
void process_forget(struct model *model, const struct process *process);

/* --- model_connection.c ---------------------------------------------------------- */

struct own_connection *connection_new(struct model *model, const struct socket *socket, int64_t opened);

/* The socket is that end from now on. */
void connection_attach(struct own_connection *own, int end, struct socket *socket, const struct address *local,
                       const struct address *peer);

/* Is it connected to itself? Such a socket is both ends of its connection: what it
 * sends leaves at the client's, and comes in at the server's. */
bool is_own_peer(const struct socket *socket);
void connection_close_loop(struct own_connection *own, struct socket *socket);

/* Both ends come from one socketpair. */
void connection_pair(struct model *model, struct socket *first, struct socket *second, int64_t time);

/* Can what is known of the connection still be believed after losses? */
bool connection_is_current(const struct model *model, const struct own_connection *own);

/* The connect under way came to nothing. */
void connection_fail(struct model *model, struct socket *socket, int error, int64_t time);

/* It ends, at once or, where its other end has closed or never turned up, when
 * there can be no more to come. */
void connection_end(struct model *model, struct own_connection *own, int64_t time);
void connection_close(struct model *model, struct own_connection *own, int64_t time);
void connections_settle(struct model *model, int64_t now);

/* --- model_match.c --------------------------------------------------------------- */

/* The stream socket was connected (end CLIENT_END), or is what accept gave
 * (SERVER_END); -1: it was there already. `ticks`: see own_connection. */
void connection_begin(struct model *model, struct socket *socket, int end, uint64_t ticks, int64_t time);

/* The socket was seen again after losses: what it is an end of can be believed. */
void connection_seen(struct model *model, struct socket *socket);

/* These two are each other's ends, whatever it looked like. */
void connection_join(struct model *model, struct socket *first, struct socket *second);

/* --- model_flow.c ---------------------------------------------------------------- */

/* The flow of datagrams between `socket` and the peer of the record, or NULL: it
 * names none. Which end the socket is, in *end. */
struct connection *flow_of(struct model *model, struct socket *socket, const struct view *view, int *end);

/* The flows of a socket that has several end with it. */
void flows_closed(struct model *model, struct socket *socket, int64_t time);

/* A datagram socket got the path or port under which others reach it, or goes. */
void flow_bound(struct model *model, struct socket *socket, const struct view *view);
void flow_unbound(struct model *model, struct socket *socket);

/* --- model_socket.c -------------------------------------------------------------- */

/* A socket that lives, with that inode, or NULL. */
struct socket *socket_by_inode(const struct model *model, uint64_t inode);

/* A new one. */
struct socket *socket_new(struct model *model, uint64_t inode, uint8_t family, uint8_t type, int64_t opened);

/* `fd` of `process` names `socket` from now on; what it named before is closed. */
struct holder *holder_open(struct model *model, struct process *process, int fd, struct socket *socket, enum came came,
                           int64_t time);

/* The holder ends, at a time that may be 0, not known; with the last one the
 * socket does. `unsure`: others may hold it, out of our sight. */
void holder_close(struct model *model, struct holder *holder, int64_t time, bool by_exit, bool unsure);

/* A new socket has that inode: the one that had it is no more. */
void socket_displaced(struct model *model, uint64_t inode);

/* It may live on without holders, for it is on its way in a message; `began`:
 * when its sending did. It may arrive before its sender has returned. */
void socket_passes(struct socket *socket, int64_t began);
void socket_arrives(struct socket *socket, int64_t time);
void sockets_settle(struct model *model, int64_t now);

/* What is found out about it other than by records. */
void socket_told(struct model *model, struct socket *socket, uint64_t inode, const struct address *local,
                 const struct address *peer);

/* What was found is put in under its descriptor. */
struct socket *socket_discovered(struct model *model, const struct discovery *discovery);

/* A record tells of it. Returns whether that is news after losses, in which bytes
 * may have moved. */
bool socket_seen(const struct model *model, struct socket *socket);

/* It listens from now on. */
void socket_listens(struct model *model, struct socket *socket);

/* --- model_process.c ------------------------------------------------------------- */

/* Whose record this is; a process that is new, or has exec'd, begins. */
struct process *process_of(struct model *model, const struct view *view);

/* How a child was made. */
enum making {
    MADE_COPY,  /* fork: with a table like its parent's */
    MADE_GUEST, /* vfork, clone: its parent waited until it had a program of its own, or was gone */
    MADE_SPAWN  /* posix_spawn: the same, in one call */
};

/* The run of that row; of which no record is left, if it is new. */
struct process *process_met(struct model *model, const struct ring_process *row);

/* A call gave `parent` the child `pid`. */
void process_forked(struct model *model, struct process *parent, const struct view *view, uint32_t pid,
                    enum making making);

/* --- model_end.c ----------------------------------------------------------------- */

/* It said that it exits; that another program has its place; or that it will be
 * out of sight, unless it is heard of again because its exec failed. */
void process_exits(struct model *model, struct process *process, int64_t time);
void process_replaced(struct model *model, struct process *process, int64_t time);
void process_leaves(struct model *model, struct process *process, int64_t time);

/* It is gone: its descriptors are closed. */
void process_ends(struct model *model, struct process *process, int64_t time, bool by_exit);

/* Ends those that waited for it until `now`. */
void processes_settle(struct model *model, int64_t now);

/* Closes the descriptors `first` to `last`; see holder_close. */
void process_close_all(struct model *model, struct process *process, int64_t first, int64_t last, int64_t time,
                       bool by_exit, bool unsure);

#endif
