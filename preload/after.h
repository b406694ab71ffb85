/* after.h - what a hook does besides making the call: shared by the functions
 * of libc and by syscall(), through which the same call may come.
 *
 * after_NAME is given the event and the result of the call that was just made;
 * it writes the record and returns the result. Calls that also need something
 * done beforehand are passed as `run`.
 */
#ifndef SOCKSPY_AFTER_H
#define SOCKSPY_AFTER_H

#include "message.h"

/* hooks_create.c */
int after_socket(struct event *event, int fd, int domain, int type, int protocol);
APART int after_socketpair(struct event *event, int result, int domain, int type, int protocol, const int pair[2]);
APART int after_accept(struct event *event, int listening, int fd, const struct sockaddr *address, socklen_t room,
                       const socklen_t *length, int flags);
int after_pidfd_getfd(struct event *event, int fd, int pidfd, int target, unsigned flags);

/* hooks_duplicate.c */
APART int around_dup(int (*run)(int fd), int fd);
APART int around_dup_to(enum call call, int (*run)(int fd, int to, int flags), int fd, int to, int flags);
APART int around_fcntl(enum call call, int (*run)(int fd, int command, ...), int fd, int command, long argument);

/* hooks_exec.c: by number */
APART int around_execve(const char *path, char *const argv[], char *const envp[]);
APART int around_execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags);

/* hooks_open.c: a system call by number is back, which may have opened something */
APART FILE *opened_file(FILE *file); /* or NULL; returns it */
void after_opening(long number, long result, long a);

/* hooks_memory.c */
APART int around_mlockall(int (*run)(int flags), int flags);

/* hooks_process.c */
APART int around_prctl(int (*run)(int option, ...), int option, unsigned long a, unsigned long b, unsigned long c,
                       unsigned long d);
/* Around a call that forbids this thread to read any clock: all recording ends. */
APART void before_clock_goes(void);
APART int after_clock_goes(int result);
/* This thread has got a table of descriptors of its own, at `when`. */
APART void after_parting(uint64_t when);
APART int after_unshare(struct event *event, int result, int flags);
APART int after_setns(struct event *event, int result, int type);

/* hooks_connect.c: `named` is the address as it was before the call, of which
 * the program said that it has `length` bytes */
int after_bind(struct event *event, int result, struct address *named);
int after_listen(struct event *event, int result, int backlog);
int after_connect(struct event *event, int result, struct address *named);
int after_getname(struct event *event, int result, const struct sockaddr *address, socklen_t room,
                  const socklen_t *length, bool local);

/* hooks_option.c: `given` is what was passed in, as it was before the call */
int after_getsockopt(struct event *event, int result, int level, int option, const void *value, socklen_t room,
                     const socklen_t *length);
struct option_given {
    socklen_t size; /* 0: nothing, or not to be read */
    unsigned char bytes[64];
};
void before_setsockopt(struct option_given *given, int level, int option, const void *value, socklen_t length);
int after_setsockopt(struct event *event, int result, int level, int option, const struct option_given *given,
                     socklen_t length);
void before_ioctl(struct option_given *given, unsigned long request, const void *argument);
int after_ioctl(struct event *event, int result, unsigned long request, const struct option_given *given,
                const void *argument);

/* hooks_send.c */
typedef ssize_t run_sendto(int fd, const void *buffer, size_t size, int flags, const struct sockaddr *address,
                           socklen_t length);
typedef ssize_t run_sendmsg(int fd, const struct msghdr *message, int flags);
typedef int run_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
ssize_t after_send(struct event *event, ssize_t result, const void *buffer, size_t size, int flags,
                   const struct kept *kept);
APART ssize_t around_sendto(struct event *event, run_sendto *run, const void *buffer, size_t size, int flags,
                            const struct sockaddr *address, socklen_t length);
APART ssize_t around_sendmsg(struct event *event, run_sendmsg *run, const struct msghdr *message, int flags);
APART int around_sendmmsg(struct event *event, run_sendmmsg *run, struct mmsghdr *messages, unsigned count, int flags);
ssize_t after_writev(struct event *event, ssize_t result, const struct outgoing *out, int count, int flags);
ssize_t after_sendfile(struct event *event, ssize_t result, int in, size_t size);
ssize_t after_splice(struct event *event, ssize_t result, int in, int out, size_t size, unsigned flags);

/* hooks_receive.c: `in` is what incoming_... has taken before the call */
ssize_t after_recv(struct event *event, ssize_t result, const void *buffer, size_t size, int flags);
ssize_t after_recvfrom(struct event *event, ssize_t result, const void *buffer, size_t size, int flags,
                       const struct sockaddr *address, socklen_t room, const socklen_t *length);
APART ssize_t after_recvmsg(struct event *event, ssize_t result, const struct incoming *in,
                            const struct msghdr *message, int flags);
APART int after_recvmmsg(struct event *event, int result, const struct incoming *in, const struct mmsghdr *messages,
                         unsigned count, int flags);
ssize_t after_readv(struct event *event, ssize_t result, const struct incoming *in, int count, int flags);

/* hooks_close.c */
int after_shutdown(struct event *event, int result, int how);
APART int around_close(enum call call, int (*run)(int fd), int fd);
APART int around_close_range(int (*run)(unsigned first, unsigned last, int flags), unsigned first, unsigned last,
                             int flags);

#endif
