/* inventory_take.c - what of a recording makes an entry of the inventory: targets
 * of connects, listening ports, protocols, sockets that came from elsewhere. */
#include "audit/inventory_inside.h"

#include "base/memory.h"
#include "record/payload.h"
#include "record/transport.h"

#include <errno.h>
#include <sys/socket.h>

/* --- entries --------------------------------------------------------------------- */

static const char *kind_word(uint8_t family, uint8_t type, uint16_t protocol)
{
    if (family == AF_UNIX)
        return type == SOCK_STREAM ? "unix" : type == SOCK_DGRAM ? "unix dgram" : "unix seqpacket";
    const char *const word = transport_word(family, type, protocol), *const name = name_of(KIND_family, family);
    return word != NULL ? word : name != NULL ? name : "other";
}

/* "host:port", where a port that the stack chose is a star. */
static char *target_of(const struct address *address, const char *host, bool chosen)
{
    char text[ADDRESS_TEXT], *target;
    const bool internet = address->family == AF_INET || address->family == AF_INET6;
    if (chosen && address->family == AF_UNIX)
        return memory_checked(strdup("unix:@*"));
    if (!internet) {
        const size_t size = address->family != 0 ? address_format(address, text) : 0;
        for (size_t i = 0; i < size; i++)
            text[i] = text[i] == '\0' ? '@' : text[i]; /* as in /proc/net/unix */
        return memory_checked(strndup(text, size));
    }
    address_format_ip(address, text);
    const bool brackets = address_ipv4(address) == NULL && host == NULL;
    const char *const name = host != NULL ? host : text;
    char port[8] = "*";
    if (!chosen)
        snprintf(port, sizeof port, "%u", address->port);
    if (asprintf(&target, brackets ? "[%s]:%s" : "%s:%s", name, port) < 0)
        target = NULL;
    return memory_checked(target);
}

static struct entry *add(struct inventory *inventory, const struct process *process, enum action action,
                         const struct socket *socket, const struct address *address, const char *host, bool chosen,
                         const char *protocol)
{
    struct entry *const entry = memory_new(1, sizeof *entry);
    memcpy(entry->program, process->comm, sizeof entry->program);
    entry->action = action;
    entry->kind = kind_word(socket->family, socket->type, socket->protocol);
    entry->protocol = protocol;
    entry->address = *address;
    entry->port = chosen ? 0 : address->port;
    entry->host = host != NULL ? memory_checked(strdup(host)) : NULL;
    entry->target = target_of(address, host, chosen);
    if (entry->target[0] == '\0') { /* no name: then what it is */
        free(entry->target);
        entry->target = memory_checked(strdup(entry->kind));
    }
    return inventory_put(inventory, entry);
}

static void note_failure(struct entry *entry, int error)
{
    entry->failed++;
    entry->error = error;
}

/* A call that failed to get to its peer. */
static void add_failure(struct inventory *inventory, const struct step *step)
{
    const struct view *const view = step->view;
    struct entry *const entry =
        add(inventory, step->process, ACTION_CONNECT, step->socket, &view->peer, view->host, false, NULL);
    entry->times++;
    note_failure(entry, view->record->error);
}

/* --- what is spoken -------------------------------------------------------------- */

/* Ports of protocols that are not encrypted, asked only where no payload tells. */
static const struct {
    uint16_t port;
    const char *protocol;
} plain_ports[] = {
    {21, "ftp"},     {23, "telnet"},  {25, "smtp"},   {53, "dns"},    {69, "tftp"},         {79, "finger"},
    {80, "http"},    {110, "pop3"},   {119, "nntp"},  {143, "imap"},  {161, "snmp"},        {389, "ldap"},
    {513, "rlogin"}, {514, "syslog"}, {873, "rsync"}, {1883, "mqtt"}, {3306, "mysql"},      {5222, "xmpp"},
    {5672, "amqp"},  {6379, "redis"}, {8080, "http"}, {9418, "git"},  {11211, "memcached"},
};

