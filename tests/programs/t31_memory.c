/* t31_memory.c - memory that describes a call, and is gone as soon as the kernel
 * has read it.
 *
 *   gone ROUNDS   for each way to send: all that describes it lies in a page that
 *                 the receiver unmaps at once
 *   fault         for each pointer that a call takes: its page was good, and used,
 *                 and is PROT_NONE, or unmapped, the next time: EFAULT
 *   over          receives into the very memory that holds header and vector
 *   many N        N threads send N payloads each, all of its own letter
 *   objects N     a thread asks for the name of a socket with N objects of its own
 *
 * Prints what came of it; that must not depend on the library.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

struct request { /* fits a page */
    void *self;
    struct mmsghdr message;
    struct iovec part;
    struct sockaddr_in to;
    struct sockaddr_un path;
    char data[64];
};

static void *new_page(void)
{
    void *const page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        err(1, "mmap");
    return page;
}

/* --- gone ------------------------------------------------------------------ */

static int datagrams[2]; /* AF_UNIX: a sender waits, and nothing is dropped */
static struct sockaddr_un receiver;
static socklen_t receiver_size = sizeof receiver;

static ssize_t by_send(struct request *r)
{
    return send(datagrams[0], &r->self, 8, 0);
}
static ssize_t by_write(struct request *r)
{
    return write(datagrams[0], &r->self, 8);
}
static ssize_t by_sendto(struct request *r)
{
    return sendto(datagrams[0], &r->self, 8, 0, (struct sockaddr *)&r->path, receiver_size);
}
static ssize_t by_sendmsg(struct request *r)
{
    return sendmsg(datagrams[0], &r->message.msg_hdr, 0);
}
static ssize_t by_writev(struct request *r)
{
    return writev(datagrams[0], &r->part, 1);
}
static ssize_t by_pwritev2(struct request *r)
{
    return pwritev2(datagrams[0], &r->part, 1, -1, 0);
}
static ssize_t raw_write(struct request *r)
{
    return syscall(SYS_write, datagrams[0], &r->self, 8);
}
static ssize_t raw_writev(struct request *r)
{
    return syscall(SYS_writev, datagrams[0], &r->part, 1);
}
static ssize_t raw_sendto(struct request *r)
{
    return syscall(SYS_sendto, datagrams[0], &r->self, 8, 0, &r->path, receiver_size);
}
static ssize_t raw_sendmsg(struct request *r)
{
    return syscall(SYS_sendmsg, datagrams[0], &r->message.msg_hdr, 0);
}

static const struct {
    const char *name;
    ssize_t (*send)(struct request *request);
} ways[] = {{"send", by_send},           {"write", by_write},        {"sendto", by_sendto},
            {"sendmsg", by_sendmsg},     {"writev", by_writev},      {"pwritev2", by_pwritev2},
            {"raw write", raw_write},    {"raw writev", raw_writev}, {"raw sendto", raw_sendto},
            {"raw sendmsg", raw_sendmsg}};
enum { WAYS = sizeof ways / sizeof ways[0] };

static void *unmap_what_comes(void *rounds)
{
    for (long i = 0; i < (long)rounds; i++) {
        void *page;
        while (recv(datagrams[1], &page, sizeof page, MSG_DONTWAIT) != sizeof page)
            ;
        munmap(page, 4096);
    }
    return NULL;
}

static void gone(long rounds)
{
    for (int i = 0; i < 2; i++)
        datagrams[i] = socket(AF_UNIX, SOCK_DGRAM, 0);
    receiver.sun_family = AF_UNIX; /* unix(7): autobind, for no more than the family */
    if (bind(datagrams[1], (struct sockaddr *)&receiver, sizeof(sa_family_t)) != 0 ||
        getsockname(datagrams[1], (struct sockaddr *)&receiver, &receiver_size) != 0 ||
        connect(datagrams[0], (struct sockaddr *)&receiver, receiver_size) != 0)
        err(1, "datagrams");
    for (unsigned way = 0; way < WAYS; way++) {
        pthread_t thread;
        pthread_create(&thread, NULL, unmap_what_comes, (void *)rounds);
        for (long i = 0; i < rounds; i++) {
            struct request *const r = new_page();
            r->self = r;
            r->path = receiver;
            r->part = (struct iovec){&r->self, 8};
            r->message.msg_hdr = (struct msghdr){.msg_iov = &r->part, .msg_iovlen = 1};
            if (ways[way].send(r) != 8)
                err(1, "%s", ways[way].name);
        }
        pthread_join(thread, NULL);
        printf("%s %ld\n", ways[way].name, rounds);
    }
}

/* --- fault ----------------------------------------------------------------- */

static int pair[2], udp;

static void say(const char *name, long result)
{
    const int error = errno;
    printf(" %s=%ld%s%s", name, result, result < 0 ? "," : "", result < 0 ? strerrorname_np(error) : "");
}

