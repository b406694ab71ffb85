/* message.c - see message.h. */
#include "message.h"

#include "place.h"

#include <string.h>

#define PARTS_MAX 1024u /* IOV_MAX: the kernel takes no more */
#define CONTROL_MAX 4096u

/* Can the whole vector be read? */
static bool is_vector(const struct iovec *parts, size_t count)
{
    return count <= PARTS_MAX && (count == 0 || place_readable(parts, count * sizeof *parts));
}

static size_t size_of(const struct iovec *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += parts[i].iov_len;
    return size;
}

/* The bytes that go along with a message. */
struct control {
    const char *at;
    size_t size;
};

/* The descriptors of one SCM_RIGHTS header, bounded by what the control buffer
 * holds. Returns how many, and where in *fds. */
static size_t rights(const struct control *control, const struct cmsghdr *header, const unsigned char **fds)
{
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS || header->cmsg_len < CMSG_LEN(0))
        return 0;
    const unsigned char *const end = (const unsigned char *)control->at + control->size;
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
static const struct cmsghdr *header_at(const struct control *control, size_t at)
{
    const struct cmsghdr *const header = (const void *)(control->at + at);
    return at <= control->size && control->size - at >= sizeof *header && header->cmsg_len >= sizeof *header ? header
                                                                                                             : NULL;
}

static void take_all(struct list *list, const struct control *control)
{
    if (control->at == NULL)
        return;
    const struct cmsghdr *header;
    for (size_t at = 0; (header = header_at(control, at)) != NULL;) {
        const unsigned char *fds;
        const size_t count = rights(control, header, &fds);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, fds + i * sizeof fd, sizeof fd);
            take(list, fd);
        }
        if (header->cmsg_len > control->size)
            break;
        at += CMSG_ALIGN(header->cmsg_len);
    }
}

/* --- what is sent ------------------------------------------------------------ */

static void take_parts(struct outgoing *out, const struct iovec *parts, size_t count)
{
    out->known = is_vector(parts, count);
    if (!out->known)
        return;
    out->count = count;
    out->size = size_of(parts, count);
    out->place = count != 0 ? place_of(parts[0].iov_base) : PLACE_UNKNOWN;
    if (settings.data != 0)
        kept_take_parts(&out->kept, parts, count);
}

static void take_rights(struct outgoing *out, const struct msghdr *message)
{
    const struct control control = {message->msg_control, message->msg_controllen};
    if (control.at == NULL || control.size == 0 || control.size > CONTROL_MAX ||
        !place_readable(control.at, control.size))
        return;
    struct list list = {.passed = out->passed};
    take_all(&list, &control);
    out->passed_kept = (uint16_t)list.kept;
    out->passed_all = (uint32_t)list.all;
}

/* All but the buffers, which are not worth the stores. */
static void clear(struct outgoing *out)
{
    memset(out, 0, offsetof(struct outgoing, name));
    out->name.size = 0;
    out->kept.size = 0;
    out->kept.guarded.stamp = NULL;
}

void outgoing_message(struct outgoing *out, const struct msghdr *message)
{
    struct msghdr header;
    clear(out);
    if (!place_copy(&header, message, sizeof header))
        return;
    take_parts(out, header.msg_iov, header.msg_iovlen);
    address_take(&out->name, header.msg_name, header.msg_namelen);
    take_rights(out, &header);
}

void outgoing_parts(struct outgoing *out, const struct iovec *parts, size_t count)
{
    clear(out);
    take_parts(out, parts, count);
}

void outgoing_buffer(struct outgoing *out, const void *buffer, size_t size, const struct sockaddr *address,
                     socklen_t length)
{
    clear(out);
    out->known = true;
    out->size = size;
    out->place = place_of(buffer);
    address_take(&out->name, address, length);
    if (settings.data != 0)
        kept_take(&out->kept, buffer, size);
}

void message_sent(struct event *event, const struct outgoing *out, ssize_t moved)
{
    event->arg[0] = out->size;
    event->arg[2] = out->count;
    event->marks |= out->place;
    event_payload_kept(event, &out->kept, moved);
    if (moved >= 0 && out->passed_kept != 0)
        event_add(event, ITEM_PASSED, out->passed, out->passed_kept * sizeof *out->passed,
                  out->passed_all * sizeof *out->passed);
}

/* --- what is received -------------------------------------------------------- */

void incoming_parts(struct incoming *in, const struct iovec *parts, size_t count)
{
    in->size = in->count = 0;
    in->name = in->control = NULL;
    in->room = 0;
    in->known = is_vector(parts, count);
    if (!in->known)
        return;
    in->count = count;
    in->size = size_of(parts, count);
    memcpy(in->parts, parts, (count < MESSAGE_PARTS ? count : MESSAGE_PARTS) * sizeof *parts);
}

void incoming_message(struct incoming *in, const struct msghdr *message)
{
    struct msghdr header;
    if (!place_copy(&header, message, sizeof header)) {
        *in = (struct incoming){0};
        return;
    }
    incoming_parts(in, header.msg_iov, header.msg_iovlen);
    in->name = header.msg_name;
    in->room = header.msg_name != NULL ? header.msg_namelen : 0;
    in->control = header.msg_control;
}

static void note_parts(struct event *event, const struct incoming *in, ssize_t moved, int mark)
{
    event->arg[0] = in->size;
    event->arg[2] = in->count;
    event_payload_parts(event, mark, in->parts, in->count < MESSAGE_PARTS ? in->count : MESSAGE_PARTS, moved);
}

void message_kept(struct event *event, const struct incoming *in)
{
    note_parts(event, in, -1, 0);
}

void message_received(struct event *event, const struct incoming *in, const struct msghdr *message, ssize_t moved,
                      int mark, struct created created[MESSAGE_DESCRIPTORS])
{
    note_parts(event, in, moved, mark);
    if (!in->known || message == NULL)
        return;
    if (in->room != 0)
        event_peer(event, in->name, event_fits(message->msg_namelen, in->room));
    const struct control control = {in->control, message->msg_controllen};
    struct list list = {.event = event, .created = created};
    take_all(&list, &control);
    if (list.kept != 0)
        event_add(event, ITEM_CREATED, created, list.kept * sizeof *created, list.all * sizeof *created);
}

void message_obtained(struct event *event, const struct msghdr *message)
{
    const struct control control = {message->msg_control, message->msg_controllen};
    if (control.size == 0 || control.size > CONTROL_MAX || !place_readable(control.at, control.size))
        return;
    struct list list = {.event = event};
    take_all(&list, &control);
}

void message_vector(struct event *event, const struct mmsghdr *messages, unsigned count, int flags, int done)
{
    uint64_t bytes = 0;
    for (int i = 0; i < done && place_readable(&messages[i], sizeof messages[i]); i++)
        bytes += messages[i].msg_len;
    event->arg[0] = count;
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = bytes;
}
