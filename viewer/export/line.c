/* line.c - see line.h. */
#include "export/line.h"

#include "base/memory.h"

#include <string.h>

struct kept_line {
    struct kept_line *next;
    struct conversation conversation;
    bool heard[2]; /* ends that somebody told of since it began */
};

/* The same in both directions. */
static uint64_t ends_key(const struct packet_end ends[2])
{
    uint64_t keys[2];
    for (int end = 0; end < 2; end++) {
        keys[end] = map_mix(ends[end].ip_size, ends[end].port);
        for (size_t i = 0; i < ends[end].ip_size; i++)
            keys[end] = map_mix(keys[end], ends[end].ip[i]);
    }
    return keys[0] + keys[1];
}

static bool is_same_end(const struct packet_end *a, const struct packet_end *b)
{
    return a->ip_size == b->ip_size && a->port == b->port && memcmp(a->ip, b->ip, a->ip_size) == 0;
}

static struct kept_line *keep(struct lines *lines, const struct packet_end ends[2])
{
    struct kept_line *const kept = memory_new(1, sizeof *kept);
    kept->next = lines->kept;
    lines->kept = kept;
    for (int end = 0; end < 2; end++)
        kept->conversation.ends[end] = ends[end];
    return kept;
}

static bool is_over(const struct conversation *conversation)
{
    return conversation->reset || (conversation->finished[0] && conversation->finished[1]);
}

struct line lines_begin(struct lines *lines, const struct line_ends *ends)
{
    const uint64_t key = ends_key(ends->ends);
    struct kept_line *kept = map_get(&lines->by_ends, key);
    if (kept == NULL) {
        kept = keep(lines, ends->ends);
        map_put(&lines->by_ends, key, kept);
    }
    struct conversation *const conversation = &kept->conversation;
    const bool crossed = !is_same_end(&conversation->ends[0], &ends->ends[0]);
    const bool heard[2] = {ends->heard[crossed], ends->heard[!crossed]};
    if (!ends->begun) {
        conversation_resume(conversation);
    } else if ((kept->heard[0] && heard[0]) || (kept->heard[1] && heard[1]) || is_over(conversation)) {
        conversation_again(conversation, crossed ? 1 : 0);
        kept->heard[0] = kept->heard[1] = false;
    }
    for (int end = 0; end < 2; end++)
        kept->heard[end] |= heard[end];
    return (struct line){conversation, crossed};
}

void lines_free(struct lines *lines)
{
    for (struct kept_line *kept = lines->kept, *next; kept != NULL; kept = next) {
        next = kept->next;
        free(kept);
    }
    map_free(&lines->by_ends);
}
