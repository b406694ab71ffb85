/* order.c - see order.h. */
#include "source/order.h"

/* The one table of calls that act outwards; all others learn or create. splice
 * does either: there it is the direction that tells. */
static const bool outwards[CALL_COUNT] = {
    [CALL_listen] = true,    [CALL_connect] = true,     [CALL___connect] = true,

    [CALL_send] = true,      [CALL___send] = true,      [CALL_sendto] = true,        [CALL_sendmsg] = true,
    [CALL_sendmmsg] = true,  [CALL_write] = true,       [CALL___write] = true,       [CALL_writev] = true,
    [CALL_pwritev2] = true,  [CALL_pwritev64v2] = true, [CALL_sendfile] = true,      [CALL_sendfile64] = true,
    [CALL_dprintf] = true,   [CALL_vdprintf] = true,    [CALL___dprintf_chk] = true, [CALL___vdprintf_chk] = true,
    [CALL_aio_write] = true, [CALL_aio_write64] = true,

    [CALL_shutdown] = true,  [CALL_close] = true,       [CALL___close] = true,       [CALL_dup2] = true,
    [CALL___dup2] = true,    [CALL_dup3] = true,        [CALL_close_range] = true,   [CALL_closefrom] = true,
    [CALL_fclose] = true,    [CALL_freopen] = true,     [CALL_freopen64] = true,     [CALL__exit] = true,
    [CALL__Exit] = true,
};

bool record_acts_at_start(const struct record *record)
{
    if (record->call == CALL_splice)
        return (record->marks & MARK_OUT) != 0;
    return record->call < CALL_COUNT && outwards[record->call];
}

uint64_t record_moment(const struct record *record)
{
    return record_acts_at_start(record) ? record->start : record->end;
}
