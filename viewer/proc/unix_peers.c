/* unix_peers.c - see unix_peers.h: sock_diag(7), which asks for no privilege. */
#include "proc/unix_peers.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_ROOM = 32768, ANSWERS_MAX = 100000 };

static bool ask(int fd)
{
    const struct {
        struct nlmsghdr head;
        struct unix_diag_req body;
    } question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .body = {.sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX, .udiag_show = UDIAG_SHOW_PEER},
    };
    return send(fd, &question, sizeof question, 0) == (ssize_t)sizeof question;
}

static void tell(const struct nlmsghdr *head, unix_peer *visit, void *context)
{
    const struct unix_diag_msg *const message = NLMSG_DATA(head);
    unsigned left = head->nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof *message);
    if (head->nlmsg_len < NLMSG_LENGTH(sizeof *message))
        return;
    const struct rtattr *attribute = (const struct rtattr *)(message + 1);
    for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        uint32_t peer;
        if (attribute->rta_type != UNIX_DIAG_PEER || RTA_PAYLOAD(attribute) < sizeof peer)
            continue;
        memcpy(&peer, RTA_DATA(attribute), sizeof peer);
        visit(context, message->udiag_ino, peer);
    }
}

/* Takes one answer. Returns whether more are to come. */
static bool take(const struct nlmsghdr *head, ssize_t size, unix_peer *visit, void *context)
{
    for (unsigned left = (unsigned)size; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
        if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR)
            return false;
        if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY)
            tell(head, visit, context);
    }
    return true;
}

bool unix_peers(unix_peer *visit, void *context)
{
    _Alignas(struct nlmsghdr) char answer[ANSWER_ROOM];
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return false;
    bool more = ask(fd);
    const bool asked = more;
    for (int i = 0; i < ANSWERS_MAX && more; i++) {
        const ssize_t size = recv(fd, answer, sizeof answer, 0);
        more = size > 0 && take((const struct nlmsghdr *)(const void *)answer, size, visit, context);
    }
    close(fd);
    return asked;
}
