/* procfs_net.c - the names of sockets, from /proc/PID/net/{tcp,tcp6,udp,udp6,unix}. */
#include "proc/procfs.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

enum { STATE_ESTABLISHED = 1, STATE_CLOSE_WAIT = 8, STATE_LISTEN = 10, UNIX_ACCEPTS = 1 << 16, UNIX_CONNECTED = 3 };

static const struct table {
    const char *name;
    uint8_t family, type;
} tables[] = {
    {"tcp", AF_INET, SOCK_STREAM},   {"tcp6", AF_INET6, SOCK_STREAM}, {"udp", AF_INET, SOCK_DGRAM},
    {"udp6", AF_INET6, SOCK_DGRAM},  {"raw", AF_INET, SOCK_RAW},      {"raw6", AF_INET6, SOCK_RAW},
    {"unix", AF_UNIX, 0 /* said */},
};

/* "0100007F:1F90": words in the machine's order, the port as a number. Returns
 * what follows, or NULL. */
static const char *read_address(const char *at, uint8_t family, struct address *address)
{
    uint32_t words[4] = {0};
    const int count = family == AF_INET6 ? 4 : 1;
    for (int i = 0; i < count; i++) {
        char word[9];
        if (strspn(at, "0123456789ABCDEFabcdef") < 8)
            return NULL;
        memcpy(word, at, 8);
        word[8] = '\0';
        words[i] = (uint32_t)strtoul(word, NULL, 16);
        at += 8;
    }
    if (*at != ':')
        return NULL;
    char *end;
    const uint16_t port = (uint16_t)strtoul(at + 1, &end, 16);
    if (family == AF_INET) {
        address_from_ipv4(address, (const uint8_t *)words, port);
    } else {
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
        memcpy(&in6.sin6_addr, words, sizeof in6.sin6_addr);
        address_from_sockaddr(address, &in6, sizeof in6);
    }
    return end;
}

static const char *skip_fields(const char *at, int count)
{
    for (; count > 0 && at != NULL; count--) {
        at += strspn(at, " ");
        at = strchr(at, ' ');
    }
    return at != NULL ? at + strspn(at, " ") : NULL;
}

/* "0: local peer state queues timer retransmits uid timeout inode …" */
static bool read_inet(const char *line, const struct table *table, uint64_t inode, struct procfs_socket *socket)
{
    const char *at = skip_fields(line, 1);
    at = at != NULL ? read_address(at, table->family, &socket->local) : NULL;
    at = at != NULL ? read_address(at + strspn(at, " "), table->family, &socket->peer) : NULL;
    if (at == NULL)
        return false;
    const unsigned long state = strtoul(at, NULL, 16);
    socket->listening = table->type == SOCK_STREAM && state == STATE_LISTEN;
    socket->peer_closed = table->type == SOCK_STREAM && state == STATE_CLOSE_WAIT;
    socket->connected = state == STATE_ESTABLISHED || socket->peer_closed;
    at = skip_fields(at, 6);
    return at != NULL && strtoull(at, NULL, 10) == inode;
}

/* "address: references protocol flags type state inode path" */
static bool read_unix(const char *line, uint64_t inode, struct procfs_socket *socket)
{
    unsigned flags, type, state;
    unsigned long long found;
    int path = 0;
    if (sscanf(line, "%*x: %*x %*x %x %x %x %llu %n", &flags, &type, &state, &found, &path) < 4 || found != inode)
        return false;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t size = path != 0 ? strcspn(line + path, "\n") : 0;
    size = size < sizeof name.sun_path ? size : sizeof name.sun_path;
    memcpy(name.sun_path, line + path, size);
    if (size != 0 && name.sun_path[0] == '@')
        name.sun_path[0] = '\0';
    address_from_sockaddr(&socket->local, &name, offsetof(struct sockaddr_un, sun_path) + size);
    socket->type = (uint8_t)type;
    socket->listening = (flags & UNIX_ACCEPTS) != 0;
    socket->connected = state == UNIX_CONNECTED;
    return true;
}

static bool find_in(const char *path, const struct table *table, uint64_t inode, struct procfs_socket *socket)
{
    char *line = NULL;
    size_t room = 0;
    bool found = false;
    FILE *const file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (!found && getline(&line, &room, file) > 0) {
        *socket = (struct procfs_socket){.family = table->family, .type = table->type};
        found = table->family == AF_UNIX ? read_unix(line, inode, socket) : read_inet(line, table, inode, socket);
    }
    free(line);
    fclose(file);
    return found;
}

bool procfs_socket(const struct procfs *procfs, uint32_t pid, uint64_t inode, struct procfs_socket *socket)
{
    char path[128];
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        snprintf(path, sizeof path, "%s/%u/net/%s", procfs->root, pid, tables[i].name);
        if (find_in(path, &tables[i], inode, socket))
            return true;
    }
    return false;
}