/* Everything that lies on the page, through every call that takes it. */
static void use(struct request *r)
{
    static char into[64];
    struct iovec part = {into, sizeof into};
    struct msghdr outer = {.msg_name = &r->to, .msg_namelen = sizeof r->to, .msg_iov = &part, .msg_iovlen = 1};
    struct msghdr vector = {.msg_iov = &r->part, .msg_iovlen = 1};
    socklen_t *const length = (socklen_t *)r->data;

    say("send", send(pair[0], &r->self, 8, 0));
    say("writev", writev(pair[0], &r->part, 1));
    say("sendmsg", sendmsg(pair[0], &vector, 0));
    say("header", sendmsg(pair[0], &r->message.msg_hdr, 0));
    say("sendmmsg", sendmmsg(pair[0], &r->message, 1, 0));
    say("sendto", sendto(udp, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&r->to, sizeof r->to));
    say("name", sendmsg(udp, &outer, MSG_DONTWAIT));
    say("getsockname", getsockname(udp, (struct sockaddr *)&receiver, length));
    say("getsockopt", getsockopt(udp, SOL_SOCKET, SO_TYPE, into, length));
    say("setsockopt", setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &r->message.msg_len, sizeof(int)));
    say("ioctl", ioctl(udp, FIONBIO, &r->message.msg_len));
    say("bind", bind(udp, (struct sockaddr *)&r->to, sizeof r->to));
    say("connect", connect(udp, (struct sockaddr *)&r->to, sizeof r->to));
    say("recvfrom", recvfrom(pair[1], into, sizeof into, MSG_DONTWAIT, (struct sockaddr *)&receiver, length));
    say("recvmsg", recvmsg(pair[1], &r->message.msg_hdr, MSG_DONTWAIT));
    say("readv", readv(pair[1], &r->part, 1));
    putchar('\n');
}

static void fill(struct request *r)
{
    r->self = r;
    r->part = (struct iovec){&r->self, 8};
    r->message = (struct mmsghdr){.msg_hdr = {.msg_iov = &r->part, .msg_iovlen = 1}, .msg_len = 1};
    r->to =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    memcpy(r->data, &(socklen_t){sizeof receiver}, sizeof(socklen_t));
}

static int protect(void *page)
{
    return mprotect(page, 4096, PROT_NONE);
}
static int unmap(void *page)
{
    return munmap(page, 4096);
}

static void *fault(void *unused)
{
    (void)unused;
    static int (*const revoke[])(void *page) = {protect, unmap};
    for (unsigned i = 0; i < 4; i++) {
        /* malloc's memory is a program's to protect, but not to unmap. */
        void *const page = i < 2 ? new_page() : aligned_alloc(4096, 4096);
        socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
        udp = socket(AF_INET, SOCK_DGRAM, 0);
        fill(page);
        use(page);
        close(udp);
        udp = socket(AF_INET, SOCK_DGRAM, 0);
        if (revoke[i < 2 ? i : 0](page) != 0)
            err(1, "revoke");
        use(page);
        close(udp);
        close(pair[0]);
        close(pair[1]);
    }
    return NULL;
}

/* --- over ------------------------------------------------------------------ */

static void over(void)
{
    struct request *const r = new_page();
    static char junk[sizeof *r];
    memset(junk, 0x7f, sizeof junk);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    for (int i = 0; i < 3; i++) {
        fill(r);
        r->part = (struct iovec){r, sizeof *r};
        send(pair[0], junk, sizeof junk, 0);
        if (i == 0)
            say("readv", readv(pair[1], &r->part, 1));
        else if (i == 1)
            say("recvmsg", recvmsg(pair[1], &r->message.msg_hdr, 0));
        else
            say("recvmmsg", recvmmsg(pair[1], &r->message, 1, 0, NULL));
    }
    putchar('\n');
}

/* --- objects --------------------------------------------------------------- */

static void *ask_for_each(void *count)
{
    struct object {
        socklen_t length;
        char rest[5000];
    } * objects[10000];
    const long all = (long)count;
    for (long i = 0; i < all; i++)
        objects[i] = malloc(sizeof **objects);
    getpgid(-77); /* see traps.sh */
    for (long i = 0; i < all; i++) {
        struct sockaddr_in name;
        objects[i]->length = sizeof name;
        getsockname(udp, (struct sockaddr *)&name, &objects[i]->length);
    }
    return NULL;
}

/* --- many ------------------------------------------------------------------ */

static long many;

static void *send_letters(void *number)
{
    char letters[2000];
    int own[2];
    memset(letters, 'A' + (int)((long)number % 26), sizeof letters);
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, own);
    for (long i = 0; i < many; i++) {
        if (send(own[0], letters, sizeof letters, 0) != sizeof letters || read(own[1], &(char[1]){0}, 1) != 1)
            err(1, "letters");
    }
    return NULL;
}

static void send_many(void)
{
    pthread_t threads[100];
    for (long i = 0; i < many; i++)
        pthread_create(&threads[i], NULL, send_letters, (void *)i);
    for (long i = 0; i < many; i++)
        pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
    const char *const how = argc > 1 ? argv[1] : "";
    const long count = argc > 2 ? atol(argv[2]) : 1000;
    if (strcmp(how, "gone") == 0)
        gone(count);
    else if (strcmp(how, "fault") == 0) { /* a thread's malloc has memory of another kind */
        pthread_t thread;
        fault(NULL);
        pthread_create(&thread, NULL, fault, NULL);
        pthread_join(thread, NULL);
    } else if (strcmp(how, "over") == 0)
        over();
    else if (strcmp(how, "many") == 0) {
        many = count < 100 ? count : 100;
        send_many();
    } else {
        pthread_t thread;
        udp = socket(AF_INET, SOCK_DGRAM, 0);
        pthread_create(&thread, NULL, ask_for_each, (void *)(count < 10000 ? count : 10000));
        pthread_join(thread, NULL);
    }
    return 0;
}
