/* hooks_resolver.c - DNS asked directly. Both versions of each of these are the
 * same function in glibc, so one hook stands for both. */
#include "dns.h"
#include "event.h"
#include "real.h"

#include <resolv.h>
#include <string.h>

#define ANSWERS 6

/* `answer` holds `size` bytes of which the buffer kept at most `room`. */
static APART int after_query(struct event *event, int size, const struct text *name, const unsigned char *answer,
                             int room)
{
    struct sockaddr_in6 addresses[ANSWERS];
    event_returned(event, size);
    if (size < 0)
        event->arg[0] = (uint64_t)h_errno;
    event_add_taken(event, name);
    const int kept = size < room ? size : room;
    const unsigned count = kept > 0 ? dns_addresses(answer, (size_t)kept, addresses, ANSWERS) : 0;
    for (unsigned i = 0; i < count; i++) {
        const size_t length =
            addresses[i].sin6_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
        event_add(event, ITEM_ANSWER, &addresses[i], length, length);
    }
    event_write(event);
    return size;
}

#define ASKED(name, params, args, asked)                                                                               \
    EXPORT int name params;                                                                                            \
    EXPORT int name params                                                                                             \
    {                                                                                                                  \
        struct event event;                                                                                            \
        struct text text;                                                                                              \
        if (!event_begin_any(&event, CALL_##name, -1))                                                                 \
            return real.name args;                                                                                     \
        text_take(&text, asked);                                                                                       \
        return after_query(&event, real.name args, &text, answer, room);                                               \
    }
#define PLAIN (const char *name, int class, int type, unsigned char *answer, int room)
#define WITH_STATE (res_state state, const char *name, int class, int type, unsigned char *answer, int room)
#define DOMAIN (const char *name, const char *domain, int class, int type, unsigned char *answer, int room)
#define DOMAIN_WITH_STATE                                                                                              \
    (res_state state, const char *name, const char *domain, int class, int type, unsigned char *answer, int room)

ASKED(res_query, PLAIN, (name, class, type, answer, room), name)
ASKED(__res_query, PLAIN, (name, class, type, answer, room), name)
ASKED(res_search, PLAIN, (name, class, type, answer, room), name)
ASKED(__res_search, PLAIN, (name, class, type, answer, room), name)
ASKED(res_nquery, WITH_STATE, (state, name, class, type, answer, room), name)
ASKED(__res_nquery, WITH_STATE, (state, name, class, type, answer, room), name)
ASKED(res_nsearch, WITH_STATE, (state, name, class, type, answer, room), name)
ASKED(__res_nsearch, WITH_STATE, (state, name, class, type, answer, room), name)
ASKED(res_querydomain, DOMAIN, (name, domain, class, type, answer, room), name)
ASKED(__res_querydomain, DOMAIN, (name, domain, class, type, answer, room), name)
ASKED(res_nquerydomain, DOMAIN_WITH_STATE, (state, name, domain, class, type, answer, room), name)
ASKED(__res_nquerydomain, DOMAIN_WITH_STATE, (state, name, domain, class, type, answer, room), name)

/* Here the name lies in the question itself. */
static APART void take_question(struct text *to, const unsigned char *question, int length)
{
    char name[DNS_NAME_MAX] = "";
    if (length > 0)
        dns_question(question, (size_t)length, name);
    text_take(to, name[0] != '\0' ? name : NULL);
}

#define SENT(name, params, args)                                                                                       \
    EXPORT int name params;                                                                                            \
    EXPORT int name params                                                                                             \
    {                                                                                                                  \
        struct event event;                                                                                            \
        struct text text;                                                                                              \
        if (!event_begin_any(&event, CALL_##name, -1))                                                                 \
            return real.name args;                                                                                     \
        take_question(&text, question, length);                                                                        \
        return after_query(&event, real.name args, &text, answer, room);                                               \
    }
#define MESSAGES (const unsigned char *question, int length, unsigned char *answer, int room)
#define MESSAGES_WITH_STATE                                                                                            \
    (res_state state, const unsigned char *question, int length, unsigned char *answer, int room)

SENT(res_send, MESSAGES, (question, length, answer, room))
SENT(__res_send, MESSAGES, (question, length, answer, room))
SENT(res_nsend, MESSAGES_WITH_STATE, (state, question, length, answer, room))
SENT(__res_nsend, MESSAGES_WITH_STATE, (state, question, length, answer, room))
