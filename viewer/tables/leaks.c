/* leaks.c - see leaks.h. */
#include "tables/leaks.h"

#include <sys/socket.h>

#define PATIENCE INT64_C(1000000000)     /* for a close that should follow the peer's */
#define EXIT_PATIENCE INT64_C(100000000) /* the same where the process then exits */

/* When the other side closed, as far as we know; 0: not, or not known. */
static int64_t peer_closed(const struct socket *socket)
{
    int64_t time = socket->peer_closed;
    const struct connection *const connection = socket->connection;
    if (connection == NULL)
        return time;
    const int other = connection->ends[CLIENT_END].socket == socket ? SERVER_END : CLIENT_END;
    const struct socket *const peer = connection->ends[other].socket;
    if (peer == NULL)
        return time;
    return peer->ended ? peer->closed : 0; /* else it has only said that it sends no more */
}

/* The holder whose process made the socket, and ended with it open. */
static const struct holder *left_by(const struct socket *socket)
{
    for (const struct holder *holder = socket->holders; holder != NULL; holder = holder->next) {
        const bool made = holder->came == CAME_CREATED || holder->came == CAME_ACCEPTED;
        if (made && holder->by_exit)
            return holder;
    }
    return NULL;
}

const char *leak_of(const struct model *model, const struct socket *socket, int64_t now)
{
    const bool stream = socket->type == SOCK_STREAM || socket->type == SOCK_SEQPACKET;
    if (!stream || socket->role == ROLE_LISTENING || socket->role == ROLE_PAIR || socket->unsure_end)
        return NULL;
    const int64_t since = peer_closed(socket);
    if (!socket->ended)
        return socket_state(model, socket) == STATE_PEER_CLOSED && since != 0 && now - since > PATIENCE
                   ? "waits for our close"
                   : NULL;
    const struct holder *const holder = left_by(socket);
    if (holder == NULL || !socket->by_exit)
        return NULL;
    if (since != 0 && socket->closed - since > EXIT_PATIENCE)
        return "the peer closed, we never did";
    if (socket->role == ROLE_CLIENT)
        return "never closed";
    return socket->role == ROLE_NONE && socket->born && holder->calls <= 1 ? "never used, never closed" : NULL;
}
