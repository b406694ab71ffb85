/* descriptors.c - see descriptors.h. */
#include "descriptors.h"

#include "process.h"
#include "sys.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#define DESCRIPTORS_MAX (1u << 17)
#define DESCRIPTORS_MIN 64u

struct descriptors descriptors;
static int highest = -1;

enum { EACH = 1 + sizeof(struct socket) + sizeof(struct socket_names) };

/* How many entries are a small share of what the program may have in all. */
static uint32_t fitting(uint32_t entries, int resource)
{
    struct rlimit most;
    if (sys_call(SYS_prlimit64, 0, resource, NULL, &most) != 0 || most.rlim_cur == RLIM_INFINITY)
        return entries;
    while (entries > DESCRIPTORS_MIN && (uint64_t)entries * EACH > most.rlim_cur / 32)
        entries /= 2;
    return entries;
}

bool descriptors_start(void)
{
    const uint32_t limit = fitting(fitting(DESCRIPTORS_MAX, RLIMIT_AS), RLIMIT_DATA);
    const long memory = sys_call(SYS_mmap, NULL, (uint64_t)limit * EACH, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (sys_failed(memory))
        return false;
    descriptors.sockets = (struct socket *)memory;
    descriptors.names = (struct socket_names *)(descriptors.sockets + limit);
    descriptors.kind = (uint8_t *)(descriptors.names + limit);
    descriptors.limit = limit;
    return true;
}

static void set_kind(int fd, enum descriptor_kind kind)
{
    __atomic_store_n(&descriptors.kind[fd], (uint8_t)kind, __ATOMIC_RELEASE);
}

static void raise_highest(int fd)
{
    int seen = __atomic_load_n(&highest, __ATOMIC_RELAXED);
    while (fd > seen && !__atomic_compare_exchange_n(&highest, &seen, fd, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

int descriptor_highest(void)
{
    return __atomic_load_n(&highest, __ATOMIC_RELAXED);
}

void descriptor_open(int fd, int family, int type, uint64_t inode)
{
    if ((unsigned)fd >= descriptors.limit)
        return;
    descriptors.sockets[fd] = (struct socket){
        .inode = inode,
        .family = (uint8_t)family,
        .type = (uint8_t)(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)),
    };
    set_kind(fd, SOCKET);
    raise_highest(fd);
}

void descriptor_copy(int from, int to)
{
    if ((unsigned)to >= descriptors.limit || from == to)
        return;
    if (!descriptor_is_socket(from)) {
        descriptor_closed(to);
        return;
    }
    const struct socket *const socket = &descriptors.sockets[from];
    descriptors.sockets[to] = *socket;
    if ((socket->local_size | socket->peer_size) != 0)
        descriptors.names[to] = descriptors.names[from];
    set_kind(to, SOCKET);
    raise_highest(to);
}

static void move_kind(int fd, enum descriptor_kind from, enum descriptor_kind to)
{
    uint8_t expected = (uint8_t)from;
    if ((unsigned)fd < descriptors.limit)
        __atomic_compare_exchange_n(&descriptors.kind[fd], &expected, (uint8_t)to, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED);
}

void descriptor_closing(int fd)
{
    move_kind(fd, SOCKET, CLOSING);
}

void descriptor_kept(int fd)
{
    move_kind(fd, CLOSING, SOCKET);
}

void descriptor_closed(int fd)
{
    /* Not where another thread has been given the number meanwhile. */
    move_kind(fd, CLOSING, WAS_SOCKET);
}

void descriptor_reused(int fd)
{
    move_kind(fd, WAS_SOCKET, NO_SOCKET);
}

/* Puts an address into its place: AF_INET into the entry, all others into names. */
static uint8_t note(const void *address, socklen_t size, uint8_t ip[4], uint16_t *port, uint8_t *name)
{
    memset(ip, 0, 4);
    *port = 0;
    sa_family_t family = AF_UNSPEC;
    if (address != NULL && size >= sizeof family)
        memcpy(&family, address, sizeof family);
    if (family == AF_INET && size >= offsetof(struct sockaddr_in, sin_zero)) {
        struct sockaddr_in in;
        memcpy(&in, address, offsetof(struct sockaddr_in, sin_zero));
        memcpy(ip, &in.sin_addr, 4);
        *port = ntohs(in.sin_port);
        return 0;
    }
    if (family == AF_UNSPEC || size <= sizeof family)
        return 0; /* an unnamed AF_UNIX socket is only its family */
    if (family == AF_INET6 && size >= sizeof(struct sockaddr_in6)) {
        in_port_t in_port;
        memcpy(&in_port, (const char *)address + offsetof(struct sockaddr_in6, sin6_port), sizeof in_port);
        *port = ntohs(in_port);
    }
    const uint8_t kept = (uint8_t)(size < ADDRESS_MAX ? size : ADDRESS_MAX);
    memcpy(name, address, kept);
    return kept;
}

void descriptor_local(int fd, const void *address, socklen_t size)
{
    if (descriptor_kind(fd) == NO_SOCKET)
        return;
    struct socket *const socket = &descriptors.sockets[fd];
    socket->local_size = note(address, size, socket->local_ip, &socket->local_port, descriptors.names[fd].local);
    if (socket->local_port != 0 || (socket->local_size != 0 && socket->family != AF_INET6))
        socket->looked_up |= LOCAL_KNOWN;
}

void descriptor_local_copy(int listening, int fd)
{
    struct socket *const to = &descriptors.sockets[fd];
    const struct socket *const from = &descriptors.sockets[listening];
    memcpy(to->local_ip, from->local_ip, sizeof to->local_ip);
    to->local_port = from->local_port;
    to->looked_up |= LOCAL_KNOWN;
}

void descriptor_peer(int fd, const void *address, socklen_t size)
{
    if (descriptor_kind(fd) == NO_SOCKET)
        return;
    struct socket *const socket = &descriptors.sockets[fd];
    socket->peer_size = note(address, size, socket->peer_ip, &socket->peer_port, descriptors.names[fd].peer);
}

static uint64_t socket_inode(int fd)
{
    struct stat file;
    if (sys_call(SYS_fstat, fd, &file) != 0)
        return 0;
    return S_ISSOCK(file.st_mode) ? file.st_ino : 0;
}

uint64_t descriptor_inode(int fd)
{
    return process_sandboxed ? 0 : socket_inode(fd);
}

static bool look_up(long call, int fd, void (*note_address)(int fd, const void *address, socklen_t size))
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (process_sandboxed || (unsigned)fd >= descriptors.limit || sys_call(call, fd, &address, &size) != 0)
        return false;
    if (descriptors.sockets[fd].family == AF_UNSPEC)
        descriptors.sockets[fd].family = (uint8_t)address.ss_family;
    note_address(fd, &address, size);
    return true;
}

bool descriptor_look_up_local(int fd)
{
    return look_up(SYS_getsockname, fd, descriptor_local);
}

bool descriptor_look_up_peer(int fd)
{
    return look_up(SYS_getpeername, fd, descriptor_peer);
}

static int type_of(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    return sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? type : 0;
}

bool descriptor_learn(int fd)
{
    if ((unsigned)fd >= descriptors.limit)
        return false;
    const uint64_t inode = descriptor_inode(fd);
    if (inode == 0) {
        set_kind(fd, NO_SOCKET);
        descriptors.sockets[fd].looked_up = process_sandboxed ? PASSED_IN : 0;
        return false;
    }
    descriptor_open(fd, AF_UNSPEC, type_of(fd), inode); /* the family comes with its address */
    descriptor_look_up_local(fd);
    descriptor_look_up_peer(fd);
    return true;
}

bool descriptor_inherit(int fd)
{
    if (!process_sandboxed)
        return descriptor_learn(fd);
    const uint64_t inode = socket_inode(fd);
    if (inode != 0)
        descriptor_open(fd, AF_UNSPEC, 0, inode);
    return inode != 0;
}
