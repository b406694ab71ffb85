/* filter.c - what a record must be like to be shown. How a filter is written is
 * in filter_parse.c. */
#include "record/filter.h"

#include <fnmatch.h>
#include <stdlib.h>

static bool is_in(const int64_t *list, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == number)
            return true;
    }
    return false;
}

/* `text` need not end with a NUL. */
static bool fits_glob(const char *const *globs, size_t count, const char *text, size_t size, int flags)
{
    char word[HOST_NAME + ADDRESS_TEXT];
    if (size >= sizeof word)
        size = sizeof word - 1;
    memcpy(word, text, size);
    word[size] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(globs[i], word, flags) == 0)
            return true;
    }
    return false;
}

static bool fits_descriptor(const struct filter *filter, const struct view *view)
{
    if (is_in(filter->fds, filter->fd_count, view->record->fd))
        return view->record->fd >= 0;
    for (size_t i = 0; i < view->created_count; i++) {
        if (is_in(filter->fds, filter->fd_count, view->created[i].fd))
            return true;
    }
    return false;
}

static bool has_port(const struct filter *filter, const struct address *address)
{
    return address->family != 0 && address->port != 0 && is_in(filter->ports, filter->port_count, address->port);
}

static bool has_ip(const struct filter *filter, const struct address *address)
{
    char text[ADDRESS_TEXT];
    const size_t size = address->family != 0 ? address_format_ip(address, text) : 0;
    return size != 0 && fits_glob(filter->hosts, filter->host_count, text, size, 0);
}

/* By the name that was looked up, by either address, or as a look-up itself. */
static bool fits_host(const struct filter *filter, const struct view *view)
{
    const struct item *const name = view->items[ITEM_TEXT];
    if (view->host != NULL &&
        fits_glob(filter->hosts, filter->host_count, view->host, strlen(view->host), FNM_CASEFOLD))
        return true;
    if (view->call->class == CLASS_NAME && name != NULL &&
        fits_glob(filter->hosts, filter->host_count, item_bytes(name), name->size, FNM_CASEFOLD))
        return true;
    return has_ip(filter, &view->peer) || has_ip(filter, &view->local);
}

bool filter_match(const struct filter *filter, const struct view *view)
{
    if (!filter->any || view->lost != 0)
        return true;
    const struct record *const record = view->record;
    if (filter->pid_count != 0 && !is_in(filter->pids, filter->pid_count, record->pid))
        return false;
    if (filter->calls_given && !filter->calls[view->call->class == CLASS_COUNT ? CALL_UNKNOWN : record->call])
        return false;
    if ((filter->succeeded && view->failed) || (filter->failed && !view->failed))
        return false;
    if (filter->since != 0 && view->time < filter->since)
        return false;
    if (filter->fd_count != 0 && !fits_descriptor(filter, view))
        return false;
    if (filter->comm_count != 0 && !fits_glob(filter->comms, filter->comm_count, record->comm, view->comm_size, 0))
        return false;
    if (filter->port_count != 0 && !has_port(filter, &view->local) && !has_port(filter, &view->peer))
        return false;
    return filter->host_count == 0 || fits_host(filter, view);
}

void filter_free(struct filter *filter)
{
    free(filter->pids);
    free(filter->fds);
    free(filter->ports);
    free(filter->comms);
    free(filter->hosts);
    *filter = (struct filter){0};
}