/* The protocol without encryption that went through, or NULL. */
static const char *plain_protocol(const struct connection *connection)
{
    const struct payload_facts *const facts = connection->facts;
    if (facts != NULL && facts->protocol == PROTOCOL_HTTP)
        return "http";
    if (facts != NULL && facts->protocol == PROTOCOL_DNS)
        return "dns";
    if (facts != NULL && facts->protocol != PROTOCOL_UNKNOWN)
        return NULL; /* encrypted */
    const uint16_t port = connection->addresses[SERVER_END].port;
    const struct end *const client = &connection->ends[CLIENT_END];
    for (size_t i = 0; i < sizeof plain_ports / sizeof plain_ports[0] && client->out.bytes + client->in.bytes != 0;
         i++) {
        if (plain_ports[i].port == port)
            return plain_ports[i].protocol;
    }
    return NULL;
}

/* What is noted in a socket's mark. */
enum { NOTED_LISTEN = 1, NOTED_BIND = 2 };

/* --- taking ---------------------------------------------------------------------- */

/* Where the pipe leads: a socketpair leads nowhere. */
static bool leads_somewhere(const struct connection *connection)
{
    return connection->match != MATCH_PAIR && connection->addresses[SERVER_END].family != 0;
}

/* That a datagram socket listens: once, however many write to it. */
static void note_datagrams(struct inventory *inventory, struct socket *socket)
{
    const struct holder *const holder = socket_holder(socket);
    if (holder == NULL || (socket->mark & NOTED_LISTEN) != 0)
        return;
    socket->mark |= NOTED_LISTEN;
    add(inventory, holder->process, ACTION_LISTEN, socket, &socket->local, NULL, socket->port_chosen, NULL)->times++;
}

void inventory_take_connection(struct inventory *inventory, const struct connection *connection)
{
    const struct socket *const client = connection->ends[CLIENT_END].socket;
    struct socket *const server = connection->ends[SERVER_END].socket;
    if (connection->merged || !leads_somewhere(connection))
        return;
    if (server != NULL && server->type == SOCK_DGRAM) /* who answers there, listens there */
        note_datagrams(inventory, server);
    const struct holder *const holder = client != NULL ? socket_holder(client) : NULL;
    if (holder == NULL)
        return;
    const bool chosen = server != NULL && server->port_chosen;
    const struct address *const target = &connection->addresses[SERVER_END];
    struct entry *const entry =
        add(inventory, holder->process, ACTION_CONNECT, client, target, client->host, chosen, NULL);
    entry->times++;
    if (connection->error != 0)
        note_failure(entry, connection->error);
    const char *const plain = connection->error == 0 ? plain_protocol(connection) : NULL;
    if (plain != NULL && target->family != AF_UNIX)
        add(inventory, holder->process, ACTION_SPEAK, client, target, client->host, chosen, plain)->times++;
}

/* A connect that failed at once; the others make a connection, that tells. */
static void take_connect(struct inventory *inventory, const struct step *step)
{
    const struct view *const view = step->view;
    const int error = view->record->error;
    if (step->socket == NULL || step->connection != NULL || error == 0 || error == EINPROGRESS || error == EINTR ||
        error == EISCONN || error == EALREADY || view->peer.family == 0)
        return;
    add_failure(inventory, step);
}

/* The same of a datagram, and of a stream that connects by sending. */
static void take_send(struct inventory *inventory, const struct step *step)
{
    const struct view *const view = step->view;
    const struct socket *const socket = step->socket;
    const bool connects = socket != NULL && socket->connect_began == view->time;
    if (socket == NULL || !view->failed || (socket->type != SOCK_DGRAM && !connects) || socket->connected ||
        view->peer.family == 0 || view->record->error == EAGAIN || view->record->error == EINPROGRESS)
        return;
    add_failure(inventory, step);
}

