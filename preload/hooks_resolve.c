/* hooks_resolve.c - names: libc opens and closes sockets of its own behind
 * these calls, which no hook sees. One record tells what was asked and what came
 * back; the answers name later connections. */
#include "event.h"
#include "real.h"

#include <string.h>

#define ANSWERS 6 /* of those kept; EVENT_PARTS less room for the name */

static bool begin_name(struct event *event, enum call call)
{
    return event_begin_any(event, call, -1);
}

/* The result is an EAI_ code, not -1 with errno. */
static int looked_up(struct event *event, int result)
{
    event_returned(event, result);
    if (result != EAI_SYSTEM)
        event->error = 0;
    event->arg[0] = (uint64_t)result;
    return result;
}

EXPORT int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    struct event event;
    struct text name;
    if (!begin_name(&event, CALL_getaddrinfo))
        return real.getaddrinfo(node, service, hints, result);
    text_take(&name, node != NULL ? node : service);
    const int error = looked_up(&event, real.getaddrinfo(node, service, hints, result));
    event_add_taken(&event, &name);
    unsigned kept = 0;
    const struct addrinfo *last = NULL; /* the list repeats an address for each type of socket */
    for (const struct addrinfo *at = error == 0 ? *result : NULL; at != NULL && kept < ANSWERS; at = at->ai_next) {
        if (last != NULL && last->ai_addrlen == at->ai_addrlen &&
            memcmp(last->ai_addr, at->ai_addr, at->ai_addrlen) == 0)
            continue;
        event_add(&event, ITEM_ANSWER, at->ai_addr, at->ai_addrlen, at->ai_addrlen);
        last = at;
        kept++;
    }
    event_write(&event);
    return error;
}

EXPORT int getaddrinfo_a(int mode, struct gaicb *list[], int count, struct sigevent *notice)
{
    struct event event;
    if (!begin_name(&event, CALL_getaddrinfo_a))
        return real.getaddrinfo_a(mode, list, count, notice);
    const int error = looked_up(&event, real.getaddrinfo_a(mode, list, count, notice));
    event.arg[1] = (uint64_t)count;
    event_write(&event);
    return error;
}

/* The addresses of a struct hostent, as sockaddr. */
struct answers {
    struct sockaddr_in6 address[ANSWERS]; /* or sockaddr_in */
};

static void note_host(struct event *event, const struct hostent *host, struct answers *answers)
{
    for (unsigned i = 0; host != NULL && host->h_addr_list != NULL && host->h_addr_list[i] != NULL && i < ANSWERS;
         i++) {
        struct sockaddr_in6 *const six = &answers->address[i];
        memset(six, 0, sizeof *six);
        six->sin6_family = (sa_family_t)host->h_addrtype;
        if (host->h_addrtype == AF_INET) {
            struct sockaddr_in *const four = (struct sockaddr_in *)six;
            memcpy(&four->sin_addr, host->h_addr_list[i], sizeof four->sin_addr);
            event_add(event, ITEM_ANSWER, four, sizeof *four, sizeof *four);
        } else if (host->h_addrtype == AF_INET6) {
            memcpy(&six->sin6_addr, host->h_addr_list[i], sizeof six->sin6_addr);
            event_add(event, ITEM_ANSWER, six, sizeof *six, sizeof *six);
        }
    }
}

/* `error` is read only if there is no host: it says nothing otherwise. */
static APART void write_host(struct event *event, const struct hostent *host, const int *error, const struct text *name)
{
    struct answers answers;
    event_returned(event, 0);
    event->arg[0] = host == NULL && error != NULL ? (uint64_t)*error : 0;
    if (name != NULL)
        event_add_taken(event, name);
    else if (host != NULL)
        event_add_text(event, host->h_name);
    note_host(event, host, &answers);
    event_write(event);
}

EXPORT struct hostent *gethostbyname(const char *name)
{
    struct event event;
    struct text asked;
    if (!begin_name(&event, CALL_gethostbyname))
        return real.gethostbyname(name);
    text_take(&asked, name);
    struct hostent *const host = real.gethostbyname(name);
    write_host(&event, host, &h_errno, &asked);
    return host;
}

