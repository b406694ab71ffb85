/* net_table.c - see net_table.h; the form of its lines is told in proc(5). */
#include "net_table.h"

#include "sys.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define LINES_MAX 4096

/* A file read by small pieces, for it is read on the program's stack. */
struct reader {
    long fd;
    unsigned at, filled;
    char bytes[64];
};

static int next(struct reader *reader)
{
    if (reader->at == reader->filled) {
        const long got = sys_call(SYS_read, reader->fd, reader->bytes, sizeof reader->bytes);
        reader->at = 0;
        reader->filled = got > 0 ? (unsigned)got : 0;
    }
    return reader->at < reader->filled ? reader->bytes[reader->at++] : -1;
}

static int digit(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What a line says, as far as we ask. */
struct line {
    uint32_t ip[4];
    unsigned words;
    uint16_t port;
    uint64_t inode;
};

enum { LOCAL_FIELD = 1, INODE_FIELD = 9 };

/* One character of a field; numbers are hexadecimal, but the inode. */
static void take(struct line *line, unsigned field, unsigned place, bool behind_colon, int c)
{
    if (field == INODE_FIELD) {
        line->inode = line->inode * 10 + (unsigned)(digit(c) & 15);
    } else if (field == LOCAL_FIELD && behind_colon) {
        line->port = (uint16_t)(line->port << 4 | digit(c));
    } else if (field == LOCAL_FIELD && place < 32) {
        line->ip[place / 8] = line->ip[place / 8] << 4 | (uint32_t)digit(c);
        line->words = place / 8 + 1;
    }
}

/* Returns false at the end of the file. */
static bool read_line(struct reader *reader, struct line *line)
{
    unsigned field = 0, place = 0;
    bool behind_colon = false, blank = true;
    *line = (struct line){.port = 0};
    for (int c; (c = next(reader)) != '\n';) {
        if (c < 0)
            return false;
        if (c == ' ') {
            field += !blank;
            place = 0;
            behind_colon = false;
        } else if (c == ':') {
            behind_colon = true;
        } else if (digit(c) >= 0) {
            take(line, field, place++, behind_colon, c);
        }
        blank = c == ' ';
    }
    return true;
}

static socklen_t put(const struct line *line, int family, struct sockaddr_in6 *address)
{
    memset(address, 0, sizeof *address);
    if (family == AF_INET6 && line->words == 4) {
        address->sin6_family = AF_INET6;
        address->sin6_port = htons(line->port);
        memcpy(&address->sin6_addr, line->ip, sizeof address->sin6_addr);
        return sizeof *address;
    }
    struct sockaddr_in *const in = (struct sockaddr_in *)address;
    in->sin_family = AF_INET;
    in->sin_port = htons(line->port);
    memcpy(&in->sin_addr, line->ip, sizeof in->sin_addr);
    return sizeof *in;
}

socklen_t net_table_local(uint64_t inode, int family, int type, struct sockaddr_in6 *address)
{
    const bool six = family == AF_INET6, stream = type == SOCK_STREAM;
    const char *const path = stream ? (six ? "/proc/self/net/tcp6" : "/proc/self/net/tcp")
                                    : (six ? "/proc/self/net/udp6" : "/proc/self/net/udp");
    if (inode == 0 || (family != AF_INET && !six) || (!stream && type != SOCK_DGRAM))
        return 0;
    struct reader reader = {.fd = sys_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)};
    struct line line;
    socklen_t size = 0;
    for (unsigned i = 0; reader.fd >= 0 && size == 0 && i < LINES_MAX && read_line(&reader, &line); i++) {
        if (line.inode == inode && line.port != 0)
            size = put(&line, family, address);
    }
    if (reader.fd >= 0)
        sys_call(SYS_close, reader.fd);
    return size;
}
