/* descriptors.c - see descriptors.h. */
#include "descriptors.h"

#include "filter.h"
#include "net_table.h"
#include "process.h"
#include "real.h"
#include "sys.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>

/* All zero and in pages of their own: nothing of it is there before it is used. The
 * first block is for every program, one in a sandbox as well. */
_Alignas(4096) struct descriptors descriptors;
static struct {
    _Alignas(4096) struct socket sockets[DESCRIPTORS_BLOCK];
    struct socket_names names[DESCRIPTORS_BLOCK];
} first;
static int highest = -1;

void descriptors_start(void)
{
    sys_call(SYS_madvise, &descriptors, sizeof descriptors / 4096 * 4096, MADV_DONTDUMP);
    sys_call(SYS_madvise, &first, sizeof first, MADV_DONTDUMP);
    descriptors.sockets[0] = first.sockets;
    descriptors.names[0] = first.names;
}

/* Puts a new block in its place, unless another thread has done so. */
static APART bool make_block(void **block, size_t size)
{
    const long memory =
        sys_call(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (sys_failed(memory))
        return false;
    sys_call(SYS_madvise, memory, size, MADV_DONTDUMP);
    void *none = NULL;
    if (!__atomic_compare_exchange_n(block, &none, (void *)memory, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        sys_call(SYS_munmap, memory, size);
    return true;
}

static bool has_block(void **block, size_t each)
{
    return __atomic_load_n(block, __ATOMIC_ACQUIRE) != NULL || make_block(block, DESCRIPTORS_BLOCK * each);
}

bool descriptor_fits(int fd)
{
    return (unsigned)fd < DESCRIPTORS_MAX &&
           has_block((void **)&descriptors.sockets[(unsigned)fd / DESCRIPTORS_BLOCK], sizeof(struct socket));
}

static bool names_fit(int fd)
{
    return has_block((void **)&descriptors.names[(unsigned)fd / DESCRIPTORS_BLOCK], sizeof(struct socket_names));
}

static void drop_block(void **block, size_t each)
{
    if (*block != NULL)
        sys_call(SYS_munmap, *block, DESCRIPTORS_BLOCK * each);
    *block = NULL;
}

void descriptors_end(void)
{
    for (int fd = 0; fd <= highest; fd++)
        descriptors.kind[fd] = NO_SOCKET;
    for (unsigned i = 1; i < DESCRIPTORS_MAX / DESCRIPTORS_BLOCK; i++) {
        drop_block((void **)&descriptors.sockets[i], sizeof(struct socket));
        drop_block((void **)&descriptors.names[i], sizeof(struct socket_names));
    }
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
    if (!descriptor_fits(fd))
        return;
    *descriptor_socket(fd) = (struct socket){
        .inode = inode,
        .family = (uint8_t)family,
        .type = (uint8_t)(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)),
    };
    set_kind(fd, SOCKET);
    raise_highest(fd);
}

void descriptor_copy(int from, int to)
{
    if (from == to)
        return;
    if (!descriptor_is_socket(from) || !descriptor_fits(to)) {
        descriptor_closed(to);
        return;
    }
    struct socket copy = *descriptor_socket(from);
    if ((copy.local_size | copy.peer_size) != 0) {
        if (names_fit(to))
            *descriptor_names(to) = *descriptor_names(from);
        else
            copy.local_size = copy.peer_size = 0;
    }
    *descriptor_socket(to) = copy;
    set_kind(to, SOCKET);
    raise_highest(to);
}

static void move_kind(int fd, enum descriptor_kind from, enum descriptor_kind to)
{
    uint8_t expected = (uint8_t)from;
    if ((unsigned)fd < DESCRIPTORS_MAX)
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

void descriptor_forget(int fd)
{
    if ((unsigned)fd < DESCRIPTORS_MAX)
        set_kind(fd, NO_SOCKET);
}

/* Puts an address into its place: AF_INET into the entry, all others into names, `at`
 * which offset. Returns how many bytes of it are there. */
static uint8_t note(int fd, const void *address, socklen_t size, uint8_t ip[4], uint16_t *port, size_t at)
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
    if (!names_fit(fd))
        return 0;
    const uint8_t kept = (uint8_t)(size < ADDRESS_MAX ? size : ADDRESS_MAX);
    memcpy((char *)descriptor_names(fd) + at, address, kept);
    return kept;
}

void descriptor_local(int fd, const void *address, socklen_t size)
{
    if (descriptor_kind(fd) == NO_SOCKET)
        return;
    struct socket *const socket = descriptor_socket(fd);
    socket->local_size =
        note(fd, address, size, socket->local_ip, &socket->local_port, offsetof(struct socket_names, local));
    if (socket->local_port != 0 || (socket->local_size != 0 && socket->family != AF_INET6))
        socket->looked_up |= LOCAL_KNOWN;
}

void descriptor_local_copy(int listening, int fd)
{
    struct socket *const to = descriptor_socket(fd);
    const struct socket *const from = descriptor_socket(listening);
    memcpy(to->local_ip, from->local_ip, sizeof to->local_ip);
    to->local_port = from->local_port;
    to->looked_up |= LOCAL_KNOWN;
}

void descriptor_peer(int fd, const void *address, socklen_t size)
{
    if (descriptor_kind(fd) == NO_SOCKET)
        return;
    struct socket *const socket = descriptor_socket(fd);
    socket->peer_size =
        note(fd, address, size, socket->peer_ip, &socket->peer_port, offsetof(struct socket_names, peer));
}

uint64_t descriptor_inode(int fd)
{
    struct stat file;
    if (sys_fstat(fd, &file) != 0)
        return 0;
    return S_ISSOCK(file.st_mode) ? file.st_ino : 0;
}

static bool look_up(long call, int fd, void (*note_address)(int fd, const void *address, socklen_t size))
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (descriptor_kind(fd) == NO_SOCKET || !filter_allows(call) || sys_call(call, fd, &address, &size) != 0)
        return false;
    if (descriptor_socket(fd)->family == AF_UNSPEC)
        descriptor_socket(fd)->family = (uint8_t)address.ss_family;
    note_address(fd, &address, size);
    return true;
}

/* Under a filter that may kill for getsockname, and while no other thread could meet the
 * descriptor of a file. */
static bool read_local(int fd)
{
    struct sockaddr_in6 address;
    if (sys_may(SYS_getsockname) || !sys_may(SYS_openat) || real_data.single_threaded == NULL ||
        *real_data.single_threaded == 0 || descriptor_kind(fd) != SOCKET)
        return false;
    const struct socket *const socket = descriptor_socket(fd);
    const socklen_t size = net_table_local(socket->inode, socket->family, socket->type, &address);
    if (size != 0)
        descriptor_local(fd, &address, size);
    return size != 0;
}

bool descriptor_look_up_local(int fd)
{
    return look_up(SYS_getsockname, fd, descriptor_local) || read_local(fd);
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
    if (!descriptor_fits(fd))
        return false;
    const uint64_t inode = descriptor_inode(fd);
    if (inode == 0) {
        set_kind(fd, NO_SOCKET);
        descriptor_socket(fd)->looked_up = sys_may(SYS_fstat) || sys_may(SYS_newfstatat) ? 0 : PASSED_IN;
        return false;
    }
    descriptor_open(fd, AF_UNSPEC, type_of(fd), inode); /* the family comes with its address */
    descriptor_look_up_local(fd);
    descriptor_look_up_peer(fd);
    return true;
}