EXPORT struct hostent *gethostbyname2(const char *name, int family)
{
    struct event event;
    struct text asked;
    if (!begin_name(&event, CALL_gethostbyname2))
        return real.gethostbyname2(name, family);
    text_take(&asked, name);
    struct hostent *const host = real.gethostbyname2(name, family);
    write_host(&event, host, &h_errno, &asked);
    return host;
}

EXPORT struct hostent *gethostbyaddr(const void *address, socklen_t length, int family)
{
    struct event event;
    if (!begin_name(&event, CALL_gethostbyaddr))
        return real.gethostbyaddr(address, length, family);
    struct hostent *const host = real.gethostbyaddr(address, length, family);
    write_host(&event, host, &h_errno, NULL);
    return host;
}

EXPORT int gethostbyname_r(const char *name, struct hostent *entry, char *buffer, size_t room, struct hostent **result,
                           int *error)
{
    struct event event;
    struct text asked;
    if (!begin_name(&event, CALL_gethostbyname_r))
        return real.gethostbyname_r(name, entry, buffer, room, result, error);
    text_take(&asked, name);
    const int code = real.gethostbyname_r(name, entry, buffer, room, result, error);
    write_host(&event, code == 0 ? *result : NULL, error, &asked);
    return code;
}

EXPORT int gethostbyname2_r(const char *name, int family, struct hostent *entry, char *buffer, size_t room,
                            struct hostent **result, int *error)
{
    struct event event;
    struct text asked;
    if (!begin_name(&event, CALL_gethostbyname2_r))
        return real.gethostbyname2_r(name, family, entry, buffer, room, result, error);
    text_take(&asked, name);
    const int code = real.gethostbyname2_r(name, family, entry, buffer, room, result, error);
    write_host(&event, code == 0 ? *result : NULL, error, &asked);
    return code;
}

EXPORT int gethostbyaddr_r(const void *address, socklen_t length, int family, struct hostent *entry, char *buffer,
                           size_t room, struct hostent **result, int *error)
{
    struct event event;
    if (!begin_name(&event, CALL_gethostbyaddr_r))
        return real.gethostbyaddr_r(address, length, family, entry, buffer, room, result, error);
    const int code = real.gethostbyaddr_r(address, length, family, entry, buffer, room, result, error);
    write_host(&event, code == 0 ? *result : NULL, error, NULL);
    return code;
}

EXPORT int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_room, char *service,
                       socklen_t service_room, int flags)
{
    struct event event;
    struct address asked;
    if (!begin_name(&event, CALL_getnameinfo))
        return real.getnameinfo(address, length, host, host_room, service, service_room, flags);
    address_take(&asked, address, length);
    const int error =
        looked_up(&event, real.getnameinfo(address, length, host, host_room, service, service_room, flags));
    if (error == 0) {
        event_add_text(&event, host != NULL && host_room != 0 ? host : service);
        event_add(&event, ITEM_ANSWER, asked.bytes, asked.size, asked.size);
    }
    event_write(&event);
    return error;
}

EXPORT int getifaddrs(struct ifaddrs **list)
{
    struct event event;
    if (!begin_name(&event, CALL_getifaddrs))
        return real.getifaddrs(list);
    const int result = real.getifaddrs(list);
    event_returned(&event, result);
    event_write(&event);
    return result;
}

EXPORT struct if_nameindex *if_nameindex(void)
{
    struct event event;
    if (!begin_name(&event, CALL_if_nameindex))
        return real.if_nameindex();
    struct if_nameindex *const list = real.if_nameindex();
    event_returned(&event, list != NULL ? 0 : -1);
    event_write(&event);
    return list;
}

EXPORT unsigned if_nametoindex(const char *name)
{
    struct event event;
    struct text asked;
    if (!begin_name(&event, CALL_if_nametoindex))
        return real.if_nametoindex(name);
    text_take(&asked, name);
    const unsigned index = real.if_nametoindex(name);
    event_returned(&event, index != 0 ? (int64_t)index : -1);
    event_add_taken(&event, &asked);
    event_write(&event);
    return index;
}

EXPORT char *if_indextoname(unsigned index, char name[IF_NAMESIZE])
{
    struct event event;
    if (!begin_name(&event, CALL_if_indextoname))
        return real.if_indextoname(index, name);
    char *const result = real.if_indextoname(index, name);
    event_returned(&event, result != NULL ? 0 : -1);
    event.arg[0] = index;
    event_add_text(&event, result);
    event_write(&event);
    return result;
}