static void take_listen(struct inventory *inventory, const struct step *step)
{
    struct socket *const socket = step->socket;
    if (socket == NULL || step->view->failed)
        return;
    const struct address *const local = socket->local.family != 0 ? &socket->local : &step->view->local;
    if (local->family == 0)
        return;
    socket->mark |= NOTED_LISTEN;
    add(inventory, step->process, ACTION_LISTEN, socket, local, NULL, socket->port_chosen, NULL)->times++;
}

/* Who accepts has listened, if that was not told before: where the connection
 * came in, for the records that would name its own address are gone. */
static void take_accept(struct inventory *inventory, const struct step *step)
{
    if (step->socket != NULL && (step->socket->mark & NOTED_LISTEN) == 0)
        take_listen(inventory, step);
}

/* A datagram socket with a name that others were told may listen under it. */
static void take_bind(const struct step *step)
{
    struct socket *const socket = step->socket;
    if (socket != NULL && !step->view->failed && socket->type == SOCK_DGRAM)
        socket->mark |= NOTED_BIND;
}

/* A client connects; where the stack chose the port, it is one that sends. */
void inventory_take_socket(struct inventory *inventory, struct socket *socket)
{
    const bool only_receives = socket->in.calls != 0 && socket->out.calls == 0;
    if ((socket->mark & NOTED_BIND) != 0 && socket->connect_began == 0 && socket->local.family != 0 &&
        (!socket->port_chosen || only_receives))
        note_datagrams(inventory, socket);
}

/* Sockets of other kinds than TCP, UDP and AF_UNIX. */
static void take_opened(struct inventory *inventory, const struct step *step, const struct socket *socket)
{
    static const struct address none;
    const uint8_t family = socket->family;
    const bool internet = family == AF_INET || family == AF_INET6;
    const bool usual = socket->type == SOCK_STREAM || socket->type == SOCK_DGRAM;
    if (family == 0 || family == AF_UNIX || (internet && usual) || step->process == NULL)
        return;
    const char *const type = name_of(KIND_type, socket->type);
    struct entry *const entry = memory_new(1, sizeof *entry);
    memcpy(entry->program, step->process->comm, sizeof entry->program);
    entry->action = ACTION_OPEN;
    entry->kind = kind_word(family, socket->type, socket->protocol);
    entry->address = none;
    if (asprintf(&entry->target, "%s %s", entry->kind, type != NULL ? type : "socket") < 0)
        entry->target = NULL;
    memory_checked(entry->target);
    inventory_put(inventory, entry)->times++;
}

/* A socket that came from elsewhere. Of one that was accepted there, the other
 * side's port says nothing. */
static void take_holder(struct inventory *inventory, const struct holder *holder)
{
    const struct socket *const socket = holder->socket;
    if (holder->came != CAME_INHERITED && holder->came != CAME_PASSED)
        return;
    const bool client = socket->role == ROLE_CLIENT;
    const struct address *const name = client ? &socket->peer : &socket->local;
    add(inventory, holder->process, holder->came == CAME_PASSED ? ACTION_RECEIVE : ACTION_INHERIT, socket, name,
        client ? socket->host : NULL, socket->port_chosen, NULL)
        ->times++;
}

static void take_call(struct inventory *inventory, const struct step *step)
{
    switch (step->view->record->call) {
    case CALL_connect:
    case CALL___connect: take_connect(inventory, step); break;
    case CALL_listen: take_listen(inventory, step); break;
    case CALL_accept:
    case CALL_accept4: take_accept(inventory, step); break;
    case CALL_bind:
    case CALL_bindresvport: take_bind(step); break;
    case CALL_sendto:
    case CALL_sendmsg:
    case CALL_sendmmsg: take_send(inventory, step); break;
    default: break;
    }
}

void inventory_take(struct inventory *inventory, const struct step *step)
{
    if (step->view != NULL && step->view->lost == 0)
        take_call(inventory, step);
    for (size_t i = 0; i < step->change_count; i++) {
        const struct change *const change = &step->changes[i];
        if (change->kind == DESCRIPTOR_OPENED)
            take_holder(inventory, change->holder);
        else if (change->kind == SOCKET_OPENED)
            take_opened(inventory, step, change->socket);
    }
}
