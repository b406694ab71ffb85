/* model_zero.c - what it means that a call moved no byte. The one place that decides
 * whether a stream has ended: a 0 alone does not say so. */
#include "model/model_effects.h"

#include <sys/socket.h>

/* How many bytes the call had room for, or offered; false: it does not tell. */
static bool asks_for(const struct view *view, uint64_t *size)
{
    const uint64_t *const argument = view_argument(view, KIND_size);
    *size = argument != NULL ? *argument : 0;
    return argument != NULL;
}

/* Does the kernel take and give messages one by one? */
static bool keeps_messages(const struct socket *socket)
{
    return socket->type != SOCK_STREAM && socket->type != 0;
}

/* read and write go the way of files, where nothing is nothing; but a write is one
 * message, whatever its length. */
static bool goes_for_nothing(const struct view *view)
{
    switch (view->record->call) {
    case CALL_read:
    case CALL___read:
    case CALL___read_chk:
    case CALL_readv:
    case CALL_preadv2:
    case CALL_preadv64v2:
    case CALL_writev:
    case CALL_pwritev2:
    case CALL_pwritev64v2:
    case CALL_sendfile:
    case CALL_sendfile64:
    case CALL_splice:
    case CALL_dprintf:
    case CALL_vdprintf:
    case CALL___dprintf_chk:
    case CALL___vdprintf_chk: return true;
    default: return false;
    }
}

/* Has the other end sent a message that was not read yet? Then it was an empty one. */
static bool has_message(const struct socket *socket)
{
    const struct connection *const connection = socket->connection;
    if (connection == NULL || connection->ends[1 - own_socket(socket)->end].socket == NULL)
        return false;
    const struct end *const here = &connection->ends[own_socket(socket)->end];
    const struct end *const there = &connection->ends[1 - own_socket(socket)->end];
    return there->out.calls > here->in.calls;
}

enum zero zero_of(const struct socket *socket, const struct view *view)
{
    const uint8_t marks = view->record->marks;
    uint64_t size;
    if (view->failed || view->bytes != 0 || view->record->ret != 0 || (marks & (MARK_IN | MARK_OUT)) == 0)
        return ZERO_NOT;
    const bool told = asks_for(view, &size);
    const bool nothing = told && size == 0;
    if ((marks & MARK_OUT) != 0)
        return keeps_messages(socket) && !goes_for_nothing(view) ? ZERO_EMPTY : ZERO_ASKED;
    if (nothing && (!keeps_messages(socket) || goes_for_nothing(view)))
        return ZERO_ASKED;
    if (keeps_messages(socket) && socket->type != SOCK_SEQPACKET)
        return told ? ZERO_EMPTY : ZERO_ASKED;
    if (socket->shut_in || (socket->shut_out && is_own_peer(socket)))
        return ZERO_SHUT;
    if (socket->error != 0 || (socket->role == ROLE_CLIENT && !socket->connected && socket->born))
        return ZERO_GONE;
    if (socket->type == SOCK_SEQPACKET && (nothing || has_message(socket)))
        return ZERO_EMPTY;
    return told ? ZERO_END : ZERO_ASKED; /* recvmmsg: no message in the time that it had */
}
