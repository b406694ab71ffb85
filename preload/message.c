/* message.c - see message.h. Everything here is read only after the call
 * succeeded, so the kernel has read it before us. */
#include "message.h"

#include <string.h>

size_t message_size(const struct iovec *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count && i < 1024; i++)
        size += parts[i].iov_len;
    return size;
}

/* The descriptors of one SCM_RIGHTS header, bounded by what the control buffer
 * holds. Returns how many, and where in *fds. */
static size_t rights(const struct msghdr *message, const struct cmsghdr *header, const unsigned char **fds)
{
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS || header->cmsg_len < CMSG_LEN(0))
        return 0;
    const unsigned char *const end = (const unsigned char *)message->msg_control + message->msg_controllen;
    *fds = CMSG_DATA(header);
    if (*fds > end)
        return 0;
    const size_t bytes = header->cmsg_len - CMSG_LEN(0), room = (size_t)(end - *fds);
    return (bytes < room ? bytes : room) / sizeof(int);
}

/* Descriptors on their way into an item. */
struct list {
    struct event *event;
    int *passed;             /* of those sent, or … */
    struct created *created; /* … those received, or neither */
    size_t kept, all;
};

static void take(struct list *list, int fd)
{
    list->all++;
    if (list->passed == NULL)
        event_obtains(list->event, fd);
    if (list->kept == MESSAGE_DESCRIPTORS)
        return;
    if (list->passed != NULL)
        list->passed[list->kept++] = fd;
    else if (list->created != NULL)
        list->created[list->kept++] = event_created(fd);
}

/* The header at `at` of the control buffer, NULL behind the last. Not
 * CMSG_NXTHDR: that is a function of glibc's own. */
static const struct cmsghdr *header_at(const struct msghdr *message, size_t at)
{
    const struct cmsghdr *const header = (const void *)((const char *)message->msg_control + at);
    const size_t room = message->msg_controllen - at;
    return at <= message->msg_controllen && room >= sizeof *header && header->cmsg_len >= sizeof *header ? header
                                                                                                         : NULL;
}

static void take_all(struct list *list, const struct msghdr *message)
{
    if (message->msg_control == NULL)
        return;
    const struct cmsghdr *header;
    for (size_t at = 0; (header = header_at(message, at)) != NULL;) {
        const unsigned char *fds;
        const size_t count = rights(message, header, &fds);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, fds + i * sizeof fd, sizeof fd);
            take(list, fd);
        }
        if (header->cmsg_len > message->msg_controllen)
            break;
        at += CMSG_ALIGN(header->cmsg_len);
    }
}

static void note_parts(struct event *event, const struct msghdr *message, ssize_t moved, int mark)
{
    event->arg[0] = message_size(message->msg_iov, message->msg_iovlen);
    event->arg[2] = message->msg_iovlen;
    event_payload_parts(event, mark, message->msg_iov, message->msg_iovlen, moved);
}

void message_kept(struct event *event, const struct msghdr *message)
{
    note_parts(event, message, -1, 0);
}

void message_sent(struct event *event, const struct msghdr *message, ssize_t moved, int passed[MESSAGE_DESCRIPTORS])
{
    note_parts(event, message, moved, MARK_OUT);
    struct list list = {.event = event, .passed = passed};
    take_all(&list, message);
    if (list.kept != 0)
        event_add(event, ITEM_PASSED, passed, list.kept * sizeof *passed, list.all * sizeof *passed);
}

void message_received(struct event *event, const struct msghdr *message, socklen_t room, ssize_t moved, int mark,
                      struct created created[MESSAGE_DESCRIPTORS])
{
    if (room != 0)
        event_peer(event, message->msg_name, event_fits(message->msg_namelen, room));
    note_parts(event, message, moved, mark);
    struct list list = {.event = event, .created = created};
    take_all(&list, message);
    if (list.kept != 0)
        event_add(event, ITEM_CREATED, created, list.kept * sizeof *created, list.all * sizeof *created);
}

void message_obtained(struct event *event, const struct msghdr *message)
{
    struct list list = {.event = event};
    take_all(&list, message);
}

void message_vector(struct event *event, const struct mmsghdr *messages, unsigned count, int flags, int done)
{
    uint64_t bytes = 0;
    for (int i = 0; i < done; i++)
        bytes += messages[i].msg_len;
    event->arg[0] = count;
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = bytes;
}
